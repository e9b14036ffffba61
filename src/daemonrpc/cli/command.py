"""The `daemonrpc` command: `call` and `describe` any daemon; further verbs come with installed extras.

stdout carries the answer, stderr the messages. Exit codes: 0 answered, 1 the daemon answered with an error, 2 usage,
3 no daemon reachable, 124 no answer in time, 130 interrupted, 141 nobody reads stdout any more.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, cast

import msgspec

from daemonrpc.cli.flagged_call import FlaggedCall, split_call
from daemonrpc.cli.flags import FlagError, flag_lines, method_flags, params_from_flags
from daemonrpc.client_sync import SyncChannel, SyncStream
from daemonrpc.errors import CallTimeoutError, DaemonError, DaemonNotRunningError, MethodNotFoundError, RpcError
from daemonrpc.message import DISCOVER

__all__ = ["describe_daemon", "main", "run_call", "run_describe", "run_flags"]

EXIT_OK, EXIT_ERROR, EXIT_USAGE, EXIT_UNREACHABLE, EXIT_TIMEOUT = 0, 1, 2, 3, 124
EXIT_INTERRUPTED, EXIT_READER_GONE = 130, 141

CALL_SECONDS = 30.0
OWN_VERBS = ("call", "describe", "completion")

Verb = Callable[[list[str]], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command. Returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["completion"]:
        return _print_completion(arguments[1:])
    if arguments[:1] == ["complete"]:
        return _complete(arguments[1:])
    if arguments and arguments[0] not in ("call", "describe") and not arguments[0].startswith("-"):
        return _run_extra_verb(arguments[0], arguments[1:])
    flagged = split_call(arguments)
    if flagged is not None:
        return run_flags(flagged)
    options = _parser().parse_args(arguments)
    if options.verb == "call":
        return run_call(options.socket, options.method, options.params, options.timeout, as_json=options.json)
    if options.verb == "describe":
        return run_describe(options.socket, options.method, as_json=options.json)
    _parser().print_help()
    return EXIT_USAGE


def run_flags(call: FlaggedCall) -> int:
    """Calls a method with the params that its flags say, or shows what flags it has."""

    def work() -> int:
        try:
            document = describe_daemon(call.socket)
        except MethodNotFoundError:
            return _fail(
                EXIT_USAGE, "the daemon has no rpc.discover, so its flags are unknown: give the params as JSON"
            )
        method = _method_of(document, call.method)
        flags = method_flags(method, document)
        if call.wants_help:
            _print_method(method, document)
            return EXIT_OK
        if not flags and call.flags:
            return _fail(EXIT_USAGE, f"the daemon's document names no params of {call.method!r}: give them as JSON")
        try:
            params = params_from_flags(flags, call.flags)
        except FlagError as error:
            return _fail(EXIT_USAGE, f"{error}\nall flags: daemonrpc call {call.socket} {call.method} --help")
        return _call_and_print(call.socket, call.method, params, call.timeout, as_json=call.as_json)

    try:
        return _answered(work)
    except LookupError as error:
        return _fail(EXIT_ERROR, str(error))


def run_call(
    socket: str, method: str, params: str | None, timeout: float | None = None, *, as_json: bool = False
) -> int:
    """Calls one method and prints its result; the items of a stream are printed as they come, one JSON value a line.

    `timeout` in seconds; without one a call may take 30 s, and a stream has no deadline. `as_json` prints the result
    as it came, on one line.
    """
    try:
        value: Any = None if params is None else msgspec.json.decode(params)
    except (msgspec.DecodeError, ValueError) as error:
        return _fail(EXIT_USAGE, f"the params are no JSON: {error}")
    if value is not None and not isinstance(value, dict | list):
        return _fail(EXIT_USAGE, 'params are a JSON object or array, such as \'{"job_id": "x"}\'')
    params_value = cast("Any", value)
    return _answered(lambda: _call_and_print(socket, method, params_value, timeout, as_json=as_json))


def run_describe(socket: str, method: str | None, *, as_json: bool = False) -> int:
    """Prints what a daemon offers, as its OpenRPC document says: all methods in a line each, or one with its params."""

    def describe() -> int:
        document = describe_daemon(socket)
        if as_json:
            _print_json(document if method is None else _method_of(document, method))
        elif method is None:
            _print_methods(document)
        else:
            _print_method(_method_of(document, method), document)
        return EXIT_OK

    try:
        return _answered(describe)
    except LookupError as error:
        return _fail(EXIT_ERROR, str(error))


def describe_daemon(socket: str) -> dict[str, Any]:
    """The OpenRPC document of the daemon at `socket`. Raises DaemonError."""
    with SyncChannel(socket) as channel:
        document: dict[str, Any] = channel.call(DISCOVER)
        return document


def _answered(work: Callable[[], int]) -> int:
    """Runs `work`; its failures become messages and exit codes."""
    try:
        code = work()
        sys.stdout.flush()  # that nobody reads must be noticed here, not at the end of the process
        return code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return _reader_gone()
    except DaemonNotRunningError as error:
        return _fail(EXIT_UNREACHABLE, str(error))
    except CallTimeoutError as error:
        return _fail(EXIT_TIMEOUT, str(error))
    except RpcError as error:
        data = "" if error.data is None else f"\n  data: {msgspec.json.encode(error.data).decode()}"
        return _fail(EXIT_ERROR, f"{error}{data}")
    except DaemonError as error:
        return _fail(EXIT_ERROR, str(error))


def _reader_gone() -> int:
    """Ends quietly, as `| head -1` wants it; what is still buffered goes nowhere instead of failing at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return EXIT_READER_GONE


