"""`daemonrpc init`: what it makes, where, and what it refuses. That the project works is in tests/e2e."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from daemonrpc_codegen.commands.generate import check
from daemonrpc_codegen.commands.init import init


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which the person stands."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_project_is_made_in_a_folder_of_its_name(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert init(["kv-cache"]) == 0
    printed = capsys.readouterr().out
    files = tree(place / "kv-cache")
    assert {name.partition("/")[0] for name in tree(place)} == {"kv-cache"}
    assert f"made kv-cache in kv-cache: {len(files)} files" in printed
    assert "  cd kv-cache\n  make test" in printed
    expected = {
        *("Makefile", "README.md", "pyproject.toml", ".gitignore", ".pre-commit-config.yaml", "schema/methods.yaml"),
        *(".github/workflows/ci.yml", "src/kv_cache/service.py", "src/kv_cache/__main__.py", "tests/test_service.py"),
        *("generated/kv_cache_api/client.py", "generated/.daemonrpc-manifest", "generated/reference.md"),
    }
    assert expected <= set(files)


def test_the_generated_code_is_fresh(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    init(["kv-cache"])
    monkeypatch.chdir(place / "kv-cache")
    assert check([]) == 0


def test_the_project_needs_the_daemonrpc_that_made_it(place: Path) -> None:
    init(["kv-cache"])
    assert f'"daemonrpc>={version("daemonrpc")}"' in (place / "kv-cache" / "pyproject.toml").read_text()


def test_the_continuous_integration_runs_what_make_offers(place: Path) -> None:
    init(["kv"])
    text = (place / "kv" / ".github" / "workflows" / "ci.yml").read_text()
    steps = yaml.safe_load(text)["jobs"]["test"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == ["make test", "make check", "make run"]
    assert steps[1]["with"] == {"python-version": "${{ matrix.python }}"}
    makefile = (place / "kv" / "Makefile").read_text()
    assert all(f"\n{step['run'].removeprefix('make ')}:" in makefile for step in steps if "run" in step)


def test_without_a_name_the_folder_is_filled_and_gives_its_name(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "tail").mkdir()
    (place / "tail" / "LICENSE").write_text("Mine.\n")
    (place / "tail" / ".git").mkdir()
    monkeypatch.chdir(place / "tail")
    assert init([]) == 0
    assert (place / "tail" / "src" / "tail" / "service.py").is_file()
    assert (place / "tail" / "LICENSE").read_text() == "Mine.\n"
    assert "cd " not in capsys.readouterr().out


def test_a_path_and_a_name_may_be_given(place: Path) -> None:
    assert init(["deep/er/here", "--name", "tail"]) == 0
    assert (place / "deep" / "er" / "here" / "src" / "tail").is_dir()


@pytest.mark.parametrize(
    "existing", ["Makefile", "README.md", "src/kv/service.py", "generated/mine.txt", "schema", "generated"]
)
def test_what_is_there_already_is_named_and_nothing_is_written(
    place: Path, existing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "kv" / existing).parent.mkdir(parents=True)
    (place / "kv" / existing).write_text("Mine.\n")
    before = tree(place)
    assert init(["kv"]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith("error: nothing was written, since this is there already: kv/")
    assert f"kv/{existing}".startswith(printed.err.strip().rpartition(": ")[2])
    assert printed.out == ""
    assert tree(place) == before


def test_a_link_to_nowhere_is_in_the_way_too(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "kv").mkdir()
    (place / "kv" / "Makefile").symlink_to("nowhere")
    assert init(["kv"]) == 1
    assert "already: kv/Makefile" in capsys.readouterr().err


def test_a_second_run_touches_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init(["kv"])
    before = tree(place)
    capsys.readouterr()
    assert init(["kv"]) == 1
    assert "kv/Makefile, kv/README.md" in capsys.readouterr().err
    assert tree(place) == before


def test_a_file_of_the_name_is_in_the_way(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "kv").touch()
    assert init(["kv"]) == 1
    assert "this is there already: kv\n" in capsys.readouterr().err


def test_a_wrong_name_is_said_and_nothing_is_made(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert init(["Kv Cache"]) == 2
    assert "for instance 'kv-cache'" in capsys.readouterr().err
    assert tree(place) == {}


def test_a_folder_whose_name_fits_no_project_needs_one(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "My Project").mkdir()
    monkeypatch.chdir(place / "My Project")
    assert init([]) == 2
    assert "'My Project' is no name for a project" in capsys.readouterr().err
    assert init(["--name", "mine"]) == 0


@pytest.mark.parametrize("name", ["a", "greeting", "zebra-9", "x" * 39])
def test_files_are_formatted_whatever_the_name(place: Path, name: str) -> None:
    pytest.importorskip("ruff", reason="ruff comes with daemonrpc[dev]")
    assert init([name]) == 0
    for command in (["check"], ["format", "--check"]):
        arguments = [sys.executable, "-m", "ruff", *command, "--no-cache", "--quiet", "."]
        run = subprocess.run(arguments, cwd=place / name, capture_output=True, text=True, timeout=50, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
