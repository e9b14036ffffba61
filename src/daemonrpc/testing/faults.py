"""What goes wrong between a client and a server: a proxy for Unix sockets that delays, splits, stalls, cuts and adds.

    fault = Fault(reply=Way(end_at=10))                      # of the first connection only; later ones are sound
    async with FaultProxy("/run/p.sock", "/run/daemon.sock", [fault]) as proxy:
        async with DaemonClient(proxy.path) as client:
            with pytest.raises(ConnectionLostError):         # it may have run: an unsafe call is not sent again
                await client.submit_job("job.yaml")
            assert (await client.health()).status == "ok"    # over a new connection

The bytes of a connection are counted from 0 in each direction, so that a test can break it at every one of them:
`proxy.requests.size` and `proxy.replies.size` say how many a sound call takes.
"""

import asyncio
import os
import random
import select
import socket
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NoReturn, Self

from msgspec import Struct

from daemonrpc.connect import RETRY_SECONDS, try_connect
from daemonrpc.errors import DaemonNotRunningError

__all__ = ["Fault", "FaultProxy", "Faults", "Traffic", "Way"]

READ_BYTES = 64 * 1024
BACKLOG = 1024
PAUSE_SECONDS = 0.05
"""How long nobody is accepted after the process ran out of descriptors."""
HANGUP_CHECK_SECONDS = 0.02

End = Literal["cut", "half_close", "abort"]


class Way(Struct, frozen=True, kw_only=True):
    """What happens to the bytes of one direction of a connection. As it stands: nothing, they are passed on."""

    delay: float = 0.0
    """Seconds before each piece is passed on; a piece is what came in one read, or as `split` says."""
    split: int | None = None
    """Pieces are at most so many bytes long, each passed on by a write of its own."""
    seed: int | None = None
    """With `split`: the length of each piece is drawn from 1 to `split`, the same each time for the same seed."""
    insert_at: int = 0
    """After so many bytes `insert` is put in; at 0 as soon as the connection is there."""
    insert: bytes = b""
    """Bytes that nobody sent. They do not count for `end_at` and `stall_at`."""
    stall_at: int | None = None
    """After so many bytes no further one is passed on until `FaultProxy.release`, not even the sender's end."""
    stall_seconds: float | None = None
    """With `stall_at`: it goes on by itself after this time."""
    end_at: int | None = None
    """After so many bytes the connection ends as `end` says. It needs no byte after them, but for 0 a first one."""
    end: End = "cut"
    """`cut`: both sides are closed; what was passed on still arrives. `half_close`: the receiver sees the end, later
    bytes of the sender are thrown away, and the other direction goes on. `abort`: as `cut`, and what the sender has
    sent beyond is left unread, so that it sees a reset (ECONNRESET) instead of an end.
    """

    def __post_init__(self) -> None:
        if self.split is not None and self.split < 1:
            raise ValueError("split must be at least 1")
        if self.seed is not None and self.split is None:
            raise ValueError("seed goes with split")
        if self.stall_seconds is not None and self.stall_at is None:
            raise ValueError("stall_seconds goes with stall_at")
        if (
            min(self.insert_at, self.stall_at or 0, self.end_at or 0) < 0
            or min(self.delay, self.stall_seconds or 0) < 0
        ):
            raise ValueError("places and times must not be negative")


_SOUND: Final = Way()


class Fault(Struct, frozen=True, kw_only=True):
    """What happens on one connection."""

    request: Way = _SOUND
    """From the client to the server."""
    reply: Way = _SOUND
    """From the server to the client."""


Faults = Fault | Sequence[Fault] | Callable[[int], Fault]
"""One for all connections; one for each, those after the last one being sound; or a function of its number, from 0."""


class Traffic:
    """What was passed on in one direction, over all connections; inserted bytes do not count."""

    __slots__ = ("size",)

    def __init__(self) -> None:
        self.size = 0
        """Bytes."""


