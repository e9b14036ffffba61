"""Two ways to run a case: a connection without I/O, and a raw client on a real socket."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from conformance.case import Case, request
from conformance.service import LIMITS, service
from daemonrpc import DaemonServer, Peer
from daemonrpc.admission import Slots
from daemonrpc.dispatch import Dispatcher
from daemonrpc.request import Request
from daemonrpc.server_calls import ServerCalls, ServerState
from daemonrpc.server_connection import ServerConnection
from support.raw import connect
from support.waiting import SECONDS

__all__ = ["PING", "PONG", "answers_in_memory", "answers_on_socket"]

PING = request("ping", b'"are you there?"')
PONG = b'{"jsonrpc":"2.0","id":"are you there?","result":"pong"}'


class _Memory:
    """The least that drives a ServerConnection: bytes in, lines out, no transport, no limits on turns."""

    is_writable = True

    def __init__(self) -> None:
        dispatcher = Dispatcher(service(), asyncio.get_running_loop().time, check_results=True)
        state = ServerState(dispatcher, Slots(50, 1000), LIMITS)
        peer = Peer(uid=0, gid=0, pid=0)
        self._connection = ServerConnection(LIMITS)
        self._calls = ServerCalls(state, peer, self._connection, self, self._call_ended, asyncio.get_running_loop())
        self._ended = asyncio.Event()
        self.output = b""

    def receive(self, data: bytes) -> None:
        self._connection.receive_data(data)
        self._look()

    def receive_eof(self) -> None:
        self._connection.receive_eof()
        self._look()

    def _look(self) -> None:
        while self._connection.has_backlog:
            request = self._connection.next_request()
            if request is not None:
                self._calls.handle(request)
        self.flush()

    async def all_ended(self) -> None:
        """Returns when every call is answered."""
        async with asyncio.timeout(SECONDS):
            while self._connection.in_flight:
                self._ended.clear()
                await self._ended.wait()
        self.flush()

    def _call_ended(self) -> None:
        self._ended.set()

    def put_items(self, request: Request, notification: bytes, items: Sequence[bytes]) -> bool:
        self._connection.items(request, notification, items)
        return True

    def flush(self) -> None:
        self.output += self._connection.data_to_send()

    async def wait_writable(self) -> None:
        raise AssertionError("memory is always writable")


async def answers_in_memory(case: Case, piece: int) -> list[bytes]:
    """What a connection that gets `piece` bytes at a time answers, the ping included."""
    memory = _Memory()
    for start in range(0, len(case.sent), piece):
        memory.receive(case.sent[start : start + piece])
    if case.half_close:
        memory.receive_eof()
    else:
        memory.receive(PING)
    await memory.all_ended()
    return _lines(memory.output)


async def answers_on_socket(case: Case, path: Path) -> list[bytes]:
    """What a server answers up to the end of the connection, the ping included."""
    async with DaemonServer(path, service(), limits=LIMITS), await connect(path) as peer:
        peer.write(case.sent)
        if not (case.half_close or case.closes):
            peer.write(PING)
        if not case.closes:
            peer.half_close()
        return _lines(await peer.rest())


def _lines(output: bytes) -> list[bytes]:
    assert not output or output.endswith(b"\n")
    lines = output.split(b"\n")[:-1]
    assert all(line.strip() for line in lines), "a blank line was sent"
    return lines
