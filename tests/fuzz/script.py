"""How the bytes of a fuzzer are read: some steer the harness, the rest go over the wire."""

from collections.abc import Iterator

__all__ = ["Script", "script_bytes"]


class Script:
    """First the number of the steering bytes, then those, then the payload.

    The steering bytes are used again and again from the start, so that a short input steers a long run; without any all
    are zero.
    """

    def __init__(self, data: bytes) -> None:
        count = data[0] if data else 0
        self._steering = data[1 : 1 + count]
        self._at = 0
        self.payload = data[1 + count :]
        """What the peer sends."""

    def byte(self) -> int:
        """The next decision, 0..255."""
        if not self._steering:
            return 0
        self._at += 1
        return self._steering[self._at % len(self._steering)]

    def pieces(self) -> Iterator[bytes]:
        """The payload in pieces of 1 to 64 bytes, now and then all that is left."""
        at = 0
        while at < len(self.payload):
            step = self.byte()
            size = len(self.payload) if step % 8 == 7 else 1 + step // 4
            yield self.payload[at : at + size]
            at += size


def script_bytes(payload: bytes, steering: bytes = b"") -> bytes:
    """The input that a Script reads as this."""
    return bytes([len(steering)]) + steering + payload
