"""The service by its generated client: the whole protocol, and no socket."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import closing
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest
from daemonrpc import UNSET, InvalidParamsError, NotAllowedError, Peer, Stream
from daemonrpc.testing import ChannelFor

from log_tailer.service import LogService
from log_tailer_api import LogTailerClient, request_handler
from log_tailer_api.errors import LogUnknown, LogUnreadable
from log_tailer_api.types import Ending, EndReason, FollowEnd, Line, LogEvent, LogState, Position


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "app.log"


@pytest.fixture
async def service(path: Path, tmp_path: Path) -> LogService:
    return LogService({"app": path, "folder": tmp_path, "none": tmp_path / "none.log"}, poll_seconds=0.01)


@pytest.fixture
async def client(service: LogService) -> AsyncIterator[LogTailerClient]:
    async with ChannelFor(request_handler(service), LogTailerClient) as client:
        yield client


def write(path: Path, text: str | bytes) -> None:
    with path.open("ab") as file:
        file.write(text.encode() if isinstance(text, str) else text)


def short(event: LogEvent) -> str:
    """An event in few words; kinds that this client does not know have a tag, too."""
    return event.text if isinstance(event, Line) else f"<{type(event).__name__}>"


async def all_of(stream: Stream[LogEvent, FollowEnd]) -> list[str]:
    return [short(event) async for event in stream]


async def test_logs_are_listed_with_what_is_the_matter(client: LogTailerClient, path: Path) -> None:
    write(path, "a\n")
    app, folder, none = (await client.list_logs()).logs
    assert (app.name, app.path, app.state, app.size) == ("app", str(path), LogState.READABLE, 2)
    assert app.modified is not UNSET
    assert app.modified.tzinfo is not None
    assert (folder.state, none.state, none.size) == (LogState.UNREADABLE, LogState.MISSING, UNSET)


async def test_the_last_lines_are_read_with_what_is_not_finished(client: LogTailerClient, path: Path) -> None:
    write(path, "a\nb\nc\nunfin")
    tail = await client.tail("app", 2)
    assert [(line.text, line.ending) for line in tail.lines] == [
        ("b", Ending.NEWLINE),
        ("c", Ending.NEWLINE),
        ("unfin", Ending.UNFINISHED),
    ]
    write(path, "ished\n")
    assert await all_of(client.follow("app", since=tail.position, follow=False)) == ["unfinished"]
    assert (await client.tail("app", 0)).lines == []
    assert [line.text for line in (await client.tail("app")).lines] == ["a", "b", "c", "unfinished"]


async def test_a_line_stays_out_of_what_is_logged(client: LogTailerClient, path: Path) -> None:
    write(path, b"password=hunter2 \xff\n")
    tail = await client.tail("app")
    assert tail.lines[0].raw == b"password=hunter2 \xff"
    assert "hunter2" not in repr(tail)


async def test_what_cannot_be_read_is_a_typed_error(client: LogTailerClient) -> None:
    with pytest.raises(LogUnknown) as unknown:
        await client.tail("apps")
    assert unknown.value.data.known == ["app", "folder", "none"]
    with pytest.raises(LogUnknown):
        await all_of(client.follow("apps"))
    with pytest.raises(LogUnreadable) as missing:
        await client.tail("none")
    assert missing.value.data.state == LogState.MISSING
    with pytest.raises(LogUnreadable) as unreadable:
        await client.tail("folder")
    assert unreadable.value.data.state == LogState.UNREADABLE
    with pytest.raises(LogUnreadable):
        await all_of(client.follow("folder"))


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "", ".hidden"])
async def test_a_path_is_no_name_of_a_log(client: LogTailerClient, name: str) -> None:
    with pytest.raises(InvalidParamsError):
        await client.tail(name)


async def test_lines_come_as_they_are_written_and_over_rotation(client: LogTailerClient, path: Path) -> None:
    write(path, "a\nb\n")
    async with client.follow("app", lines=1) as stream:
        assert short(await anext(stream)) == "b"
        write(path, "c\nhal")
        assert short(await anext(stream)) == "c"
        path.rename(path.with_name("app.log.1"))
        write(path.with_name("app.log.1"), "f\n")
        write(path, "d\n")
        assert [short(await anext(stream)) for _ in range(3)] == ["half", "<Rotated>", "d"]
        os.truncate(path, 0)
        assert short(await anext(stream)) == "<Truncated>"


async def test_a_writer_that_rotates_while_it_is_followed_loses_no_line(client: LogTailerClient, path: Path) -> None:
    """With the handler of Python's own logging, in a thread, as fast as it can."""
    records = [logging.makeLogRecord({"msg": f"line {number}"}) for number in range(1500)]

    def log() -> None:
        with closing(RotatingFileHandler(path, maxBytes=500, backupCount=500)) as handler:
            for record in records:
                handler.emit(record)

    write(path, "begin\n")
    async with client.follow("app") as stream:
        assert short(await anext(stream)) == "begin"
        writing = asyncio.create_task(asyncio.to_thread(log))
        seen: list[str] = []
        while seen[-1:] != ["line 1499"]:
            seen.append(short(await anext(stream)))
        await writing
    assert [text for text in seen if text != "<Rotated>"] == [record.msg for record in records]
    assert seen.count("<Rotated>") > 25


