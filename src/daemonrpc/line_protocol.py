"""The asyncio half that server and client share: bytes between a transport and a sans-IO connection.

Reads go into one buffer for all connections of a server or channel (RULES 4.2: `Protocol` allocates 256 KiB a read; one
buffer each would cost 64 KiB an idle connection). Writes are joined: everything that one turn of the loop produced is
one `write`, and nothing is written while the peer does not read (RULES 2.16-2.18).
"""

import asyncio
from abc import abstractmethod
from typing import cast

from daemonrpc.output import Output

__all__ = ["WRITE_BYTES", "LineProtocol", "ReadBuffer"]


WRITE_BYTES = 256 * 1024
"""Most that is given to a transport at a time: about what the kernel takes for a socket."""


class ReadBuffer:
    """Where reads land. Safe to share within one event loop: the bytes are copied out before the next read."""

    __slots__ = ("view",)

    def __init__(self, size: int = 64 * 1024) -> None:
        self.view = memoryview(bytearray(size))


class LineProtocol(asyncio.BufferedProtocol):
    """Moves bytes; the subclass says what they mean."""

    def __init__(self, buffer: ReadBuffer, output: Output, loop: asyncio.AbstractEventLoop) -> None:
        self._buffer = buffer.view
        self._output = output
        self.loop = loop
        self.transport: asyncio.Transport | None = None
        self.is_writable = True
        """False while the peer does not read what was written."""
        self._flush_scheduled = False

    # -- for the subclass ----------------------------------------------------------------------------------------------

    @abstractmethod
    def bytes_received(self, data: bytes) -> None:
        """Bytes came in."""

    def not_written(self) -> None:
        """Something waits to be written and the peer does not read."""

    def writable_again(self) -> None:
        """The peer reads again."""

    def flush_soon(self) -> None:
        """Writes what this turn of the loop produces, as one piece, at its end."""
        if not self._flush_scheduled:
            self._flush_scheduled = True
            self.loop.call_soon(self.flush)

    def flush(self) -> None:
        """Writes what waits, unless the peer does not read or the connection is closing."""
        self._flush_scheduled = False
        transport, output = self.transport, self._output
        if transport is None or transport.is_closing():
            return
        # In pieces: the transport would copy all that the kernel does not take at once.
        while self.is_writable and output.size:
            transport.write(output.take_part(WRITE_BYTES))
            if transport.is_closing():
                self.pause_writing()  # the peer has gone: nothing more need be produced for it
        if not self.is_writable:
            self.not_written()

    # -- asyncio.BufferedProtocol --------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its bases

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.bytes_received(bytes(self._buffer[:nbytes]))

    def pause_writing(self) -> None:
        self.is_writable = False

    def resume_writing(self) -> None:
        self.is_writable = True
        self.flush()
        if self.is_writable:
            self.writable_again()
