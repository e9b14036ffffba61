"""Who is calling: uid, gid and pid of the peer, by the kernel, and what that lets it do."""

import errno
import os
import socket
import stat
import struct
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Literal

from daemonrpc.context import Access, Peer

__all__ = ["group_of", "is_owner", "peer_of"]

_UCRED = struct.Struct("iII")
_NOBODY = 2**32 - 1
"""The uid that the kernel gives for a socket whose other end it does not know."""
_OVERFLOW = 65534
_SO_PEERGROUPS = 59
"""socket(7), Linux 4.13; the `socket` module has no name for it. The number of every architecture but the next two."""
_OTHER_NUMBERS = ("sparc", "parisc")
_MOST_BYTES = 1024
"""What `getsockopt` of the `socket` module can take: 256 groups."""


def peer_of(sock: socket.socket, group: int | None = None) -> Peer:
    """The process that connected the socket, as the kernel recorded it at connect. Raises OSError if it cannot say.

    `group` is the gid whose members have the access level `group`; by default that of this process.
    """
    if not hasattr(socket, "SO_PEERCRED"):
        raise OSError("this system cannot say who is at the other end of a Unix socket (no SO_PEERCRED)")
    pid, uid, gid = _UCRED.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
    if uid == _NOBODY:
        raise OSError("the system does not know who is at the other end of the socket")
    group = os.getegid() if group is None else group
    if is_owner(uid):
        access: frozenset[Access] = frozenset(("owner", "group", "any"))
    elif group != _unmapped("gid") and (gid == group or group in _supplementary_groups(sock)):
        access = frozenset(("group", "any"))
    else:
        access = frozenset(("any",))
    return Peer(uid=uid, gid=gid, pid=pid, access=access)


def is_owner(uid: int) -> bool:
    """The daemon's own user and root may do everything."""
    return uid == 0 or (uid == os.geteuid() and uid != _unmapped("uid"))


def group_of(listener: socket.socket) -> int:
    """The gid that the access level `group` means: that of the socket's file, whose mode lets the same group in.

    Of a socket without a file (an abstract name, or a file that has gone) it is the gid of this process.
    """
    name = listener.getsockname()
    if name and isinstance(name, str):
        with suppress(OSError):
            info = os.lstat(name)
            if stat.S_ISSOCK(info.st_mode):
                return info.st_gid
    return os.getegid()


@cache
def _unmapped(kind: Literal["uid", "gid"]) -> int | None:
    """The id that stands for all those without a place in this process's user namespace; None where each has one.

    Whoever is shown with it may be anybody, so it proves nothing, even if it is our own (user_namespaces(7)).
    """
    try:
        ranges = Path(f"/proc/self/{kind}_map").read_text(encoding="ascii").splitlines()
        is_complete = sum(int(line.split()[2]) for line in ranges) >= _NOBODY
        return None if is_complete else int(Path(f"/proc/sys/kernel/overflow{kind}").read_text(encoding="ascii"))
    except OSError:  # no /proc: what the kernel takes unless it is told otherwise
        return _OVERFLOW


def _supplementary_groups(sock: socket.socket) -> tuple[int, ...]:
    """The peer's other groups, recorded at connect too: never looked up by pid, which can be recycled (RULES 2.38).

    None where the kernel cannot say, or has more to say than fits: what is not proved is not granted.
    """
    if os.uname().machine.startswith(_OTHER_NUMBERS):
        return ()
    try:
        data = sock.getsockopt(socket.SOL_SOCKET, _SO_PEERGROUPS, _MOST_BYTES)
    except OSError as error:
        if error.errno in (errno.ENOPROTOOPT, errno.ERANGE, errno.ENODATA):
            return ()
        raise
    return struct.unpack(f"={len(data) // 4}I", data)
