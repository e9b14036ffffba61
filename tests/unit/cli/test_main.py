import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from conductord.cli.main import main
from conductord.cli.verb_table import VERBS, overview


def test_no_verb_is_a_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "usage: conductor" in captured.err


@pytest.mark.parametrize("argv", [["--help"], ["-h"], ["help"]])
def test_help_names_every_verb(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 0
    out = capsys.readouterr().out
    assert out.rstrip("\n") == overview()
    assert all(name in out for name in VERBS)


@pytest.mark.parametrize(("wrong", "right"), [("lst", "list"), ("stat", "start"), ("dignose", "diagnose")])
def test_a_mistyped_verb_names_the_nearest(wrong: str, right: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([wrong]) == 2
    assert f"did you mean: conductor {right}" in capsys.readouterr().err


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0
    assert f"usage: conductor {name}" in capsys.readouterr().out


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_its_file(name: str) -> None:
    module = importlib.import_module(f"conductord.cli.verbs.{VERBS[name].module}")
    assert callable(module.run)
    assert callable(module.add_arguments)


@pytest.mark.parametrize(
    "argv", [["run"], ["wait"], ["show"], ["list", "--status", "asleep"], ["cancel", "x", "--grace", "soon"]]
)
def test_wrong_arguments_end_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(argv)
    assert end.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("conductor ")


def test_without_a_daemon_the_way_out_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    socket = tmp_path / "s.sock"
    assert main(["--socket", str(socket), "status"]) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (f"error: the daemon is not running (no socket at {socket})\nstart it: conductor start\n")


@pytest.mark.parametrize("verb", ["status", "list", "health"])
def test_a_verb_starts_without_asyncio_yaml_and_rich(verb: str, tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from conductord.cli import main\n"
        f"code = main(['--socket', {str(tmp_path / 's.sock')!r}, {verb!r}])\n"
        "heavy = {'asyncio', 'yaml', 'rich', 'psutil', 'jinja2', 'jsonschema'} & set(sys.modules)\n"
        "print(code, sorted(heavy))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "3 []\n"


def test_help_of_a_verb_may_be_asked_for_either_way(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["help", "run"])
    assert "usage: conductor run" in capsys.readouterr().out


def test_a_character_that_the_terminal_lacks_is_no_mishap() -> None:
    script = (
        "from conductord.cli import main; main(['help'])\n"
        "from conductord.cli.output import Output; Output({}).line('\\u2713')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii"},
        timeout=30,
        check=True,
    )
    assert done.stdout.endswith(b"?\n")