class _EndedError(Exception):
    """The connection has ended as its fault says."""


class FaultProxy:
    """Stands at `path` before the server at `target`, for the time of an `async with` block.

    Args:
        path: where clients connect; nothing may be there.
        target: where the server listens. Without a server the client's connection is closed at once.
        faults: what goes wrong; nothing by default.

    It holds one piece of a direction at a time, so that whoever is not read is slowed down as without it. At the end of
    the block all connections are closed and no task and no descriptor is left. `start` raises OSError if it cannot
    listen at `path`.
    """

    def __init__(self, path: str | os.PathLike[str], target: str | os.PathLike[str], faults: Faults = ()) -> None:
        self.path = Path(path)
        self.target = Path(target)
        self.faults = faults
        """May be changed at any time; it counts for connections that are made afterwards."""
        self.connections = 0
        """How many were made."""
        self.stalled = 0
        """How many directions stand still by `stall_at` now."""
        self.requests = Traffic()
        self.replies = Traffic()
        self._listener: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._released: asyncio.Future[None] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listens. When it returns, clients can connect."""
        listener = socket.socket(socket.AF_UNIX)
        try:
            listener.setblocking(False)
            listener.bind(os.fspath(self.path))
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
            raise
        self._released = asyncio.get_running_loop().create_future()
        self._listener = listener
        self._listen()

    def _listen(self) -> None:
        if self._listener is not None:
            asyncio.get_running_loop().add_reader(self._listener, self._accept)

    async def stop(self) -> None:
        """Closes every connection and listens no more."""
        if self._released is None or self._listener is None:
            return
        listener, self._listener = self._listener, None
        asyncio.get_running_loop().remove_reader(listener)
        listener.close()
        self.cut()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._released.cancel()
        self._released = None
        self.path.unlink(missing_ok=True)

    def release(self) -> None:
        """Directions that stand still go on. Those that come to `stall_at` later stand still again."""
        if self._released is not None:
            self._released.set_result(None)
            self._released = self._released.get_loop().create_future()

    def cut(self) -> None:
        """Closes every connection that is open now, whatever its fault says."""
        for task in self._tasks:
            task.cancel()

    # -- connections ---------------------------------------------------------------------------------------------------

    def _begin(self, work: Coroutine[Any, Any, None], sock: socket.socket) -> None:
        """A task that owns a socket. One that is cancelled before its first step would close nothing by itself."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)

        def ended(done: asyncio.Task[None]) -> None:
            self._tasks.discard(done)
            sock.close()

        task.add_done_callback(ended)

    def _accept(self) -> None:
        """A client may wait. No task does this: one that is cancelled as it accepts would lose the new socket."""
        assert self._listener is not None
        try:
            sock, _address = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError:  # no descriptor is free, and the listener stays readable
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._listener)
            loop.call_later(PAUSE_SECONDS, self._listen)
            return
        sock.setblocking(False)
        try:
            fault = self._fault_of(self.connections)
        except BaseException:
            sock.close()
            raise
        self.connections += 1
        self._begin(self._serve(sock, fault), sock)

    def _fault_of(self, number: int) -> Fault:
        faults = self.faults
        if isinstance(faults, Fault):
            return faults
        if callable(faults):
            return faults(number)
        return faults[number] if number < len(faults) else Fault()

    async def _serve(self, near: socket.socket, fault: Fault) -> None:
        try:
            far = await self._connect()
        except DaemonNotRunningError:
            return
        try:
            # A task group waits for its tasks however often it is cancelled: no socket is closed under one of them.
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._pass_on(near, far, fault.request, self.requests))
                ways.create_task(self._pass_on(far, near, fault.reply, self.replies))
        except* _EndedError:
            pass
        finally:
            far.close()

    async def _connect(self) -> socket.socket:
        while (sock := try_connect(os.fspath(self.target))) is None:  # noqa: ASYNC110  # no event says it
            await asyncio.sleep(RETRY_SECONDS)
        return sock

    # -- one direction -------------------------------------------------------------------------------------------------

    async def _pass_on(self, source: socket.socket, sink: socket.socket, way: Way, traffic: Traffic) -> None:
        loop = asyncio.get_running_loop()
        lengths = random.Random(way.seed)
        passed = 0
        while True:
            if passed == way.insert_at and way.insert and not await _send(loop, sink, way.insert):
                return
            if passed == way.stall_at:
                await self._stall(way)
            if passed == way.end_at and (passed or await _has_input(loop, source)):
                await _end(loop, source, sink, way.end)
            piece = await _receive(loop, source, _piece_bytes(way, passed, lengths))
            if way.delay:
                await asyncio.sleep(way.delay)
            if not piece:
                await _pass_on_end(source, sink)
            if not await _send(loop, sink, piece):
                return
            passed += len(piece)
            traffic.size += len(piece)

    async def _stall(self, way: Way) -> None:
        assert self._released is not None
        self.stalled += 1
        try:
            async with asyncio.timeout(way.stall_seconds):
                await asyncio.shield(self._released)
        except TimeoutError:
            return
        finally:
            self.stalled -= 1


