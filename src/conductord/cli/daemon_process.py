"""The daemon as a process: starting it, and waiting until it is gone."""

import os
import select
import subprocess
import sys
import time
from pathlib import Path

from conductord.cli.exits import CommandError, ExitCode
from conductord.cli.session import Session

_POLL = 0.05
_LOG_LINES = 20
_RIVAL_PATIENCE = 2.0
"""Seconds for which a daemon that another command starts at the same moment may be silent."""


def daemon_command(session: Session) -> list[str]:
    """The command line of a daemon that uses the same socket, state and settings as this session."""
    return [sys.executable, "-m", "conductord", *session.daemon_flags]


def start_daemon(session: Session, patience: float) -> int:
    """Start a daemon in the background and wait until it is ready. Its process id.

    Raises CommandError, with the last lines of its log, when it ends or is not ready after `patience` seconds.
    """
    log = session.settings.log_file
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    begin = log.stat().st_size if log.exists() else 0
    with log.open("ab") as sink:
        process = subprocess.Popen(
            daemon_command(session),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            cwd="/",
            start_new_session=True,
        )
    deadline = time.monotonic() + patience
    while (pid := _ready_pid(session)) is None:
        if process.poll() is not None and running_pid(session) is None:
            # Somebody else may have started one at the same moment: then ours gave way, and theirs will answer soon.
            deadline = min(deadline, time.monotonic() + _RIVAL_PATIENCE)
        if time.monotonic() > deadline:
            raise _not_started(process, log, begin)
        time.sleep(_POLL)
    # It goes on without us: nobody will wait for it, and Python need not warn about that.
    process.returncode = 0
    return pid


def _ready_pid(session: Session) -> int | None:
    """Process id of a daemon that takes on work; None while there is none."""
    from conductor_api import ReadyStatus
    from daemonrpc import DaemonError

    try:
        with session.client() as client:
            if client.readiness(timeout=5.0).status is ReadyStatus.READY:
                return client.health(timeout=5.0).pid
    except DaemonError:
        pass
    return None


def running_pid(session: Session) -> int | None:
    """Process id of the daemon that answers at the socket; None if nobody does."""
    from daemonrpc import DaemonNotRunningError

    try:
        with session.client() as client:
            return client.health(timeout=5.0).pid
    except DaemonNotRunningError:
        return None


def wait_until_gone(pid: int, patience: float) -> bool:
    """Whether the process has ended within `patience` seconds."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        readable, _, _ = select.select([descriptor], [], [], patience)
        return bool(readable)
    finally:
        os.close(descriptor)


def last_lines(path: Path, begin: int = 0, count: int = _LOG_LINES) -> list[str]:
    """The last lines of a log from byte `begin` on; empty when there is none."""
    try:
        with path.open("rb") as log:
            log.seek(begin)
            return log.read().decode(errors="replace").splitlines()[-count:]
    except OSError:
        return []


def _not_started(process: "subprocess.Popen[bytes]", log: Path, begin: int) -> CommandError:
    if process.returncode is None:
        message = f"the daemon (pid {process.pid}) is not ready yet"
    else:
        message = f"the daemon ended at once with exit code {process.returncode}"
    lines = last_lines(log, begin)
    told = "".join(f"\n  | {line}" for line in lines) or "\n  (it has written nothing)"
    return CommandError(
        f"{message}; the end of {log}:{told}", code=ExitCode.UNREACHABLE, hint="check: conductor doctor"
    )
