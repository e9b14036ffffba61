"""Accepting connections: who is let in, who is refused and told why."""

import asyncio
import errno
import logging
import os
import socket
from contextlib import suppress

from daemonrpc.context import Peer
from daemonrpc.errors import BusyError
from daemonrpc.line_protocol import ReadBuffer
from daemonrpc.peer import group_of, is_owner, peer_of
from daemonrpc.refusal import Refusals
from daemonrpc.server_calls import ServerState
from daemonrpc.server_protocol import ServerProtocol

__all__ = ["Acceptor"]

logger = logging.getLogger("daemonrpc.server")

PAUSE_SECONDS = 0.1
"""How long nobody is accepted after the process ran out of descriptors, and even the last one was taken."""
_NO_DESCRIPTORS = (errno.EMFILE, errno.ENFILE)


class Acceptor:
    """Takes connections from a listening socket, which it owns, and gives each its protocol.

    One descriptor is kept in reserve. When all others are taken it is given up for as long as it takes to tell a client
    so (RULES 2.15): else clients would hang, and the listener, which stays readable, would keep the loop spinning.
    """

    def __init__(
        self, listener: socket.socket, state: ServerState, max_connections: int, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._listener = listener
        self._state = state
        self._max_connections = max_connections
        self._loop = loop
        self._group = group_of(listener)
        self._buffer = ReadBuffer()
        self._refusals = Refusals(loop, state.refused)
        self._reserve = _spare_descriptor()
        self._has_descriptors = True
        self._setting_up: set[asyncio.Task[object]] = set()
        self._is_stopped = False

    def start(self) -> None:
        """Accepts from now on."""
        self._loop.add_reader(self._listener.fileno(), self._accept_one)

    def move_to(self, listener: socket.socket) -> None:
        """Accepts at another socket from now on. Who waits at the old one is taken in."""
        self._take_waiting()
        self._loop.remove_reader(self._listener.fileno())
        self._listener.close()
        self._listener = listener
        self._group = group_of(listener)
        self.start()

    def stop(self, *, take_waiting: bool = True) -> None:
        """Accepts no more. Clients that are connected but not accepted yet are taken in, so that they hear why they
        are refused; or they are left waiting for whoever listens at the same socket next.
        """
        if self._is_stopped:
            return
        self._is_stopped = True
        if take_waiting:
            self._take_waiting()
        self._loop.remove_reader(self._listener.fileno())
        self._listener.close()
        self._give_up_reserve()

    async def settle(self, seconds: float) -> None:
        """Returns when every connection that was let in is set up, but within `seconds`. For after `stop`."""
        if self._setting_up:
            await asyncio.wait(self._setting_up, timeout=seconds)
        self._refusals.close()

    # -- accepting -----------------------------------------------------------------------------------------------------

    def _take_waiting(self) -> None:
        """Takes in who has connected by now, and nobody who comes later: a flood of them would never let it end."""
        with suppress(OSError):  # where a listener cannot be shut, the end of the flood is waited for
            self._listener.shutdown(socket.SHUT_RD)
        while self._accept_one():
            self._listener.shutdown(socket.SHUT_RD)

    def _accept_one(self) -> bool:
        """Whether more may wait. They do until the next pass of the event loop: a connection costs it as much as some
        ten calls, and whoever connects again and again is a flood like any other (RULES 2.20).
        """
        try:
            sock, _address = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return False
        except OSError as error:
            return self._refuse_with_reserve(error)
        self._has_descriptors = True
        self._welcome(sock)
        return True

    def _welcome(self, sock: socket.socket) -> None:
        state = self._state
        sock.setblocking(False)
        if len(state.connections) >= self._max_connections:
            self._refusals.refuse(sock, _busy(f"the server has its {self._max_connections} connections"))
            return
        try:
            peer = peer_of(sock, self._group)
        except OSError as error:  # one client that cannot be identified is no reason to serve no others
            logger.warning("cannot tell who connected: %s", error)
            sock.close()
            return
        if self._is_over_quota(peer):
            quota = state.limits.connections_per_uid
            self._refusals.refuse(sock, _busy(f"uid {peer.uid} has its {quota} connections"), peer=peer)
            return
        protocol = ServerProtocol(state, peer, self._buffer, self._loop)
        connecting = self._loop.connect_accepted_socket(lambda: protocol, sock)
        task: asyncio.Task[object] = self._loop.create_task(connecting)
        state.connections.add(protocol)  # counted once, from now on until it is lost
        self._setting_up.add(task)
        task.add_done_callback(lambda done: self._is_set_up(done, protocol))

    def _is_over_quota(self, peer: Peer) -> bool:
        """The owner and root are never locked out by others, nor by themselves."""
        state = self._state
        return not is_owner(peer.uid) and state.connections.of_uid(peer.uid) >= state.limits.connections_per_uid

    def _is_set_up(self, task: "asyncio.Task[object]", protocol: ServerProtocol) -> None:
        self._setting_up.discard(task)
        if task.cancelled() or task.exception() is not None:
            self._state.connections.discard(protocol)
        if not task.cancelled() and task.exception() is not None:
            logger.error("a connection could not be set up", exc_info=task.exception())

    # -- out of descriptors --------------------------------------------------------------------------------------------

    def _refuse_with_reserve(self, error: OSError) -> bool:
        """Tells the next client, with the descriptor that was kept for this. False if nothing can be done now."""
        if self._has_descriptors:  # said once, not for each client
            logger.error("cannot accept: %s", errno.errorcode.get(error.errno or 0, str(error)))
        self._has_descriptors = False
        if error.errno not in _NO_DESCRIPTORS or self._reserve < 0:
            self._pause()
            return False
        self._give_up_reserve()
        try:
            sock, _address = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return False
        except OSError:  # another thread was quicker, or the whole system has none
            self._pause()
            return False
        else:
            self._refusals.refuse(sock, _busy("the server has no descriptor left"), may_linger=False)
            return True
        finally:
            self._reserve = _spare_descriptor()

    def _give_up_reserve(self) -> None:
        if self._reserve >= 0:
            os.close(self._reserve)
            self._reserve = -1

    def _pause(self) -> None:
        """The listener stays readable, so without a pause the loop would spin (RULES 2.15)."""
        self._loop.remove_reader(self._listener.fileno())
        self._loop.call_later(PAUSE_SECONDS, self._resume)

    def _resume(self) -> None:
        if self._is_stopped:
            return
        if self._reserve < 0:
            self._reserve = _spare_descriptor()
        self.start()


def _busy(message: str) -> BusyError:
    """Over a limit: a clear error, never silence."""
    return BusyError.refusal(message, refused="connection")


def _spare_descriptor() -> int:
    """A descriptor of nothing, -1 when there is none to be had."""
    try:
        return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return -1
