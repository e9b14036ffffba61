"""What the service manager wants to know of a daemon: the protocol of sd_notify(3), without its library."""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Self

__all__ = ["ServiceManager"]

logger = logging.getLogger("daemonrpc.notify")

SEND_SECONDS = 1.0
"""How long a manager that is busy may keep us waiting with a change of state. A ping never waits."""


class ServiceManager:
    """The service manager that started us, as systemd; without one every call does nothing.

    Args:
        address: of its datagram socket: a path, or `@name` in the abstract namespace; None without a manager.
        watchdog: seconds after which the manager takes us for hung unless it was pinged; None if it does not watch.

    A message that cannot be sent is logged as a warning, and no error: a daemon serves whether it is watched or not.
    """

    def __init__(self, address: str | None, watchdog: float | None = None) -> None:
        self._address = address
        self._is_heard = True
        self.watchdog = watchdog if address else None

    @classmethod
    def from_environment(cls) -> Self:
        """The manager that the environment names. Its variables are removed, so that child processes inherit none and
        a second call finds no manager.
        """
        names = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
        address, microseconds, pid = (os.environ.pop(name, "") for name in names)
        watchdog = None
        if microseconds and pid in ("", str(os.getpid())):
            if microseconds.isascii() and microseconds.isdigit() and len(microseconds) < 20 and int(microseconds) > 0:
                watchdog = int(microseconds) / 1e6
            else:
                logger.warning("WATCHDOG_USEC=%.20r is no number above 0: the watchdog is not served", microseconds)
        return cls(address or None, watchdog)

    def ready(self, status: str = "") -> None:
        """Start-up is over. What waits for this daemon (`Type=notify`) goes on."""
        self._tell("READY=1", status, SEND_SECONDS)

    def stopping(self, status: str = "") -> None:
        """The end has begun."""
        self._tell("STOPPING=1", status, SEND_SECONDS)

    def status(self, text: str) -> None:
        """One line for people, as `systemctl status` shows it."""
        self._tell("", text, SEND_SECONDS)

    def ping(self) -> None:
        """Still alive. Call it where it cannot be reached when the daemon hangs; `watched` does."""
        self._tell("WATCHDOG=1", "", 0.0)

    @asynccontextmanager
    async def watched(self) -> AsyncGenerator[None]:
        """Pings from the event loop at half the watchdog's interval, so that a loop that hangs is found out."""
        pinging = asyncio.create_task(self._ping(self.watchdog / 2)) if self.watchdog else None
        try:
            yield
        finally:
            if pinging is not None:
                pinging.cancel()
                await asyncio.wait({pinging})

    async def _ping(self, interval: float) -> None:
        while True:
            self.ping()
            await asyncio.sleep(interval)

    def _tell(self, state: str, status: str, patience: float) -> None:
        if self._address is None:
            return
        lines = [state] if state else []
        if status:
            lines.append(f"STATUS={' '.join(status.split())}")  # a newline would begin another assignment
        try:
            _send(self._address, "\n".join(lines).encode(), patience)
        except OSError as error:
            if self._is_heard:  # the next ping would say the same
                logger.warning("cannot tell the service manager at %s %s: %s", self._address, lines, error)
            self._is_heard = False
        else:
            self._is_heard = True


def _send(address: str, message: bytes, patience: float) -> None:
    if address[0] not in "/@":
        raise OSError("only a path and an @abstract name are understood as NOTIFY_SOCKET")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.settimeout(patience)
        sock.sendto(message, "\0" + address[1:] if address[0] == "@" else address)