def _call_and_print(socket: str, method: str, params: Any, timeout: float | None, *, as_json: bool) -> int:
    with SyncChannel(socket) as channel:
        if timeout is None and not _is_stream(channel, method):
            timeout = CALL_SECONDS
        # A call without items is a stream that ends at once, so one way serves both.
        with channel.stream(method, params, timeout=timeout) as stream:
            return _print_stream(stream, as_json=as_json)


def _is_stream(channel: SyncChannel, method: str) -> bool:
    """Whether the daemon's document says so. A daemon without a document has no streams that we could know of."""
    try:
        document: dict[str, Any] = channel.call(DISCOVER)
        return "x-stream" in _method_of(document, method)
    except (RpcError, LookupError):
        return False


def _print_stream(stream: SyncStream[Any, Any], *, as_json: bool) -> int:
    count = 0
    for item in stream:
        count += 1
        sys.stdout.write(msgspec.json.encode(item).decode() + "\n")
        sys.stdout.flush()
    if count:
        print(f"ended after {count} items: {msgspec.json.encode(stream.result).decode()}", file=sys.stderr)
    elif as_json:
        print(msgspec.json.encode(stream.result).decode())
    else:
        _print_json(stream.result)
    return EXIT_OK


def _print_json(value: Any) -> None:
    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def _method_of(document: dict[str, Any], name: str) -> dict[str, Any]:
    methods: list[dict[str, Any]] = document.get("methods", [])
    for method in methods:
        if method["name"] == name:
            return method
    from difflib import get_close_matches

    nearest = get_close_matches(name, [m["name"] for m in methods], n=1)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
    raise LookupError(f"the daemon has no method {name!r}{hint}")


def _print_methods(document: dict[str, Any]) -> None:
    info: dict[str, Any] = document.get("info", {})
    print(f"{info.get('title', '?')} {info.get('version', '?')}")
    methods: list[dict[str, Any]] = document.get("methods", [])
    width = max((len(m["name"]) for m in methods), default=0)
    for method in methods:
        print(f"  {method['name']:{width}}  {method.get('summary') or method.get('description') or ''}".rstrip())


def _print_method(method: dict[str, Any], document: dict[str, Any]) -> None:
    print(f"{method['name']}  {method.get('summary') or method.get('description') or ''}".rstrip())
    for line in flag_lines(method_flags(method, document)):
        print(line)
    result: dict[str, Any] = method.get("result") or {}
    print(f"  -> {result.get('description') or result.get('summary') or result.get('name') or 'nothing'}")


def _print_completion(arguments: list[str]) -> int:
    from daemonrpc.cli.completion import SCRIPTS

    if len(arguments) != 1 or arguments[0] not in SCRIPTS:
        return _fail(EXIT_USAGE, f"say which shell: daemonrpc completion {{{','.join(SCRIPTS)}}}")
    print(SCRIPTS[arguments[0]], end="")
    return EXIT_OK


def _complete(words: list[str]) -> int:
    from importlib.metadata import entry_points

    from daemonrpc.cli.completion import candidates

    extras = sorted(point.name for point in entry_points(group="daemonrpc.commands")) if len(words) < 2 else []
    for found in candidates(words, [*OWN_VERBS, *extras]):
        print(found)
    return EXIT_OK


def _run_extra_verb(name: str, arguments: list[str]) -> int:
    from importlib.metadata import entry_points  # slow to import, and `call` does without it

    verbs = {point.name: point for point in entry_points(group="daemonrpc.commands")}
    if name not in verbs:
        known = ", ".join([*OWN_VERBS, *sorted(verbs)])
        return _fail(EXIT_USAGE, f"no verb {name!r}; there are: {known}")
    try:
        verb: Verb = verbs[name].load()
    except ModuleNotFoundError as error:
        return _fail(EXIT_USAGE, f"{name!r} needs the module {error.name}: pip install 'daemonrpc[codegen]'")
    return verb(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="daemonrpc", description="Call and describe daemons that speak JSON-RPC 2.0.")
    parser.add_argument("-V", "--version", action="version", version=f"daemonrpc {_version()}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs (more come with installed extras)")
    call = verbs.add_parser("call", help="call a method; the items of a stream are printed as JSON lines")
    call.add_argument("socket", metavar="SOCKET", help="path of the daemon's socket")
    call.add_argument("method", metavar="METHOD", help="wire name, such as job.status")
    call.add_argument(
        "params", metavar="PARAMS", nargs="?", help="JSON object or array; or flags, see: call SOCKET METHOD --help"
    )
    call.add_argument("--json", action="store_true", help="print the result on one line, as it came")
    call.add_argument("--timeout", type=float, help="seconds to wait (30; none for a stream)")
    describe = verbs.add_parser("describe", help="show the methods of a daemon, or one of them")
    describe.add_argument("socket", metavar="SOCKET", help="path of the daemon's socket")
    describe.add_argument("method", metavar="METHOD", nargs="?", help="wire name of one method")
    describe.add_argument("--json", action="store_true", help="print the OpenRPC document")
    verbs.add_parser("completion", help="print the completion of bash, zsh or fish")
    return parser


def _version() -> str:
    from importlib.metadata import version

    return version("daemonrpc")


def _fail(code: int, message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return code
