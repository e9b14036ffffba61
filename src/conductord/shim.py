"""The parent of one step: starts it, outlives the daemon, and writes how it ended.

Run as `python -I -S shim.py ATTEMPT_DIR WORKSPACE COMMAND [ARGUMENT...]` with the step's environment, with
TERM, INT and HUP blocked, and with its files made (`conductord.runner` sees to all three). Standard library
only, and few modules of it, since every step waits for this start.

It leads a session of its own, so that no signal to the daemon's terminal or group reaches it. It is a child
subreaper, so that a descendant that was orphaned becomes its child and not one of pid 1: the whole tree stays
below it. `exit.json` is there as soon as the step itself has ended; the shim ends when the last descendant
has.

Signals: TERM, INT and HUP stay blocked here and are open in the step. Who ends a step signals the
descendants of the shim, never the shim, which then ends by itself. Only KILL ends it early; then there is no
`exit.json`, and that is how one can tell.
"""

import os
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
# Importing `signal` would cost 3 ms of 10. Python ignores these two; a step must find them at their default.
SIGPIPE, SIGXFSZ = 13, 25


def main(argv: list[str]) -> int:
    """Run one step. Exit code 0: `exit.json` is written; 1: the directory is taken and nothing ran."""
    directory, workspace, *command = argv
    os.chdir(directory)
    if not claim():
        return 1
    lead_session()
    started, clock = time.time(), time.monotonic()
    try:
        step = spawn(workspace, command)
    except OSError as error:
        write_exit(failure(error, workspace, command), started, clock)
        return 0
    status, usage = reap(step)
    write_exit(outcome(status), started, clock, usage)
    reap(None)
    return 0


def claim() -> bool:
    """Take the directory. False: it runs already, or the daemon has given it up; a step must not run
    twice."""
    try:
        os.close(os.open("claim", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    return True


def lead_session() -> None:
    """Leave the daemon's session; on Linux become the one that inherits orphans."""
    os.setsid()
    if sys.platform == "linux":
        # The core of ctypes, which does all that is needed here: ctypes itself would cost 3 ms of 12.
        import _ctypes

        prctl = _ctypes.dlsym(_ctypes.dlopen(None, 0), "prctl")  # type: ignore[arg-type]  # None, as in dlopen(3)
        if _ctypes.call_function(prctl, (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)) != 0:
            raise OSError("prctl(PR_SET_CHILD_SUBREAPER) failed")


def spawn(workspace: str, command: list[str]) -> int:
    """Start the step in a process group of its own; its pid. Raises OSError when it cannot be started."""
    append = os.O_WRONLY | os.O_APPEND  # so that a file which someone cuts short gets no hole
    streams = os.open("stdin", os.O_RDONLY), os.open("stdout", append), os.open("stderr", append)
    home = os.open(".", os.O_RDONLY)
    try:
        os.chdir(workspace)
        return os.posix_spawnp(
            command[0],
            command,
            environment(),
            file_actions=[(os.POSIX_SPAWN_DUP2, fd, target) for target, fd in enumerate(streams)],
            setpgroup=0,
            setsigmask=[],
            setsigdef=[SIGPIPE, SIGXFSZ],
        )
    finally:
        os.fchdir(home)
        for fd in (*streams, home):
            os.close(fd)


def environment() -> dict[bytes, bytes]:
    """The environment as it was handed to us: in the C locale Python adds LC_CTYPE to its own (PEP 538)."""
    try:
        with open("/proc/self/environ", "rb") as file:
            pairs = (pair.partition(b"=") for pair in file.read().split(b"\0") if pair)
            return {name: value for name, _, value in pairs}
    except FileNotFoundError:
        return dict(os.environb)


def reap(step: int | None) -> tuple[int, object]:
    """Wait for children until `step` has ended (None: until none is left); its wait status and resource
    usage."""
    while True:
        try:
            pid, status, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return 0, None
        if pid == step:
            return status, usage


def outcome(status: int) -> str:
    """The fields of `exit.json` that say how the step ended."""
    if os.WIFSIGNALED(status):
        return f'"exit": null, "signal": {os.WTERMSIG(status)}, "error": null'
    return f'"exit": {os.WEXITSTATUS(status)}, "signal": null, "error": null'


def failure(error: OSError, workspace: str, command: list[str]) -> str:
    """The same for a step that could not be started; the codes are those of a shell."""
    import json

    if error.filename == workspace != command[0]:
        code, what = 126, f"workspace {workspace!r}"
    else:
        code, what = 127 if isinstance(error, FileNotFoundError) else 126, f"command {command[0]!r}"
    text = f"{what}: {error.strerror}".encode(errors="replace").decode()
    return f'"exit": {code}, "signal": null, "error": {json.dumps(text)}'


def write_exit(fields: str, started: float, clock: float, usage: object = None) -> None:
    """Write, sync, rename: `exit.json` is there whole or not at all."""
    duration = time.monotonic() - clock
    utime, stime, maxrss = (getattr(usage, name, 0) for name in ("ru_utime", "ru_stime", "ru_maxrss"))
    maxrss_kb = maxrss // 1024 if sys.platform == "darwin" else maxrss
    text = (
        f'{{{fields}, "duration": {duration:.6f}, "utime": {utime:.6f}, "stime": {stime:.6f}, '
        f'"maxrss_kb": {maxrss_kb}, "started": {started:.6f}, "ended": {time.time():.6f}}}\n'
    )
    data = text.encode()
    # The daemon made this file and took its room on the disk, so that a full disk cannot hide how a step
    # ended.
    fd = os.open("exit.json.part", os.O_WRONLY)
    os.write(fd, data)
    os.ftruncate(fd, len(data))
    os.fsync(fd)
    os.close(fd)
    os.rename("exit.json.part", "exit.json")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
