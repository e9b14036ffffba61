"""Where the time of one call goes: `python -m bench.stages` prints microseconds for each stage.

The stages are the real functions, called by themselves with the bytes of a real call (`bench/api.yaml`, echo). What is
left of a whole call, measured over a socket in the same run, is the event loop, system calls and the other process.
"""

import asyncio
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import daemonrpc_codegen
from bench.place import PROJECT, place
from bench.systems import OURS, OURS_UVLOOP, System

ROUNDS = 7
CALLS = 20_000
IN_FLIGHT = 64


def microseconds(work: Callable[[], Any], calls: int = CALLS, times: int = 1) -> float:
    """Of one of `times` pieces of work that a call of `work` does, at the median of some rounds."""
    rounds: list[float] = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(calls):
            work()
        rounds.append((time.perf_counter() - start) * 1e6 / calls / times)
    return statistics.median(rounds)


def stages() -> dict[str, float]:
    """Each stage of a call, in order, in microseconds."""
    import bench_api

    from bench.systems.ours import Service
    from daemonrpc.calling import encode_meta, outgoing
    from daemonrpc.client_connection import ClientConnection
    from daemonrpc.context import Peer
    from daemonrpc.dispatch import Dispatcher
    from daemonrpc.framing import LineReader
    from daemonrpc.limits import Limits
    from daemonrpc.message import decode_answer, encode_request, encode_result
    from daemonrpc.request import decode_requests
    from daemonrpc.server_connection import ServerConnection

    limits = Limits()
    method: Any = next(method for method in bench_api.SERVICE.methods if method.name == "echo")
    params = method.params(job_id="fix-tests#7", limit=50)
    call = outgoing(method, params)
    meta = encode_meta(30.0)
    line = encode_request(call.wire_name, b"17", call.params, meta)
    server, reader = ServerConnection(limits), LineReader(limits)
    request: Any = decode_requests(line[:-1], limits)
    dispatcher = Dispatcher(bench_api.request_handler(Service()), time.monotonic)
    peer = Peer(pid=1, uid=0, gid=0, access=frozenset({"any", "owner"}))
    bound = dispatcher.bind(request, peer)
    result: Any = dispatcher.call_inline(bound)
    answer_line = encode_result(b"17", result)
    answer: Any = decode_answer(answer_line)
    client = ClientConnection(limits)

    def served() -> None:
        server.receive_data(line)
        taken = server.next_request()
        assert taken is not None
        server.answer(taken, result)
        server.data_to_send()

    def asked() -> None:
        opened = client.call(call.wire_name, call.params, meta, owner=None)
        client.data_to_send()
        client.forget(opened)

    return {
        "client: params struct": microseconds(lambda: method.params(job_id="fix-tests#7", limit=50)),
        "client: encode params": microseconds(lambda: outgoing(method, params)),
        "client: deadline to text (meta)": microseconds(lambda: encode_meta(29.99)),
        "client: envelope": microseconds(lambda: encode_request(call.wire_name, b"17", call.params, meta)),
        "client: connection's books, envelope included": microseconds(asked),
        "server: frame a line": microseconds(lambda: reader.receive(line)),
        "server: decode the envelope": microseconds(lambda: decode_requests(line[:-1], limits)),
        "server: connection's books, frame, envelopes": microseconds(served),
        "server: look up, access, params, context (bind)": microseconds(lambda: dispatcher.bind(request, peer)),
        "server:   of it: decode params": microseconds(lambda: bound.entry.decode_params(request.params)),
        "server:   of it: context": microseconds(lambda: dispatcher._context(request, peer)),
        "server: handler and its result to JSON": microseconds(lambda: dispatcher.call_inline(bound)),
        "server:   of it: the handler": microseconds(lambda: bound.entry.function(bound.params, bound.context)),
        "server: answer's envelope": microseconds(lambda: encode_result(b"17", result)),
        "client: decode the answer's envelope": microseconds(lambda: decode_answer(answer_line)),
        "client: decode the result": microseconds(lambda: call.result(answer)),
    }


def waits() -> dict[str, float]:
    """What the event loop and the kernel take, without anything of ours."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    data = b"x" * 130

    def there() -> None:
        ours.send(data)
        theirs.recv(65536)

    async def futures() -> float:
        loop = asyncio.get_running_loop()
        start = time.perf_counter()
        for _ in range(CALLS):
            future = loop.create_future()
            loop.call_soon(future.set_result, None)
            await future
        return (time.perf_counter() - start) * 1e6 / CALLS

    found = {"kernel: send and recv in one process": microseconds(there)}
    found["event loop: future made, set, task woken"] = statistics.median(asyncio.run(futures()) for _ in range(ROUNDS))
    ours.close()
    theirs.close()
    return found


def whole(system: System, callers: int) -> float:
    """Microseconds of a call over a socket, by so many callers at once."""
    with place(1.0) as where, where.server(system) as (path, _pid):
        rounds = [where.run("load", system.name, path, "calls", callers, 1.0) for _ in range(5)]
    return 1e6 / statistics.median(rounds)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        daemonrpc_codegen.generate(daemonrpc_codegen.load(PROJECT / "bench" / "api.yaml"), Path(folder))
        sys.path.insert(0, folder)
        os.environ.pop("DAEMONRPC_DEBUG", None)
        for name, value in (stages() | waits()).items():
            print(f"{name:52}{value:8.2f}")
    for system in (OURS, OURS_UVLOOP):
        for callers in (1, IN_FLIGHT):
            if not system.missing:
                print(f"{f'a whole call, {system.name}, {callers} at a time':52}{whole(system, callers):8.2f}")


if __name__ == "__main__":
    main()
