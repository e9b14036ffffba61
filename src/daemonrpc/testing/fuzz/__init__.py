"""`daemonrpc fuzz SOCKET`: does a live daemon do what its own schema says?

It reads the daemon's OpenRPC document (`rpc.discover`), sends calls that the schema allows, calls with one thing wrong,
and broken lines, and holds every answer against the schema and the protocol. It knows nothing else of the daemon.
"""

import sys

__all__ = ["fuzz"]

EXIT_USAGE = 2


def fuzz(arguments: list[str]) -> int:
    """The verb `fuzz` of the `daemonrpc` command. Returns the exit code."""
    try:
        from daemonrpc.testing.fuzz.run import run  # it needs hypothesis
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] != "hypothesis":
            raise
        print("error: `fuzz` makes its values with hypothesis: pip install 'daemonrpc[testing]'", file=sys.stderr)
        return EXIT_USAGE
    return run(arguments)
