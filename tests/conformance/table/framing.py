"""Lines: their ends, their length, and the end of the input."""

from conformance.case import Case, Error, Result, request

__all__ = ["CASES"]

LENIENT = "WIRE A: read leniently"
OVERSIZE = "RULES 1.4, 2.1: answered once, the connection lives"
LINE_BYTES = 2**20
DRAIN_BYTES = 2**21
TOO_LARGE = Error(b"null", -32093, {"limit": LINE_BYTES, "started": False})
OK = Result(b"1", b"null")

PADDING = LINE_BYTES - len(request(x=b'""').strip())


def padded(bytes_more: int) -> bytes:
    """A request whose line is as long as the limit, and `bytes_more` bytes."""
    return request(x=b'"%b"' % (b"x" * (PADDING + bytes_more)))


CASES = (
    Case("line-crlf", LENIENT, request().strip() + b"\r\n", (OK,)),
    Case("line-blank", LENIENT, b"\n"),
    Case("lines-blank-of-all-kinds", LENIENT, b"\n\r\n  \n\t\r\n\n" + request() + b"\n", (OK,)),
    Case("line-with-space-around", LENIENT, b" \t" + request().strip() + b"  \t\n", (OK,)),
    Case("lines-in-one-write", LENIENT, request(id_=b"1") + request(id_=b"2"), (OK, Result(b"2", b"null"))),
    Case("lines-by-the-hundred", LENIENT, request() * 300, (OK,) * 300),
    Case(
        "request-over-two-lines",
        "WIRE A: one object a line",
        b'{"jsonrpc":"2.0","method":"echo",\n"id":1}\n',
        (Error(b"null", -32700), Error(b"null", -32700)),
    ),
    Case("line-as-long-as-allowed", "RULES 1.11", padded(0), (OK,)),
    Case("line-one-byte-too-long", OVERSIZE, padded(1), (TOO_LARGE,)),
    Case("line-too-long-by-its-carriage-return", OVERSIZE, padded(0).strip() + b"\r\n", (TOO_LARGE,)),
    Case("line-far-too-long", OVERSIZE, padded(LINE_BYTES // 2), (TOO_LARGE,)),
    Case("line-too-long-between-two", OVERSIZE, request() + padded(1) + request(), (OK, TOO_LARGE, OK)),
    Case("lines-too-long-twice", OVERSIZE, padded(1) * 2, (TOO_LARGE, TOO_LARGE)),
    Case("line-too-long-of-rubbish", OVERSIZE, b"\xff" * (LINE_BYTES + 1) + b"\n", (TOO_LARGE,)),
    Case(
        "line-beyond-all-measure",
        "docs/protocol.md, limits",
        b"x" * (DRAIN_BYTES + 1),
        (TOO_LARGE,),
        closes=True,
    ),
    Case("half-close-without-a-word", "RULES 2.14", b"", half_close=True),
    Case("half-close-after-a-line", "RULES 2.14", request(), (OK,), half_close=True),
    Case("half-close-while-a-call-runs", "RULES 2.14", request("echo.async"), (OK,), half_close=True),
    Case("half-close-without-a-newline", "RULES 1.17", request().strip(), (OK,), half_close=True),
    Case("half-close-in-a-notification", "RULES 1.17", request("mark", b"").strip(), half_close=True),
    Case("half-close-in-a-batch", "RULES 1.17", b"[1", (Error(b"null", -32700),), half_close=True),
    Case("half-close-in-the-middle", "RULES 1.17", request()[:20], (Error(b"null", -32700),), half_close=True),
    Case("half-close-after-spaces", LENIENT, b"  \r", half_close=True),
    Case(
        "half-close-after-the-first-of-two",
        "RULES 1.17",
        request() + request(id_=b"2").strip(),
        (OK, Result(b"2", b"null")),
        half_close=True,
    ),
    Case("half-close-in-a-line-too-long", OVERSIZE, padded(1).strip(), (TOO_LARGE,), half_close=True),
)