async def test_a_log_that_is_not_there_is_waited_for(client: LogTailerClient, path: Path) -> None:
    assert await all_of(client.follow("app", follow=False)) == []
    async with client.follow("app") as stream:
        first = asyncio.create_task(anext(stream))
        await client.list_logs()
        write(path, "a\n")
        assert short(await first) == "a"


async def test_a_reader_goes_on_where_it_stopped_whatever_was_rotated(client: LogTailerClient, path: Path) -> None:
    write(path, "a\nb\n")
    async with client.follow("app") as stream:
        seen = await anext(stream)
        assert isinstance(seen, Line)
    for number in (1, 2):
        path.rename(path.with_name(f"app.log-2026010{number}"))
        write(path, f"day {number}\n")
    stream = client.follow("app", since=seen.position, follow=False)
    assert await all_of(stream) == ["b", "<Rotated>", "day 1", "<Rotated>", "day 2"]
    assert stream.result.reason == EndReason.CAUGHT_UP
    assert stream.result.position is not None
    assert await all_of(client.follow("app", since=stream.result.position, follow=False)) == []
    gone = Position(file="0-0", offset=5, check=0)
    assert await all_of(client.follow("app", since=gone, follow=False)) == ["<Gap>", "day 2"]


async def test_a_reader_that_is_slow_gets_every_line(client: LogTailerClient, path: Path) -> None:
    """More than all buffers on the way hold: the file holds the rest."""
    write(path, "".join(f"{number} {'x' * 200}\n" for number in range(20_000)))
    stream = client.follow("app", lines=0, follow=False)
    assert await all_of(stream) == []
    assert stream.result.position is not None
    beginning = Position(file=stream.result.position.file, offset=0, check=0)
    async with client.follow("app", since=beginning) as slow:
        assert short(await anext(slow)).startswith("0 ")
        for _ in range(20):
            await client.list_logs()  # much happens meanwhile
        numbers = [int(short(await anext(slow)).split()[0]) for _ in range(19_999)]
    assert numbers == list(range(1, 20_000))


async def test_a_stream_ends_with_where_to_go_on_when_the_daemon_goes_down(
    client: LogTailerClient, service: LogService, path: Path
) -> None:
    write(path, "a\n")
    stream = client.follow("app")
    assert short(await anext(stream)) == "a"
    service.close()
    assert await all_of(stream) == []
    assert stream.result.reason == EndReason.SHUTTING_DOWN
    write(path, "b\n")
    assert stream.result.position is not None
    assert await all_of(client.follow("app", since=stream.result.position, follow=False)) == ["b"]


async def test_a_reader_that_leaves_leaves_no_descriptor(client: LogTailerClient, path: Path) -> None:
    write(path, "a\n")
    await client.list_logs()
    before = len(os.listdir("/dev/fd"))
    for _ in range(10):
        async with client.follow("app") as stream:
            await anext(stream)
    async with asyncio.timeout(10):
        while len(os.listdir("/dev/fd")) > before:
            await asyncio.sleep(0.01)


async def test_a_stranger_may_not_read(service: LogService, path: Path) -> None:
    write(path, "a\n")
    stranger = Peer(uid=12345, gid=12345, pid=1, access=frozenset({"any"}))
    async with ChannelFor(request_handler(service), LogTailerClient, peer=stranger) as client:
        with pytest.raises(NotAllowedError):
            await client.tail("app")
        with pytest.raises(NotAllowedError):
            await all_of(client.follow("app"))
