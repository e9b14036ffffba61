"""One plain connection to a daemon: what is sent is exactly what was given, and every line that comes is handed out."""

import select
import socket
import time

__all__ = ["ConnectionEndedError", "Wire"]

CHUNK = 256 * 1024


class ConnectionEndedError(Exception):
    """The daemon closed the connection, or cannot be reached any more."""


class Wire:
    """A connection to the socket at `path`. Raises OSError if nobody listens there."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.connect(path)
        except BaseException:
            self._socket.close()
            raise
        self._socket.setblocking(False)
        self._unsent = b""
        self._buffer = bytearray()

    def close(self) -> None:
        """The end of it."""
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Hands data over; what the daemon does not read yet goes on its way while answers are read."""
        self._unsent += data
        self._write()

    def line(self, seconds: float) -> bytes | None:
        """The next line, without its newline; None if there is none in time. Raises ConnectionEndedError."""
        end = time.monotonic() + seconds
        while (at := self._buffer.find(b"\n")) < 0:
            if not self._exchange(end - time.monotonic()):
                return None
        found = bytes(self._buffer[:at])
        del self._buffer[: at + 1]
        return found

    def _exchange(self, seconds: float) -> bool:
        """Reads what is there, and writes what is left. False if nothing could be done in time."""
        writable = [self._socket] if self._unsent else []
        ready, free, _ = select.select([self._socket], writable, [], max(0.0, seconds))
        if free:
            self._write()
        if ready:
            self._read()
        return bool(ready or free)

    def _write(self) -> None:
        try:
            sent = self._socket.send(self._unsent) if self._unsent else 0
        except BlockingIOError:
            return
        except OSError as error:
            raise ConnectionEndedError(str(error)) from None
        self._unsent = self._unsent[sent:]

    def _read(self) -> None:
        try:
            data = self._socket.recv(CHUNK)
        except OSError as error:
            raise ConnectionEndedError(str(error)) from None
        if not data:
            raise ConnectionEndedError("end of file")
        self._buffer += data
