"""Sockets that the service manager listens at for us: the protocol of sd_listen_fds(3), without its library.

The manager binds the socket, sets its mode and keeps it open when the daemon ends, so a restart loses no client: those
who connect meanwhile wait in the backlog (RULES 5.12).
"""

import os
import socket
import stat
from typing import Final, NamedTuple

__all__ = ["ActivationError", "InheritedListener", "inherited_listener", "inherited_listeners", "require_listener"]

FIRST_DESCRIPTOR = 3
"""SD_LISTEN_FDS_START: the inherited descriptors follow standard input, output and error."""
MOST_DESCRIPTORS: Final = 1024
MOST_DIGITS: Final = 19
"""Those of the largest 64-bit integer."""
NO_NAME: Final = "unknown"
"""What sd_listen_fds_with_names(3) calls a descriptor that has no name."""


class ActivationError(OSError):
    """What the service manager passed on cannot be served; the message says which and what to change in the unit."""


class InheritedListener(NamedTuple):
    """One listening socket of the service manager."""

    name: str
    """`FileDescriptorName=` of the socket unit; by default the unit's name."""
    socket: socket.socket


def inherited_listener(name: str | None = None) -> socket.socket | None:
    """The one socket that the service manager listens at for us, None if we were not started by one.

    `name` picks one of several by its FileDescriptorName. Raises ActivationError if it is not exactly one, or as
    `inherited_listeners` does.
    """
    found = inherited_listeners()
    if not found:
        return None
    chosen = [listener for listener in found if name in (None, listener.name)]
    if len(chosen) == 1:
        for listener in found:
            if listener is not chosen[0]:
                listener.socket.close()
        return chosen[0].socket
    for listener in found:
        listener.socket.close()
    names = ", ".join(listener.name for listener in found)
    wanted = "one socket" if name is None else f"one socket with FileDescriptorName={name}"
    raise ActivationError(f"{wanted} is served, the service manager passed {len(found)}: {names}")


def inherited_listeners() -> list[InheritedListener]:
    """Takes over the sockets that the service manager listens at for us; empty if we were not started by one.

    The variables are removed and the descriptors are closed on exec, so that child processes inherit neither; a second
    call finds nothing. Raises ActivationError if what was passed is not a listening Unix stream socket each.
    """
    pid, count, names = (os.environ.pop(variable, "") for variable in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"))
    if not pid or _number("LISTEN_PID", pid) != os.getpid():
        return []  # meant for another process, from which we have the environment
    total = _number("LISTEN_FDS", count)
    if total > MOST_DESCRIPTORS:
        raise ActivationError(f"LISTEN_FDS={total} is more than {MOST_DESCRIPTORS}")
    labels = names.split(":") if names else [NO_NAME] * total
    if len(labels) != total:
        raise ActivationError(f"LISTEN_FDNAMES={names} names {len(labels)} sockets, LISTEN_FDS={count}")
    found: list[InheritedListener] = []
    try:
        for fd, name in enumerate(labels, FIRST_DESCRIPTOR):
            found.append(InheritedListener(name, _take_over(fd, name)))
    except ActivationError:
        for listener in found:
            listener.socket.close()
        raise
    return found


def _number(variable: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise ActivationError(f"{variable}={text[: 2 * MOST_DIGITS]!r} is no number")
    return int(text)


def _take_over(fd: int, name: str) -> socket.socket:
    where = f"inherited descriptor {fd} ({name})"
    try:
        os.set_inheritable(fd, False)
        is_socket = stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError as error:
        raise ActivationError(f"{where} is not open: {error.strerror}") from error
    if not is_socket:
        raise ActivationError(f"{where} is no socket: it needs ListenStream= with a path")
    sock = socket.socket(fileno=fd)
    try:
        require_listener(sock, where)
    except ActivationError:
        sock.close()
        raise
    return sock


def require_listener(sock: socket.socket, where: str) -> None:
    """Raises ActivationError, which begins with `where`, if the socket is no listening Unix stream socket."""
    if sock.family != socket.AF_UNIX:
        raise ActivationError(f"{where} is no Unix socket: ListenStream= must be a path")
    if sock.type != socket.SOCK_STREAM:
        raise ActivationError(f"{where} is no stream socket: use ListenStream=, not another Listen...=")
    if not sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        raise ActivationError(f"{where} does not listen: the unit must say Accept=no")
