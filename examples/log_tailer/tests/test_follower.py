"""Following files: what happens to them in real life, one look at a time."""

import os
import random
from collections.abc import Iterator
from pathlib import Path
from threading import Event as Signal
from threading import Thread

import pytest
from daemonrpc import UNSET

from log_tailer.follower import LONGEST_LINE, Event, Follower
from log_tailer.lines import start_of_last_lines
from log_tailer.logfile import NotReadable, OpenFile, generations
from log_tailer_api.types import Ending, Gap, Line, Position, Rotated, Truncated


class Log:
    """A log that is written, rotated and truncated, and what a follower sees of it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "app.log"
        self._followers: list[Follower] = []

    def write(self, text: str | bytes, path: Path | None = None) -> None:
        with (path or self.path).open("ab") as file:
            file.write(text.encode() if isinstance(text, str) else text)

    def rotate(self) -> None:
        """As logrotate does: `app.log.1` becomes `app.log.2`, and so on. No new file is made."""
        for path in generations(self.path):
            number = int(path.suffix[1:]) if path.suffix[1:].isdigit() else 0
            path.rename(self.path.with_name(f"app.log.{number + 1}"))

    def follow(self, since: Position | None = None, lines: int = 0) -> Follower:
        follower = Follower(self.path, since, lines)
        self._followers.append(follower)
        return follower

    def close(self) -> None:
        for follower in self._followers:
            follower.close()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path)
    yield log
    log.close()


def polled(follower: Follower) -> list[Event]:
    """All that is new, as one who waits between two looks would get it."""
    events: list[Event] = []
    while (news := follower.poll()) or follower.is_behind:
        events += news
    return events


def seen(follower: Follower) -> list[str]:
    """All that is new, in short."""
    return [event.text if isinstance(event, Line) else f"<{type(event).__name__}>" for event in polled(follower)]


def test_lines_are_seen_as_they_are_written(log: Log) -> None:
    log.write("old\n")
    follower = log.follow()
    assert seen(follower) == []
    log.write("a\nb\n")
    assert seen(follower) == ["a", "b"]
    assert seen(follower) == []


def test_a_line_is_seen_when_it_is_whole(log: Log) -> None:
    log.write("beg")
    follower = log.follow()
    assert seen(follower) == []
    assert [event.ending for event in follower.unfinished() if isinstance(event, Line)] == [Ending.UNFINISHED]
    log.write("inning")
    assert seen(follower) == []
    log.write(" and end\nnext")
    assert seen(follower) == ["beginning and end"]


def test_a_resumed_reader_gets_each_line_once_wherever_it_stopped(log: Log) -> None:
    log.write("".join(f"line {number}\n" for number in range(20)) + "unfinished")
    expected = [f"line {number}" for number in range(20)]
    everything = [event for event in polled(log.follow(lines=1000)) if isinstance(event, Line)]
    assert [event.text for event in everything] == expected
    for number, event in enumerate(everything):
        assert seen(log.follow(since=event.position)) == expected[number + 1 :]


def test_a_log_that_is_not_there_yet_is_waited_for(log: Log) -> None:
    follower = log.follow(lines=10)
    assert seen(follower) == []
    assert follower.position is None
    log.write("first\n")
    assert seen(follower) == ["first"]


def test_rotation_loses_and_repeats_nothing(log: Log) -> None:
    log.write("a\n")
    follower = log.follow(lines=10)
    assert seen(follower) == ["a"]
    log.write("b\n")
    log.rotate()
    assert seen(follower) == ["b"], "the file is followed whatever its name is"
    log.write("c\n")
    assert seen(follower) == ["<Rotated>", "c"]


def test_a_writer_that_has_not_moved_yet_is_still_heard(log: Log) -> None:
    log.write("a\n")
    follower = log.follow(lines=10)
    seen(follower)
    log.rotate()
    log.path.touch()
    for number in range(3):
        log.write(f"late {number}\n", log.path.with_name("app.log.1"))
        assert seen(follower) == [f"late {number}"]
    log.write("new\n")
    log.write("last\n", log.path.with_name("app.log.1"))
    assert seen(follower) == ["last", "<Rotated>", "new"]


def test_several_rotations_between_two_looks(log: Log) -> None:
    log.write("a\n")
    follower = log.follow(lines=10)
    assert seen(follower) == ["a"]
    for text in ("b\n", "c\n", "d\n"):
        log.write(text)
        log.rotate()
    log.write("e\n")
    assert seen(follower) == ["b", "<Rotated>", "c", "<Rotated>", "d", "<Rotated>", "e"]
    assert seen(follower) == []


def taken(news: list[Event], lines: list[bytes]) -> Position | None:
    """Adds the lines, as they stood in the file; where to go on, None without news."""
    for event in news:
        assert not isinstance(event, Gap | Truncated)
        if isinstance(event, Line):
            lines.append(event.text.encode() + (b"\n" if event.ending == Ending.NEWLINE else b""))
    return news[-1].position if news else None


def test_whatever_is_written_rotated_and_resumed_each_line_comes_once_and_in_order(tmp_path: Path) -> None:
    chance, rotated = random.Random(7), 0
    for run in range(150):
        folder = tmp_path / str(run)
        folder.mkdir()
        log = Log(folder)
        log.write("")
        written, seen_lines = [b""], list[bytes]()
        follower = log.follow(lines=1000)
        place = taken(follower.poll(), seen_lines)

        for _ in range(chance.randrange(30)):
            match chance.randrange(6):
                case 0 | 1:
                    text = chance.choice([b"line\n", b"part", b"a\nb\nc", b"\n"])
                    written[-1] += text
                    log.write(text)
                case 2:
                    log.rotate()
                    log.write("")
                    written.append(b"")
                    rotated += 1
                case 3 if place is not None:
                    follower.close()
                    follower = log.follow(since=place)
                case _:
                    place = taken(follower.poll(), seen_lines) or place
        written[-1] += b"end\n"
        log.write(b"end\n")
        taken(polled(follower), seen_lines)
        assert seen_lines == [line for content in written for line in content.splitlines(keepends=True)], run
        log.close()
    assert rotated > 200


def test_a_line_that_rotation_left_without_its_end_is_a_line(log: Log) -> None:
    log.write("a\nbro")
    follower = log.follow(lines=10)
    seen(follower)
    log.rotate()
    log.write("b\n")
    broken, rotated, line = polled(follower)
    assert isinstance(broken, Line)
    assert (broken.text, broken.ending) == ("bro", Ending.END_OF_FILE)
    assert isinstance(rotated, Rotated)
    assert isinstance(line, Line)
    assert line.text == "b"


def test_a_reader_that_was_away_goes_on_in_the_file_that_was_rotated(log: Log) -> None:
    log.write("a\nb\n")
    follower = log.follow(lines=10)
    first = polled(follower)[0]
    for text in ("c\n", "d\n", "e\n"):
        log.rotate()
        log.write(text)
    assert seen(log.follow(since=first.position)) == ["b", "<Rotated>", "c", "<Rotated>", "d", "<Rotated>", "e"]


def test_a_reader_whose_file_is_gone_is_told_of_the_gap(log: Log) -> None:
    log.write("a\n")
    (first,) = polled(log.follow(lines=10))
    log.close()
    log.rotate()
    log.path.with_name("app.log.1").unlink()
    follower = log.follow(since=first.position)
    assert seen(follower) == []
    log.write("b\n")
    assert seen(follower) == ["<Gap>", "b"]


def test_a_file_that_was_deleted_under_its_reader_is_left_with_a_gap(log: Log) -> None:
    log.write("old\n")
    log.rotate()
    log.write("a\n")
    follower = log.follow(lines=10)
    assert seen(follower) == ["a"]
    log.path.unlink()
    assert seen(follower) == [], "and nothing of app.log.1 comes again"
    log.write("b\n")
    assert seen(follower) == ["<Gap>", "b"]


def test_a_truncated_file_is_read_from_its_beginning(log: Log) -> None:
    log.write("a\nb\n")
    follower = log.follow(lines=10)
    seen(follower)
    os.truncate(log.path, 0)
    assert seen(follower) == ["<Truncated>"]
    log.write("c\n")
    assert seen(follower) == ["c"]


def test_a_file_that_was_truncated_and_filled_beyond_the_old_end_is_seen_as_such(log: Log) -> None:
    log.write("a\nb\n")
    follower = log.follow(lines=10)
    (_, last) = polled(follower)
    os.truncate(log.path, 0)
    log.write("something longer than before\n")
    assert seen(follower) == ["<Truncated>", "something longer than before"]
    assert seen(log.follow(since=last.position)) == ["<Gap>", "something longer than before"]


def test_a_position_is_not_believed_of_a_file_that_got_the_number_of_another(log: Log) -> None:
    log.write("a\n")
    (first,) = polled(log.follow(lines=10))
    other = Position(file=first.position.file, offset=first.position.offset, check=first.position.check + 1)
    assert seen(log.follow(since=other)) == ["<Gap>", "a"]


def test_bytes_that_are_not_utf_8_come_as_text_and_as_they_are(log: Log) -> None:
    log.write(b"caf\xe9\ncaf\xc3\xa9\n\x00\r\n")
    latin, utf8, control = (event for event in polled(log.follow(lines=10)) if isinstance(event, Line))
    assert (latin.text, latin.raw) == ("caf\N{REPLACEMENT CHARACTER}", b"caf\xe9")
    assert (utf8.text, utf8.raw) == ("caf\N{LATIN SMALL LETTER E WITH ACUTE}", UNSET)
    assert control.text == "\0\r"


def test_a_line_without_end_comes_in_pieces_of_whole_characters(log: Log) -> None:
    text = "\N{EURO SIGN}" * LONGEST_LINE
    log.write(text)
    follower = log.follow(lines=10)
    log.write("!\nnext\n")
    lines = [event for event in polled(follower) if isinstance(event, Line)]
    assert [line.ending for line in lines] == [Ending.CUT] * 3 + [Ending.NEWLINE] * 2
    assert "".join(line.text for line in lines) == text + "!next"
    assert not any(isinstance(line.raw, bytes) for line in lines)
    assert seen(log.follow(since=lines[1].position)) == [line.text for line in lines[2:]]


def test_much_news_comes_in_several_polls(log: Log) -> None:
    log.write("")
    follower = log.follow()
    seen(follower)
    log.write(("y" * 99 + "\n") * 10_000)
    portions: list[int] = []
    while news := follower.poll():
        portions.append(len(news))
    assert sum(portions) == 10_000
    assert max(portions) < 3000


@pytest.mark.parametrize("lines", [0, 1, 2, 3, 100])
@pytest.mark.parametrize("rest", ["", "rest"])
def test_the_last_lines_are_found(log: Log, lines: int, rest: str) -> None:
    log.write("a\n\nc\n" + rest)
    follower = log.follow(lines=lines)
    assert seen(follower) == ["a", "", "c"][max(0, 3 - lines) :]


def test_the_last_lines_of_a_large_file_are_found_without_reading_all_of_it(log: Log) -> None:
    log.write("".join(f"{number:099}\n" for number in range(5_000)))
    file = OpenFile(log.path)
    try:
        assert start_of_last_lines(file, 1000, 10**6) == 400_000
        assert start_of_last_lines(file, 1000, 1000) == 499_000
    finally:
        file.close()


def test_generations_stand_in_the_order_of_their_age(tmp_path: Path) -> None:
    names = ["a.log.10", "a.log.2", "a.log.1", "a.log-20260101", "a.log-20260102", "a.log"]
    for name in [*names, "a.log.3.gz", "a.log.old", "a.logs", "b.log.1", "a.log.x1"]:
        (tmp_path / name).touch()
    assert [path.name for path in generations(tmp_path / "a.log")] == names


def test_what_is_no_file_is_not_waited_for(log: Log) -> None:
    os.mkfifo(log.path)
    with pytest.raises(NotReadable):
        log.follow().poll()


def test_a_closed_follower_sees_nothing(log: Log) -> None:
    log.write("a\n")
    follower = log.follow(lines=1)
    follower.close()
    follower.close()
    assert follower.poll() == []


def test_closing_does_not_wait_for_a_look_that_takes_long(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log.write("a\n")
    follower, looks, goes_on = log.follow(), Signal(), Signal()
    seen(follower)
    before = len(os.listdir("/dev/fd"))

    def slow_read(file: OpenFile, offset: int, length: int) -> bytes:
        looks.set()
        goes_on.wait(10)
        return os.pread(file._descriptor, length, offset)  # pyright: ignore[reportPrivateUsage]  # stands for a slow disk

    monkeypatch.setattr(OpenFile, "read", slow_read)
    thread = Thread(target=follower.poll)
    thread.start()
    assert looks.wait(10)
    follower.close()
    assert len(os.listdir("/dev/fd")) == before, "its file is in use"
    goes_on.set()
    thread.join(10)
    assert len(os.listdir("/dev/fd")) == before - 1


def test_no_descriptor_is_left_open(log: Log) -> None:
    before = len(os.listdir("/dev/fd"))
    log.write("a\n")
    follower = log.follow(lines=1)
    for _ in range(5):
        polled(follower)
        log.rotate()
        log.write("b\n")
    polled(log.follow(since=Position(file="none", offset=0, check=0)))
    log.close()
    assert len(os.listdir("/dev/fd")) == before


def test_the_kinds_of_news_are_those_of_the_schema() -> None:
    assert {Line, Rotated, Truncated, Gap} == set(Event.__args__)
