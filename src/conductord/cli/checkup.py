"""What `conductor doctor` looks at."""

import os
import platform
import shutil
import stat
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from conductor_api import ReadyStatus
from conductord.cli.daemon_process import last_lines
from conductord.cli.session import Session
from conductord.cli.words import plural
from daemonrpc import DaemonError, DaemonNotRunningError

_SOCKET_PATH_LIMIT = 107
"""Bytes of a socket's path: sun_path has 108 with the closing zero (unix(7))."""


class Check(NamedTuple):
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str
    hint: str = ""


def examine(session: Session) -> Iterator[Check]:
    """All checks, the basic ones first. Raises ConfigError when the settings are wrong."""
    settings = session.settings
    yield Check(
        "version",
        True,
        f"conductor {version('daemonrpc')}, Python {platform.python_version()}, {sys.platform}",
    )
    yield Check(
        "settings",
        True,
        str(settings.config_file) if settings.config_file.exists() else "defaults, no settings file",
    )
    yield _socket_path(settings.socket)
    yield _socket_directory(settings.socket.parent)
    yield _state_directory(settings.state_dir)
    yield _disk(settings.state_dir, settings.disk_low)
    yield _programs()
    yield from _daemon(session)


def _socket_path(path: Path) -> Check:
    length = len(os.fsencode(path))
    if length > _SOCKET_PATH_LIMIT:
        return Check(
            "socket path",
            False,
            f"{path} has {length} bytes, {_SOCKET_PATH_LIMIT} are possible",
            "choose a shorter one with --socket",
        )
    return Check("socket path", True, str(path))


def _socket_directory(directory: Path) -> Check:
    name = "socket directory"
    if not directory.exists():
        return Check(name, True, f"{directory} does not exist yet; the daemon makes it")
    status = directory.stat()
    if status.st_uid not in {os.getuid(), 0}:
        return Check(name, False, f"{directory} belongs to uid {status.st_uid}", "choose another with --socket")
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not status.st_mode & stat.S_ISVTX:
        return Check(name, False, f"others may write to {directory}, and replace the socket", f"chmod go-w {directory}")
    return Check(name, True, f"{directory} ({stat.filemode(status.st_mode)})")


def _state_directory(directory: Path) -> Check:
    name = "state directory"
    there = next(parent for parent in (directory, *directory.parents) if parent.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        return Check(name, False, f"{there} cannot be written to", "choose another with --state-dir")
    return Check(
        name,
        True,
        str(directory) if there == directory else f"{directory} does not exist yet; the daemon makes it",
    )


def _disk(directory: Path, low: int) -> Check:
    there = next(parent for parent in (directory, *directory.parents) if parent.exists())
    free = shutil.disk_usage(there).free
    found = f"{free // 2**20} MiB free"
    if free < low:
        return Check(
            "disk",
            False,
            f"{found}, less than the {low // 2**20} MiB of disk_low",
            "make room, or: conductor clear --older-than 7d",
        )
    return Check("disk", True, found)


def _programs() -> Check:
    shell = shutil.which("sh")
    return Check(
        "shell",
        shell is not None,
        shell or "sh is not on the PATH",
        "" if shell else "commands given as text need it",
    )


def _daemon(session: Session) -> Iterator[Check]:
    settings = session.settings
    try:
        with session.client() as client:
            health, status, readiness = client.health(timeout=5.0), client.status(), client.readiness()
    except DaemonNotRunningError:
        stale = " (a socket file is left over; the next start takes care of it)" if settings.socket.exists() else ""
        last = "".join(f"\n    | {line}" for line in last_lines(settings.log_file, count=5))
        yield Check("daemon", False, f"not running{stale}{last}", "start it: conductor start")
        return
    except DaemonError as error:
        yield Check("daemon", False, str(error), f"look into its log: {settings.log_file}")
        return
    yield Check("daemon", True, f"pid {health.pid}, {plural(status.running_jobs, 'job')} running")
    yield _same_version(status.version)
    ready = readiness.status is ReadyStatus.READY
    yield Check("ready", ready, "takes on work" if ready else f"takes on no work: {', '.join(readiness.reasons)}")
    if readiness.failure_rate_elevated:
        yield Check(
            "failures",
            False,
            "more than half of the attempts of the last hour failed",
            "look at them: conductor list --status failed",
        )


def _same_version(daemon: str) -> Check:
    mine = version("daemonrpc")
    if daemon != mine:
        return Check("same version", False, f"the daemon is {daemon}, this command line {mine}", "conductor restart")
    return Check("same version", True, daemon)
