"""How a command ends: stdout carries the answer, stderr the messages, and the exit code says how it went."""

import os
import sys
from collections.abc import Callable

import msgspec

from daemonrpc.errors import CallTimeoutError, DaemonError, DaemonNotRunningError, RpcError

__all__ = ["EXIT_ERROR", "EXIT_INTERRUPTED", "EXIT_OK", "EXIT_USAGE", "answered", "error_text", "fail"]

EXIT_OK = 0
EXIT_ERROR = 1
EXIT_USAGE = 2
EXIT_UNREACHABLE = 3
EXIT_TIMEOUT = 124
EXIT_INTERRUPTED = 130
EXIT_READER_GONE = 141


def answered(work: Callable[[], int]) -> int:
    """Runs `work`; its failures become messages and exit codes."""
    try:
        code = work()
        if sys.stdout is not None:  # closed by the shell: `>&-`
            sys.stdout.flush()  # that nobody reads must be noticed here, not at the end of the process
        return code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        _drop_output()  # quietly, as `| head -1` wants it
        return EXIT_READER_GONE
    except DaemonNotRunningError as error:
        return fail(EXIT_UNREACHABLE, str(error))
    except CallTimeoutError as error:
        return fail(EXIT_TIMEOUT, str(error))
    except RpcError as error:
        return fail(EXIT_ERROR, error_text(error))
    except (DaemonError, LookupError) as error:
        return fail(EXIT_ERROR, str(error))
    except OSError as error:
        _drop_output()
        return fail(EXIT_ERROR, f"the answer cannot be written: {error.strerror}")


def error_text(error: RpcError, hint: str = "") -> str:
    """An error of the daemon, with its data."""
    data = "" if error.data is None else f"\n  data: {msgspec.json.encode(error.data).decode()}"
    return f"{error}{hint}{data}"


def fail(code: int, message: str) -> int:
    """Says what is wrong. Returns the exit code."""
    print(f"error: {message}", file=sys.stderr)
    return code


def _drop_output() -> None:
    """What is still buffered goes nowhere instead of failing at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
