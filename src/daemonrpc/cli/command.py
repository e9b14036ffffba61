"""The `daemonrpc` command: `call` and `describe` any daemon; further verbs come with installed extras.

stdout carries the answer, stderr the messages. Exit codes: 0 answered, 1 the daemon answered with an error, 2 usage,
3 no daemon reachable, 124 no answer in time, 130 interrupted, 141 nobody reads stdout any more.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from daemonrpc.cli.call import run_call, run_flags
from daemonrpc.cli.describe import run_describe
from daemonrpc.cli.flagged_call import seconds, split_call
from daemonrpc.cli.outcome import EXIT_OK, EXIT_USAGE, fail

__all__ = ["main"]

OWN_VERBS = ("call", "describe", "completion")

Verb = Callable[[list[str]], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command. Returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    match arguments:
        case [] | ["-h" | "--help", *_]:
            _parser(more=f"more verbs (daemonrpc VERB --help): {', '.join(_extra_verbs())}").print_help()
            return EXIT_OK if arguments else EXIT_USAGE
        case ["-V" | "--version", *_]:
            return _print_version()
        case ["completion", *words]:
            return _print_completion(words)
        case ["complete", *words]:
            return _complete(words)
        case [str(verb), *words] if verb not in OWN_VERBS and not verb.startswith("-"):
            return _run_extra_verb(verb, words)
        case _:
            return _call_or_describe(arguments)


def _call_or_describe(arguments: list[str]) -> int:
    flagged = split_call(arguments)
    if flagged is not None:
        return run_flags(flagged)
    options = _parser().parse_args(arguments)
    if options.verb == "call":
        return run_call(options.socket, options.method, options.params, options.timeout, as_json=options.json)
    return run_describe(options.socket, options.method, as_json=options.json)


def _print_completion(words: list[str]) -> int:
    from daemonrpc.cli.completion import SCRIPTS

    if len(words) != 1 or words[0] not in SCRIPTS:
        return fail(EXIT_USAGE, f"say which shell: daemonrpc completion {{{','.join(SCRIPTS)}}}")
    print(SCRIPTS[words[0]], end="")
    return EXIT_OK


def _complete(words: list[str]) -> int:
    from daemonrpc.cli.completion import candidates

    for found in candidates(words, [*OWN_VERBS, *(_extra_verbs() if len(words) < 2 else ())]):
        print(found)
    return EXIT_OK


def _extra_verbs() -> Mapping[str, Any]:
    """The verbs of installed extras, by name."""
    from importlib.metadata import entry_points  # slow to import, and `call` does without it

    return {point.name: point for point in sorted(entry_points(group="daemonrpc.commands"))}


def _run_extra_verb(name: str, words: list[str]) -> int:
    verbs = _extra_verbs()
    if name not in verbs:
        return fail(EXIT_USAGE, f"no verb {name!r}; there are: {', '.join([*OWN_VERBS, *verbs])}")
    try:
        verb: Verb = verbs[name].load()
    except ModuleNotFoundError as error:
        return fail(EXIT_USAGE, f"{name!r} needs the module {error.name}: pip install 'daemonrpc[codegen]'")
    return verb(words)


def _parser(more: str = "") -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="daemonrpc", description="Call and describe daemons that speak JSON-RPC 2.0.", epilog=more
    )
    parser.add_argument("-V", "--version", action="store_true", help="show the version")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs", required=True)
    call = verbs.add_parser("call", help="call a method; the items of a stream are printed as JSON lines")
    call.add_argument("socket", metavar="SOCKET", help="path of the daemon's socket")
    call.add_argument("method", metavar="METHOD", help="wire name, such as job.status")
    call.add_argument(
        "params", metavar="PARAMS", nargs="?", help="JSON object or array; or flags, see: call SOCKET METHOD --help"
    )
    call.add_argument("--json", action="store_true", help="print the result on one line, as it came")
    call.add_argument("--timeout", type=seconds, metavar="SECONDS", help="to wait (30; a stream has no deadline)")
    describe = verbs.add_parser("describe", help="show the methods of a daemon, or one of them")
    describe.add_argument("socket", metavar="SOCKET", help="path of the daemon's socket")
    describe.add_argument("method", metavar="METHOD", nargs="?", help="wire name of one method")
    describe.add_argument("--json", action="store_true", help="print the OpenRPC document")
    verbs.add_parser("completion", help="print the completion of bash, zsh or fish")
    return parser


def _print_version() -> int:
    from importlib.metadata import version

    print(f"daemonrpc {version('daemonrpc')}")
    return EXIT_OK
