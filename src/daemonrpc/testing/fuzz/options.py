"""What the command line of `daemonrpc fuzz` says."""

import argparse
from dataclasses import dataclass
from random import SystemRandom

__all__ = ["Options", "read_options"]

EXAMPLES = 100
CALL_SECONDS = 10.0
LARGEST_SEED = 2**32


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to fuzz which daemon."""

    socket: str
    methods: tuple[str, ...]
    """All, and broken lines, if it names none."""
    only_lines: bool
    call_all: bool
    """Whether methods that are not safe get params that they accept, too."""
    examples: int
    """How many values of each kind a method gets; how many lines."""
    seconds: float | None
    """When to stop, whatever the number of examples."""
    seed: int
    timeout: float
    """Seconds within which an answer must come."""
    as_json: bool


def read_options(arguments: list[str]) -> Options:
    """Options from words. Ends the process with code 2 if they are wrong."""
    parser = argparse.ArgumentParser(
        prog="daemonrpc fuzz",
        description="Send valid and invalid calls and broken lines to a live daemon, and hold its answers against what"
        " its schema (rpc.discover) says: each id is answered once, a valid call is accepted, an invalid one is"
        " refused with -32602. Only methods whose safety is `safe` are called with params that they accept.",
        epilog="Exit codes: 0 nothing wrong, 1 something is, 2 wrong command line, 3 no daemon there.",
    )
    parser.add_argument("socket", metavar="SOCKET", help="path of the daemon's socket")
    parser.add_argument(
        "--method", action="append", default=[], metavar="NAME", help="only this method, also if it is not safe"
    )
    parser.add_argument("--lines", action="store_true", help="only broken lines")
    parser.add_argument("--all", action="store_true", help="call all methods, also what is not safe: it will be done")
    parser.add_argument("--examples", type=_positive, help=f"valid and invalid calls of each method ({EXAMPLES})")
    parser.add_argument("--seconds", type=float, help="go on for so long instead")
    parser.add_argument("--seed", type=int, help="what decides the values: the same seed sends the same")
    parser.add_argument(
        "--timeout", type=float, default=CALL_SECONDS, metavar="SECONDS", help="to wait for an answer (%(default)g)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    found = parser.parse_args(arguments)
    if found.lines and found.method:
        parser.error("--lines sends nothing to a method: leave out --method")
    return Options(
        socket=found.socket,
        methods=tuple(found.method),
        only_lines=found.lines,
        call_all=found.all,
        examples=found.examples or EXAMPLES,
        seconds=found.seconds,
        seed=SystemRandom().randrange(LARGEST_SEED) if found.seed is None else found.seed,
        timeout=found.timeout,
        as_json=found.json,
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number
