"""Microseconds from a request to its encoded answer: `python -m bench.dispatch FOLDER`, with a generated package in it.

No socket: the sans-IO connection and the dispatcher, called in turn for some of the methods.
"""

import sys
import time
from typing import Any

from daemonrpc.context import Peer
from daemonrpc.dispatch import Dispatcher
from daemonrpc.limits import Limits
from daemonrpc.server_connection import ServerConnection

CALLS = 40_000
CALLED = 25
"""So many of the methods are called, from the first to the last: what all of them need fits no processor's cache."""


def main(folder: str) -> None:
    sys.path.insert(0, folder)
    import many_api
    from many_api.types import State

    class Service:
        """Answers every method with its thing."""

        def __getattr__(self, name: str) -> Any:
            number = name.removeprefix("thing").removesuffix("_change")
            if not number.isdigit():
                raise AttributeError(name)
            kind = getattr(many_api, f"Thing{number}")
            return lambda params, _context: kind(name=params.name, state=State.QUEUED)

    dispatcher = Dispatcher(many_api.request_handler(Service()), time.monotonic)
    connection = ServerConnection(Limits())
    methods = many_api.SERVICE.methods
    names = [method.name for method in methods[:: len(methods) // CALLED]]
    line = '{"jsonrpc":"2.0","id":1,"method":"%s","params":{"name":"a"},"meta":{"timeout_ms":30000}}\n'
    lines = [(line % name).encode() for name in names]
    peer = Peer(pid=1, uid=0, gid=0, access=frozenset({"any", "owner"}))
    _calls(connection, dispatcher, peer, lines, len(lines))
    start = time.perf_counter()
    _calls(connection, dispatcher, peer, lines, CALLS)
    print((time.perf_counter() - start) * 1e6 / CALLS)


def _calls(connection: ServerConnection, dispatcher: Dispatcher, peer: Peer, lines: list[bytes], calls: int) -> None:
    for number in range(calls):
        connection.receive_data(lines[number % len(lines)])
        request = connection.next_request()
        assert request is not None
        result = dispatcher.call_inline(dispatcher.bind(request, peer))
        assert isinstance(result, bytes)
        connection.answer(request, result)
        connection.data_to_send()


if __name__ == "__main__":
    main(sys.argv[1])