def _piece_bytes(way: Way, passed: int, lengths: random.Random) -> int:
    """How much to read next: never beyond the next place where something happens."""
    size = READ_BYTES if way.split is None else way.split
    if way.seed is not None:
        size = lengths.randint(1, size)
    places = [way.insert_at if way.insert else None, way.stall_at, way.end_at]
    return min(size, *(place - passed for place in places if place is not None and place > passed), READ_BYTES)


async def _has_input(loop: asyncio.AbstractEventLoop, source: socket.socket) -> bool:
    """Returns when a byte or the end is there; True for a byte. Nothing is read."""
    readable = asyncio.Event()
    loop.add_reader(source, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(source)
    try:
        return bool(source.recv(1, socket.MSG_PEEK))
    except OSError:
        return False


async def _receive(loop: asyncio.AbstractEventLoop, source: socket.socket, size: int) -> bytes:
    """Empty at the end. What a sender left that was reset itself has all been read by then."""
    try:
        return await loop.sock_recv(source, size)
    except OSError:
        return b""


async def _send(loop: asyncio.AbstractEventLoop, sink: socket.socket, data: bytes) -> bool:
    """False if the receiver has gone. What it said before is still there for the other direction to pass on."""
    try:
        await loop.sock_sendall(sink, data)
    except OSError:
        return False
    return True


async def _end(loop: asyncio.AbstractEventLoop, source: socket.socket, sink: socket.socket, end: End) -> NoReturn:
    if end == "half_close":
        _shut(sink)
        while await _receive(loop, source, READ_BYTES):
            pass
        await _wait_hangup(source)
    if end == "cut":
        _throw_away(source)
        _throw_away(sink)
    raise _EndedError


async def _pass_on_end(source: socket.socket, sink: socket.socket) -> NoReturn:
    """Half-closed or closed: the receiver must be able to tell the two apart."""
    _shut(sink)
    await _wait_hangup(source)


async def _wait_hangup(source: socket.socket) -> NoReturn:
    """Raises _EndedError once the sender has closed both directions, which no read tells after its end."""
    poller = select.poll()
    poller.register(source, 0)  # hang-up is always reported
    while not poller.poll(0):  # noqa: ASYNC110  # no event of the loop says it
        await asyncio.sleep(HANGUP_CHECK_SECONDS)
    raise _EndedError


def _shut(sink: socket.socket) -> None:
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return  # it has gone


def _throw_away(sock: socket.socket) -> None:
    """Reads what is there: a socket that is closed with unread bytes resets its peer."""
    try:
        while sock.recv(READ_BYTES):
            pass
    except OSError:
        return
