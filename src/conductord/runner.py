"""Starting steps and waiting for them: with `shim.py`, the only place that makes child processes.

A step never runs under the daemon itself but under a shim of its own, which outlives the daemon and writes
`exit.json`. So a daemon that was killed and started again waits on the same process and reads the same file:
adoption is the ordinary wait, `wait(ref, directory)`.

Files of an attempt directory: `stdin`, `stdout`, `stderr`, `exit.json`; and `claim` (the shim has begun),
`exit.json.part` (room for the result), `shim.log` (what the shim had to say if it failed itself).
"""

import errno
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
import psutil
from msgspec import Struct

from conductord.processes import ProcessRef, born, everyone, is_alive, reap, reference, watching
from conductord.tree import MARK, freeze, kill_tree, thaw

__all__ = [
    "Exit",
    "LaunchRequest",
    "ProcessRef",
    "StartError",
    "find_shim",
    "freeze",
    "is_alive",
    "kill_tree",
    "output_size",
    "read_exit",
    "read_output",
    "read_tail",
    "start",
    "step_identity",
    "thaw",
    "wait",
]

SHIM = Path(__file__).with_name("shim.py")
RESERVED_BYTES = 512
"""Room for `exit.json`, taken before the step starts: a full disk cannot hide how it ended."""
_BLOCKED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_DEFAULT = signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}


class LaunchRequest(Struct, frozen=True, kw_only=True):
    """One step to start."""

    directory: Path
    """Attempt directory, absolute; made here, mode 0700, and never used twice."""
    argv: tuple[str, ...]
    workspace: Path
    """Working directory of the step; made when missing."""
    env: Mapping[str, str]
    """Whole environment of the step: see `conductord.config.step_environment`. It is never written to
    disk."""
    stdin: str | None = None
    """Standard input; None: empty."""


class Exit(Struct, frozen=True, kw_only=True):
    """How a step ended: the content of `exit.json`."""

    exit: int | None
    """Exit code; None when a signal ended it. 127: no such command; 126: not executable, or no workspace."""
    signal: int | None
    """Signal that ended it."""
    duration: float
    """Seconds."""
    utime: float
    """CPU seconds in user mode of the step and the descendants it waited for."""
    stime: float
    """CPU seconds in the kernel, likewise."""
    maxrss_kb: int
    """Largest resident set of any one of them, in KiB. The kernel counts the shim's own (about 10 MiB) as a
    floor."""
    started: float
    """Epoch seconds."""
    ended: float
    """Epoch seconds."""
    error: str | None = None
    """Why the command could not be started."""


class StartError(Exception):
    """The shim could not be started; the message says why. Nothing ran, and nothing will."""


def step_identity(*, job_id: str, sheet: int, attempt: int, workspace: Path) -> dict[str, str]:
    """The variables by which a step knows what it is part of."""
    return {
        "CONDUCTOR_JOB_ID": job_id,
        "CONDUCTOR_SHEET": str(sheet),
        "CONDUCTOR_ATTEMPT": str(attempt),
        "CONDUCTOR_WORKSPACE": str(workspace),
    }


async def start(request: LaunchRequest) -> ProcessRef:
    """Start the step under a shim of its own. Raises StartError: disk full, directory in use, command too
    long.

    A command that does not exist is no StartError: the step runs, and ends with 127.
    """
    try:
        request.workspace.mkdir(parents=True, exist_ok=True)
        _make_files(request)
        return born(_spawn_shim(request))
    except OSError as error:
        hint = "; give a long prompt on stdin" if error.errno == errno.E2BIG else ""
        where = error.filename or request.directory
        raise StartError(f"cannot start a step: {where}: {error.strerror or error}{hint}") from error


def _make_files(request: LaunchRequest) -> None:
    """All files of the attempt, while a failure can still be told to somebody."""
    request.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    stdin = (request.stdin or "").encode()
    for name, content in (("stdin", stdin), ("stdout", b""), ("stderr", b""), ("exit.json.part", b"")):
        fd = os.open(request.directory / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with open(fd, "wb") as file:
            file.write(content)
            if name == "exit.json.part" and hasattr(os, "posix_fallocate"):
                os.posix_fallocate(fd, 0, RESERVED_BYTES)


def _spawn_shim(request: LaunchRequest) -> int:
    """The shim's pid. Signals are blocked from its first instruction on: at no moment can TERM end it."""
    directory = str(request.directory)
    argv = [sys.executable, "-I", "-S", str(SHIM), directory, str(request.workspace), *request.argv]
    log = str(request.directory / "shim.log")
    return os.posix_spawn(
        sys.executable,
        argv,
        {**request.env, MARK: directory},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
        ],
        setsigmask=_BLOCKED,
        setsigdef=_DEFAULT,
    )


async def wait(ref: ProcessRef, directory: Path) -> Exit | None:
    """How the step ended, once its whole tree is gone. None: no process and no `exit.json`, it was
    interrupted.

    Serves a step that this daemon started and one that an earlier daemon started alike.
    """
    async with watching(ref) as gone:
        await gone.wait()
    reap(ref)
    return read_exit(directory)


def read_exit(directory: Path) -> Exit | None:
    """Content of `exit.json`; None when there is none, which is also what a file broken by the disk counts
    as."""
    try:
        return msgspec.json.decode((directory / "exit.json").read_bytes(), type=Exit)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def find_shim(directory: Path) -> ProcessRef | None:
    """For an attempt of an earlier daemon that has no pid on record: its shim, if one runs.

    None is final: no step runs for this directory and none ever will, because a shim that is only just
    starting finds the directory claimed. `read_exit` then says whether the step had run to its end.
    """
    if not directory.is_dir():
        return None  # made before the spawn, so there was none
    try:
        os.close(os.open(directory / "claim", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return _search(directory)
    return None


def _search(directory: Path) -> ProcessRef | None:
    """The shim whose command line carries the directory: a shim that made its claim has its command line."""
    for process in everyone():
        try:
            command = process.cmdline()
            # By the name of the script alone: an upgrade may have moved it since.
            if command[4:5] == [str(directory)] and command[3].endswith(SHIM.name):
                return reference(process.pid)
        except (psutil.Error, OSError):
            continue  # ended meanwhile, or somebody else's: not ours
    return None


def output_size(directory: Path) -> tuple[int, int]:
    """Bytes of stdout and of stderr so far."""
    return _size(directory / "stdout"), _size(directory / "stderr")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def read_output(directory: Path, stream: str, offset: int = 0, size: int = 65536) -> bytes:
    """Up to `size` bytes of `stream` ("stdout" or "stderr") from `offset`; empty when there are none
    (yet)."""
    try:
        with open(directory / stream, "rb") as file:
            file.seek(offset)
            return file.read(size)
    except FileNotFoundError:
        return b""


def read_tail(directory: Path, stream: str, size: int = 10240) -> bytes:
    """The last `size` bytes of `stream`."""
    return read_output(directory, stream, max(_size(directory / stream) - size, 0), size)
