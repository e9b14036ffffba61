import io
import json

import pytest

from conductor_api import Health
from conductord.cli.output import Output, wants_color, without_controls


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("when", "environment", "colored"),
    [
        ("auto", {}, True),
        ("auto", {"NO_COLOR": "1"}, False),
        ("auto", {"NO_COLOR": ""}, True),
        ("auto", {"TERM": "dumb"}, False),
        ("never", {"FORCE_COLOR": "1"}, False),
        ("always", {"NO_COLOR": "1"}, True),
    ],
)
def test_colour_on_a_terminal(when: str, environment: dict[str, str], colored: bool) -> None:
    assert wants_color(Terminal(), when, environment) is colored


@pytest.mark.parametrize(
    ("when", "environment", "colored"),
    [("auto", {}, False), ("auto", {"FORCE_COLOR": "1"}, True), ("always", {}, True)],
)
def test_colour_in_a_pipe(when: str, environment: dict[str, str], colored: bool) -> None:
    assert wants_color(io.StringIO(), when, environment) is colored


def test_answers_go_to_stdout_and_messages_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output({})
    output.line("answer")
    output.say("message")
    output.error("wrong", "do this")
    captured = capsys.readouterr()
    assert captured.out == "answer\n"
    assert captured.err == "message\nerror: wrong\ndo this\n"


def test_quiet_drops_messages_but_neither_answers_nor_errors(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output({}, quiet=True)
    output.line("answer")
    output.say("message")
    output.error("wrong")
    captured = capsys.readouterr()
    assert captured.out == "answer\n"
    assert captured.err == "error: wrong\n"


def test_details_are_for_who_asks(capsys: pytest.CaptureFixture[str]) -> None:
    Output({}).detail("more")
    Output({}, verbose=True).detail("more")
    assert capsys.readouterr().err == "more\n"


def test_a_document_has_the_keys_of_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    Output({}).document(Health(status="ok", pid=1, uptime_seconds=2.0, shutting_down=False))  # type: ignore[arg-type]  # encoded alike
    assert json.loads(capsys.readouterr().out) == {
        "status": "ok",
        "pid": 1,
        "uptime_seconds": 2.0,
        "shutting_down": False,
    }


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[Hgone", "gone"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link", "link"),
        ("bell\x07 back\x08 carriage\r", "bell back carriage"),
        ("\x9b31mc1", "31mc1"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("broken \x1b[", "broken "),
    ],
)
def test_what_a_job_wrote_cannot_command_the_terminal(text: str, plain: str) -> None:
    assert without_controls(text, keep_color=False) == plain


def test_only_colour_stays_where_colour_is_wanted() -> None:
    assert without_controls("\x1b[1;31mred\x1b[0m\x1b[2K", keep_color=True) == "\x1b[1;31mred\x1b[0m"
