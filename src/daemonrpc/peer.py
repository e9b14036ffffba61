"""Who is calling: uid, gid and pid of the peer, by the kernel."""

import os
import socket
import struct

from daemonrpc.context import Access, Peer

__all__ = ["peer_of"]

_UCRED = struct.Struct("iII")
_NOBODY = 2**32 - 1
"""The uid that the kernel gives for a socket whose other end it does not know."""


def peer_of(sock: socket.socket) -> Peer:
    """The process that connected the socket, as the kernel recorded it at connect. Raises OSError if it cannot say."""
    if not hasattr(socket, "SO_PEERCRED"):
        raise OSError("this system cannot say who is at the other end of a Unix socket (no SO_PEERCRED)")
    pid, uid, gid = _UCRED.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
    if uid == _NOBODY:
        raise OSError("the system does not know who is at the other end of the socket")
    return Peer(uid=uid, gid=gid, pid=pid, access=_access(uid, gid))


def _access(uid: int, gid: int) -> frozenset[Access]:
    """The daemon's own user and root may do everything; the daemon's group may do what is meant for the group."""
    if uid in (0, os.geteuid()):
        return frozenset(("owner", "group", "any"))
    if gid == os.getegid():
        return frozenset(("group", "any"))
    return frozenset(("any",))
