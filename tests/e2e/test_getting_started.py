"""docs/getting-started.md, from its first line to its last: what a newcomer types must work.

The short form uses the environment of these tests in place of those that the page makes; the soak form makes them all,
from the wheel.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PAGE = (ROOT / "docs" / "getting-started.md").read_text(encoding="utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)


def code(language: str, start: str) -> str:
    """The one block that begins so."""
    (text,) = [text for name, text in BLOCKS if name == language and text.startswith(start)]
    return text


def shell(start: str) -> str:
    return code("sh", start)


def script(install: str) -> str:
    """The page as one script: commands as they stand, and the pieces of code put where the page says."""

    def put(language: str, start: str, command: str) -> str:
        return f"{command} <<'END_OF_CODE'\n{code(language, start)}END_OF_CODE\n"

    service = "src/greeter/service.py"
    after_imports = f"sed -i '/^from daemonrpc/r /dev/stdin' {service}"
    return "\n".join(
        [
            "set -e",
            install,
            shell("make test     #"),
            put("yaml", "  greetings.count:", "(echo; cat) >> schema/methods.yaml"),
            shell("make gen\n"),
            put("python", "from greeter_api import GreetingsCountParams", after_imports),
            put("python", "    def greetings_count", f"(echo; cat) >> {service}"),
            put("python", "async def test_greetings_are", "(echo; echo; cat) >> tests/test_service.py"),
            shell("make fix"),
            shell("make serve &"),
            put("python", "from greeter_api import GreeterClientSync", "PYTHONPATH=generated python -"),
            shell("make release"),
            "kill %1",
        ]
    )


def run(text: str, place: Path, seconds: float, **variables: str) -> str:
    """What the page prints, typed into a shell in an empty folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MAKE", "VIRT"))}
    done = subprocess.run(
        ["bash", "-m", "-c", text],
        cwd=place,
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder with a path short enough for a socket."""
    folder = Path(mkdtemp(prefix="start"))
    yield folder
    shutil.rmtree(folder)


def check_output(said: str) -> None:
    """What each step of the page promises."""
    steps = [
        "5 passed",
        '"text": "Hello, Ada!"',
        "greetings_count",
        "the service lacks the method",
        "6 passed",
        "no issues found",
        '"text": "Bonjour, Ada!"',
        "--language",
        "Hello, Ada!",
        "known are ['english', 'french', 'german']",
        "wrote schema/released/1.0.0.json",
        "param-narrowed",
        "an old client may still send",
        "nothing breaks (compared with 1.0.0)",
    ]
    rest = said
    for step in steps:
        _, found, rest = rest.partition(step)
        assert found, f"{step!r} is not there after the step before it:\n{said}"


@pytest.mark.timeout(120)
def test_the_page_works_line_by_line(place: Path) -> None:
    install = shell("python3 -m venv").partition("daemonrpc init")
    assert install[1]
    said = run(script(install[1] + install[2]), place, 110, BIN=str(BIN), PATH=f"{BIN}:{os.environ['PATH']}")
    check_output(said)


def test_every_command_of_the_page_is_in_the_script() -> None:
    whole = script(shell("python3 -m venv"))
    missing = [text for name, text in BLOCKS if name in ("sh", "python") and text not in whole]
    assert missing == []
    assert len([name for name, _ in BLOCKS if name == "sh"]) == 6


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_the_page_works_for_a_stranger_with_the_wheel(place: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", place, ROOT]
    subprocess.run(command, check=True, timeout=300)
    (wheel,) = place.glob("daemonrpc-*.whl")
    install = shell("python3 -m venv")
    assert "'daemonrpc[codegen]'" in install
    check_output(run(script(install.replace("'daemonrpc[codegen]'", f"'{wheel}[codegen]'")), place, 800))
