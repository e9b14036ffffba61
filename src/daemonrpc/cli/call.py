"""`daemonrpc call`: one call of any daemon, with params as JSON or as flags; the items of a stream as JSON lines."""

import sys
from typing import Any, cast

import msgspec

from daemonrpc.cli.describe import help_lines
from daemonrpc.cli.document import Json, document_or_none, fetch_document, is_stream, method_of, nearest
from daemonrpc.cli.flagged_call import FlaggedCall
from daemonrpc.cli.flags import FlagError, method_flags, params_from_flags
from daemonrpc.cli.outcome import EXIT_ERROR, EXIT_OK, EXIT_USAGE, answered, error_text, fail
from daemonrpc.client_sync import SyncChannel, SyncStream
from daemonrpc.errors import InvalidParamsError, MethodNotFoundError

__all__ = ["run_call", "run_flags"]

CALL_SECONDS = 30.0


def run_call(
    socket: str, method: str, params: str | None, timeout: float | None = None, *, as_json: bool = False
) -> int:
    """Calls one method and prints its result; the items of a stream are printed as they come, one JSON value a line.

    `timeout` in seconds; without one a call may take 30 s, and a stream has no deadline. `as_json` prints the result
    as it came, on one line.
    """
    flags = f"or flags, see: daemonrpc call {socket} {method} --help"
    try:
        value: Any = None if params is None else msgspec.json.decode(params)
    except (msgspec.DecodeError, ValueError) as error:
        return fail(EXIT_USAGE, f"the params are no JSON: {error}\n{flags}")
    if value is not None and not isinstance(value, dict | list):
        return fail(EXIT_USAGE, f'params are a JSON object or array, such as \'{{"job_id": "x"}}\'\n{flags}')
    given = cast("Any", value)

    def work() -> int:
        with _channel(socket, timeout) as channel:
            return _call(channel, document_or_none(channel), method, given, timeout, as_json=as_json)

    return answered(work)


def run_flags(call: FlaggedCall) -> int:
    """Calls a method with the params that its flags say, or shows what flags it has."""

    def work() -> int:
        with _channel(call.socket, call.timeout) as channel:
            try:
                document = fetch_document(channel)
            except MethodNotFoundError:
                return fail(EXIT_USAGE, "the daemon has no rpc.discover, so its flags are unknown: give JSON instead")
            method = method_of(document, call.method)
            if call.wants_help:
                print("\n".join(help_lines(method, document, call.socket)))
                return EXIT_OK
            return _call_by_flags(channel, call, method, document)

    return answered(work)


def _call_by_flags(channel: SyncChannel, call: FlaggedCall, method: Json, document: Json) -> int:
    flags = method_flags(method, document)
    if method.get("x-untyped") or not flags:
        return fail(EXIT_USAGE, f"the daemon's document names no params of {call.method!r}: give them as JSON")
    try:
        params = params_from_flags(flags, call.flags)
    except FlagError as error:
        return fail(EXIT_USAGE, f"{error}\nall flags: daemonrpc call {call.socket} {call.method} --help")
    return _call(channel, document, call.method, params, call.timeout, as_json=call.as_json)


def _channel(socket: str, timeout: float | None) -> SyncChannel:
    return SyncChannel(socket, timeout=CALL_SECONDS if timeout is None else timeout)


def _call(
    channel: SyncChannel, document: Json, method: str, params: Any, timeout: float | None, *, as_json: bool
) -> int:
    streams = is_stream(document, method)
    try:
        if streams is False:
            return _print_result(channel.call(method, params), as_json=as_json)
        # A call without items is a stream that ends at once, so one way serves what nobody knows.
        seconds = CALL_SECONDS if timeout is None and streams is None else timeout
        with channel.stream(method, params, timeout=seconds) as stream:
            return _print_stream(stream, as_json=as_json)
    except MethodNotFoundError as error:
        names = [known["name"] for known in document.get("methods", [])]
        return fail(EXIT_ERROR, error_text(error, nearest(method, names)))
    except InvalidParamsError as error:
        hint = f"what it takes: daemonrpc call {channel.socket_path} {method} --help"
        return fail(EXIT_ERROR, f"{error_text(error)}\n{hint}")


def _print_stream(stream: SyncStream[Any, Any], *, as_json: bool) -> int:
    count = 0
    for item in stream:
        count += 1
        print(msgspec.json.encode(item).decode(), flush=True)
    if not count:
        return _print_result(stream.result, as_json=as_json)
    print(f"ended after {count} items: {msgspec.json.encode(stream.result).decode()}", file=sys.stderr)
    return EXIT_OK


def _print_result(value: Any, *, as_json: bool) -> int:
    result = msgspec.json.encode(value)
    print((result if as_json else msgspec.json.format(result, indent=2)).decode())
    return EXIT_OK
