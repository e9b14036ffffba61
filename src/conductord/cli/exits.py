"""Exit codes of `conductor`, and the one exception that carries one."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the exit code of `conductor` means; scripts rely on it."""

    FINE = 0
    """The question was answered, the wish was granted, or the job ended well."""
    FAILED = 1
    """The job ended without success; for `ready` and `doctor`: the answer is no."""
    USAGE = 2
    """Wrong arguments or a wrong job file."""
    UNREACHABLE = 3
    """The daemon is not there or does not answer."""
    NO_SUCH_JOB = 4
    """No job is meant by that name, or more than one."""
    NOT_POSSIBLE = 5
    """Not in the state that the job or the daemon is in."""
    STILL_WAITING = 75
    """The job is held or waits for a limit; ask again later (EX_TEMPFAIL of sysexits.h)."""
    TIMED_OUT = 124
    """`--timeout` ran out first (as timeout(1) has it)."""
    INTERRUPTED = 130
    """Ctrl-C (128 + SIGINT)."""
    READER_GONE = 141
    """Who read the output closed it (128 + SIGPIPE)."""


class CommandError(Exception):
    """The verb cannot do it: what a person is told, and the exit code.

    message: what is wrong, without a full stop.
    hint: what to do about it, such as `start it: conductor start`.
    """

    def __init__(self, message: str, *, code: ExitCode, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.hint = hint
