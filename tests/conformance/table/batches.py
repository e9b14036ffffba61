"""Section 6."""

from conformance.case import Batch, Case, Error, Item, Result, request

__all__ = ["CASES"]

SECTION = "section 6"
LIMIT = "RULES 2.35"
INVALID = Error(b"null", -32600)
NOTE = request("mark", b"", b"[5]")


def batch(*items: bytes) -> bytes:
    return b"[%b]\n" % b",".join(item.strip() for item in items)


def one(name: str, item: bytes, answer: Result | Error) -> Case:
    return Case(f"batch-of-{name}", SECTION, batch(item), (Batch((answer,)),))


ANSWERED = tuple(Result(b"%d" % number, b"null") for number in range(100))

CASES = (
    one("one-request", request(), Result(b"1", b"null")),
    one("one-unknown-method", request("nosuch"), Error(b"1", -32601)),
    one("one-with-wrong-params", request("subtract"), Error(b"1", -32602)),
    one("one-that-fails", request("raise.key"), Error(b"1", -32603)),
    one("one-with-id-null", request(id_=b"null"), Result(b"null", b"null")),
    one("one-without-version", b'{"method":"echo","id":7}', Error(b"7", -32600)),
    one("one-with-a-wrong-id", request(id_=b"true"), INVALID),
    one("one-with-wrong-params-member", request("echo", b"7", b'"x"'), Error(b"7", -32600)),
    one("empty-object", b"{}", INVALID),
    one("empty-array", b"[]", INVALID),
    one("null", b"null", INVALID),
    one("text", b'"echo"', INVALID),
    one("a-batch", batch(request()), INVALID),
    one("an-asynchronous-call", request("echo.async", b"7"), Result(b"7", b"null")),
    one("an-answer", b'{"jsonrpc":"2.0","result":1,"id":1}', Error(b"1", -32600)),
    Case("batch-of-an-empty-text", SECTION, b'["",""]\n', (Batch((INVALID, INVALID)),)),
    Case("batch-of-two-numbers", SECTION, b"[1,2]\n", (Batch((INVALID, INVALID)),)),
    Case(
        "batch-with-one-bad-item",
        SECTION,
        batch(request(), b"1", request(id_=b"2")),
        (Batch((Result(b"1", b"null"), INVALID, Result(b"2", b"null"))),),
    ),
    Case("batch-empty-with-space", SECTION, b" [ \t ] \n", (INVALID,)),
    Case(
        "batch-with-space", SECTION, b" [ %b , 1 ]\r\n" % request().strip(), (Batch((Result(b"1", b"null"), INVALID)),)
    ),
    Case("batch-of-a-notification", SECTION, batch(NOTE)),
    Case("batch-of-notifications-that-fail", SECTION, batch(request("nosuch", b""), request("raise.key", b""))),
    Case(
        "batch-of-notifications-is-executed",
        SECTION,
        batch(NOTE, NOTE) + request("marks"),
        (Result(b"1", b"[[5],[5]]"),),
    ),
    Case("batch-of-a-notification-and-rubbish", SECTION, batch(NOTE, b"1"), (Batch((INVALID,)),)),
    Case("batch-of-a-notification-and-a-request", SECTION, batch(NOTE, request()), (Batch((Result(b"1", b"null"),)),)),
    Case(
        "batch-with-an-id-twice",
        SECTION,
        batch(request(params=b"[1]"), request(params=b"[2]")),
        (Batch((Result(b"1", b"[1]"), Result(b"1", b"[2]"))),),
    ),
    Case(
        "batch-waits-for-its-slowest-call",
        SECTION,
        batch(request("hold"), request(id_=b"2")) + request("open", b"3"),
        (Result(b"3", b"null"), Batch((Result(b"1", b'"held"'), Result(b"2", b"null")))),
    ),
    Case(
        "batch-with-a-stream",
        "WIRE A",
        batch(request("count.from", b"1", b"[0,2]"), request(id_=b"2")),
        (Item(b"1", b"0"), Item(b"1", b"1"), Batch((Result(b"1", b"null"), Result(b"2", b"null")))),
    ),
    Case(
        "batch-with-a-cancel",
        "WIRE A",
        batch(request("hold", b"7"), request("rpc.cancel", b"", b'{"id":7}')),
        (Batch((Error(b"7", -32800),)),),
    ),
    Case("batch-of-no-json", SECTION, b"[%b,}\n" % request().strip(), (Error(b"null", -32700),)),
    Case("batch-with-a-comma-at-its-end", "RFC 8259", b"[%b,]\n" % request().strip(), (Error(b"null", -32700),)),
    Case("batch-that-does-not-end", "RFC 8259", b"[%b\n" % request().strip(), (Error(b"null", -32700),)),
    Case("batch-and-more", "RFC 8259", b"[1] [2]\n", (Error(b"null", -32700),)),
    Case("batch-with-nan", "RFC 8259", b"[NaN]\n", (Error(b"null", -32700),)),
    Case(
        "batch-as-long-as-allowed",
        LIMIT,
        batch(*(request(id_=b"%d" % number) for number in range(100))),
        (Batch(ANSWERED),),
    ),
    Case(
        "batch-of-asynchronous-calls-as-long-as-allowed",
        LIMIT,
        batch(*(request("echo.async", b"%d" % number) for number in range(100))),
        (Batch(ANSWERED),),
    ),
    Case(
        "batch-over-the-limit-starts-nothing",
        LIMIT,
        batch(*[request("mark")] * 101) + request("marks"),
        (Error(b"null", -32600, {"limit": 100, "started": False}), Result(b"1", b"[]")),
    ),
    Case("batch-of-half-a-million", LIMIT, batch(*[b"1"] * 500_000), (Error(b"null", -32600, {"started": False}),)),
    Case("batch-over-the-limit-of-no-json", LIMIT, b"[%b}\n" % b",".join([b"1"] * 200), (Error(b"null", -32700),)),
    Case("batch-over-the-limit-of-no-utf8", LIMIT, b'[%b"\xff"]\n' % (b"1," * 200), (Error(b"null", -32700),)),
)
