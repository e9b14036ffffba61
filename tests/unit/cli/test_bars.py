from collections.abc import Callable

from conductor_api import TimelineEntry
from conductord.cli.bars import timeline_lines
from conductord.cli.output import Output


def test_attempts_stand_one_after_the_other(plain: Output, stretch: Callable[..., TimelineEntry]) -> None:
    entries = [
        stretch(0, 10, status="failed", cause="invalid", detail="report.md missing"),
        stretch(10, 30, attempt_num=2),
    ]
    assert timeline_lines(plain, entries, width=30) == [
        "1 greet #1 |▒▒▒▒▒▒▒▒▒▒                    |     10s invalid report.md missing",
        "1 greet #2 |          ████████████████████|     20s ok",
    ]


def test_a_wait_is_dotted(plain: Output, stretch: Callable[..., TimelineEntry]) -> None:
    entries = [
        stretch(0, 10),
        stretch(10, 20, kind="wait", attempt_num=None, status=None, waited_for="limit", detail="limit of claude"),
    ]
    lines = timeline_lines(plain, entries, width=20)
    assert lines[1] == "1 greet waits |          ··········|     10s limit of claude"


def test_the_shortest_attempt_is_still_seen(plain: Output, stretch: Callable[..., TimelineEntry]) -> None:
    lines = timeline_lines(plain, [stretch(0, 1000), stretch(999.999, 1000)], width=20)
    assert lines[1].split("|")[1] == " " * 19 + "█"


def test_attempts_at_one_moment_do_not_divide_by_nothing(plain: Output, stretch: Callable[..., TimelineEntry]) -> None:
    assert len(timeline_lines(plain, [stretch(5, 5)], width=20)) == 1


def test_no_attempts_no_lines(plain: Output) -> None:
    assert timeline_lines(plain, []) == []
