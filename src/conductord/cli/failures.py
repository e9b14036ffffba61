"""From what went wrong in a call to what a person is told, with the exit code."""

from pathlib import Path

from conductor_api import JobNotFound, Refusal
from conductord.cli.exits import CommandError, ExitCode
from daemonrpc import (
    CallTimeoutError,
    ConnectionLostError,
    DaemonError,
    DaemonNotRunningError,
    DeadlineExceededError,
    InvalidParamsError,
    MethodNotFoundError,
    RpcError,
    ShuttingDownError,
)

_REFUSALS = {
    Refusal.NOT_FOUND: ExitCode.NO_SUCH_JOB,
    Refusal.INVALID_CONFIG: ExitCode.USAGE,
    Refusal.UNSUPPORTED: ExitCode.USAGE,
}


def explain(error: DaemonError, socket: Path) -> CommandError:
    """The same failure in the words of the command line."""
    if isinstance(error, DaemonNotRunningError):
        return _going_down(socket) if isinstance(error.__cause__, ShuttingDownError) else _not_running(socket)
    if isinstance(error, ConnectionLostError):
        return CommandError(
            "the connection broke before the answer came; the call may have run or not",
            code=ExitCode.UNREACHABLE,
            hint="see how things stand: conductor list",
        )
    if isinstance(error, CallTimeoutError | DeadlineExceededError):
        return CommandError(
            f"the daemon at {socket} runs but did not answer in time",
            code=ExitCode.UNREACHABLE,
            hint="look for the cause: conductor doctor",
        )
    if isinstance(error, RpcError):
        return _answered(error)
    return CommandError(str(error), code=ExitCode.FAILED)


def refusal(message: str | None, reason: Refusal | None) -> CommandError:
    """A request that was turned down inside its result."""
    code = _REFUSALS.get(reason, ExitCode.NOT_POSSIBLE) if reason else ExitCode.NOT_POSSIBLE
    hint = "the jobs there are: conductor list" if code is ExitCode.NO_SUCH_JOB else None
    return CommandError(message or "the daemon turned it down", code=code, hint=hint)


def _going_down(socket: Path) -> CommandError:
    return CommandError(
        f"the daemon at {socket} is shutting down",
        code=ExitCode.UNREACHABLE,
        hint="try again in a moment, or start another one then: conductor start",
    )


def _not_running(socket: Path) -> CommandError:
    why = "nobody listens at" if socket.exists() else "no socket at"
    return CommandError(
        f"the daemon is not running ({why} {socket})",
        code=ExitCode.UNREACHABLE,
        hint="start it: conductor start",
    )


def _answered(error: RpcError) -> CommandError:
    if isinstance(error, JobNotFound):
        names = ", ".join(error.data.candidates)
        hint = f"did you mean one of these: {names}" if names else "the jobs there are: conductor list"
        return CommandError(error.message, code=ExitCode.NO_SUCH_JOB, hint=hint)
    if isinstance(error, InvalidParamsError):
        return CommandError(error.message, code=ExitCode.USAGE)
    if isinstance(error, MethodNotFoundError):
        return CommandError(
            f"this daemon does not know the method: {error.message}",
            code=ExitCode.NOT_POSSIBLE,
            hint="it is older than this command line; start it again: conductor restart",
        )
    return CommandError(error.message, code=ExitCode.NOT_POSSIBLE)
