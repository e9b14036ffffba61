from collections.abc import Callable

import pytest

from conductor_api import EventName, JobEvent
from conductord.cli.event_text import EventPrinter
from conductord.cli.output import Output

MakeEvent = Callable[..., JobEvent]


def printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines without the time of day, which depends on the zone."""
    return [line[10:] for line in capsys.readouterr().out.splitlines()]


def test_a_life_in_lines(plain: Output, event: MakeEvent, capsys: pytest.CaptureFixture[str]) -> None:
    printer = EventPrinter(plain, with_job=False)
    for one in (
        event("job.submitted", sheet_count=2),
        event("job.started"),
        event("sheet.started", sheet_num=1, sheet_name="greet", attempt_num=1),
        event(
            "sheet.retry_scheduled",
            sheet_num=1,
            sheet_name="greet",
            attempt_num=1,
            message="exit code 7",
            delay_seconds=2.0,
        ),
        event("sheet.completed", sheet_num=1, sheet_name="greet", duration_seconds=1.25),
        event("job.completed", duration_seconds=12.0),
    ):
        printer.print(one)
    assert printed(capsys) == [
        "submitted, 2 sheets",
        "started",
        "1 greet  attempt 1 started",
        "1 greet  attempt 1 failed: exit code 7; the next one in 2.0s",
        "1 greet  completed in 1.2s",
        "completed in 12s",
    ]


def test_every_event_has_a_text(plain: Output, event: MakeEvent, capsys: pytest.CaptureFixture[str]) -> None:
    printer = EventPrinter(plain, with_job=True)
    names = [name for name in EventName if name is not EventName.SHEET_OUTPUT]
    for name in names:
        printer.print(event(str(name)))
    lines = printed(capsys)
    assert len(lines) == len(names)
    assert not [line for line, name in zip(lines, names, strict=True) if str(name) in line]


def test_an_event_of_a_newer_daemon_is_shown_by_its_name(
    plain: Output, event: MakeEvent, capsys: pytest.CaptureFixture[str]
) -> None:
    EventPrinter(plain, with_job=True).print(event("sheet.teleported", sheet_num=2))
    assert printed(capsys) == ["hello#8  2  sheet.teleported"]


def test_output_is_printed_by_whole_lines(plain: Output, event: MakeEvent, capsys: pytest.CaptureFixture[str]) -> None:
    printer = EventPrinter(plain, with_job=False)
    for text in ("one\ntw", "o\nthr"):
        printer.print(event("sheet.output", sheet_num=1, sheet_name="greet", stream="stdout", text=text))
    assert printed(capsys) == ["1 greet  | one", "1 greet  | two"]
    printer.print(event("sheet.completed", sheet_num=1, sheet_name="greet"))
    assert printed(capsys) == ["1 greet  | thr", "1 greet  completed"]


def test_the_two_outputs_of_a_sheet_do_not_mix_within_a_line(
    plain: Output, event: MakeEvent, capsys: pytest.CaptureFixture[str]
) -> None:
    printer = EventPrinter(plain, with_job=False)
    for stream, text in (("stdout", "a"), ("stderr", "x"), ("stdout", "b\n"), ("stderr", "y\n")):
        printer.print(event("sheet.output", sheet_num=1, stream=stream, text=text))
    assert printed(capsys) == ["1  | ab", "1  | xy"]
