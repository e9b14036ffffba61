"""Target `message`: what a line means, beside the model."""

from daemonrpc import Limits
from daemonrpc.framing import LineFault, LineReader
from daemonrpc.request import Invalid, Request, decode_requests
from support.oracle import Verdict, judge

__all__ = ["run"]

LIMITS = Limits(batch_items=6)


def run(data: bytes) -> None:
    """Any bytes are one line, which the framing keeps unless it is too deep."""
    line, expected = data.replace(b"\n", b" "), judge(data.replace(b"\n", b" "), LIMITS)
    (kept,) = LineReader(LIMITS).receive(line + b"\n")
    if isinstance(kept, bytes):
        compare(line, decode_requests(line, LIMITS), expected)
    else:
        assert kept is LineFault.TOO_DEEP, (line, kept)
        assert isinstance(expected, Verdict), (line, expected)
        assert expected.code == -32700, (line, expected)


def compare(
    line: bytes, found: Request | Invalid | list[Request | Invalid] | None, expected: list[Verdict] | Verdict | None
) -> None:
    if isinstance(expected, list):
        assert isinstance(found, list), (line, found)
        assert len(found) == len(expected), (line, found)
        for message, verdict in zip(found, expected, strict=True):
            compare_message(line, message, verdict)
    elif expected is None:
        assert found is None, (line, found)
    else:
        assert isinstance(found, Request | Invalid), (line, found)
        compare_message(line, found, expected)


def compare_message(line: bytes, found: Request | Invalid, expected: Verdict) -> None:
    case = (line, found, expected)
    if expected.kind == "open":
        assert found.id in (b"", b"null", expected.id), case
    elif expected.kind == "refused":
        assert isinstance(found, Invalid), case
        assert (found.id, found.error.code) == (expected.id, expected.code), case
    else:
        assert isinstance(found, Request), case
        assert found.id == (expected.id if expected.kind == "request" else b""), case
        assert (found.method, found.params) == (expected.method, expected.params), case
