"""The runtime's own methods and its two extension members."""

from conformance.case import Case, Error, Item, Result, request
from conformance.service import SERVICE

__all__ = ["CASES"]

CANCEL = "WIRE A: rpc.cancel"
META = "WIRE A: meta"
STREAM = "WIRE A: stream items"
OK = Result(b"1", b"null")
CANCELLED = Error(b"1", -32800)


def cancel(target: bytes, id_: bytes = b"") -> bytes:
    return request("rpc.cancel", id_, b'{"id":%b}' % target)


def with_meta(name: str, meta: bytes, answer: Result | Error, method: str = "echo") -> Case:
    return Case(f"meta-{name}", META, request(method, b"1", meta=meta), (answer,))


CANCELS = (
    Case("cancel-a-running-call", CANCEL, request("hold") + cancel(b"1"), (CANCELLED,)),
    Case("cancel-a-text-id", CANCEL, request("hold", b'"a"') + cancel(b'"a"'), (Error(b'"a"', -32800),)),
    Case("cancel-by-position", CANCEL, request("hold") + request("rpc.cancel", b"", b"[1]"), (CANCELLED,)),
    Case("cancel-twice-is-answered-once", CANCEL, request("hold") + cancel(b"1") * 2, (CANCELLED,)),
    Case("cancel-as-a-request", CANCEL, request("hold") + cancel(b"1", b"2"), (Result(b"2", b"null"), CANCELLED)),
    Case("cancel-an-answered-call", CANCEL, request() + cancel(b"1"), (OK,)),
    Case("cancel-an-unknown-id", CANCEL, cancel(b"99")),
    Case("cancel-an-unknown-id-as-a-request", CANCEL, cancel(b"99", b"1"), (OK,)),
    Case("cancel-itself", CANCEL, cancel(b"1", b"1"), (OK,)),
    Case("cancel-nothing", CANCEL, request("rpc.cancel", b"")),
    Case("cancel-nothing-as-a-request", CANCEL, request("rpc.cancel", b"1"), (Error(b"1", -32602),)),
    Case("cancel-without-id-as-a-request", CANCEL, request("rpc.cancel", b"1", b"{}"), (Error(b"1", -32602),)),
    Case("cancel-too-many-as-a-request", CANCEL, request("rpc.cancel", b"1", b"[1,2]"), (Error(b"1", -32602),)),
    *(
        Case(
            f"cancel-of-{name}-cancels-no-other-id",
            "RULES 2.31",
            request("hold") + cancel(target) + request("open", b"2"),
            (Result(b"2", b"null"), Result(b"1", b'"held"')),
        )
        for name, target in {
            "text-1": b'"1"',
            "1.0": b"1.0",
            "true": b"true",
            "null": b"null",
            "list": b"[1]",
            "object": b"{}",
        }.items()
    ),
    Case("cancel-a-stream", CANCEL, request("count.from", b"1", b"[0,99999999]") + cancel(b"1"), (CANCELLED,)),
)

TRACE = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

METAS = (
    with_meta("null", b"null", OK),
    with_meta("empty", b"{}", OK),
    with_meta("unknown-member", b'{"colour":"red"}', OK),
    with_meta("timeout", b'{"timeout_ms":60000}', Result(b"1", b"[null,null,true]"), "meta"),
    with_meta("fraction-of-a-timeout", b'{"timeout_ms":60000.5}', Result(b"1", b"[null,null,true]"), "meta"),
    with_meta("timeout-of-30-digits", b'{"timeout_ms":%b}' % (b"9" * 30), OK, "echo.async"),
    with_meta("timeout-null", b'{"timeout_ms":null}', Result(b"1", b"[null,null,false]"), "meta"),
    with_meta(
        "key-and-trace",
        b'{"key":"k","traceparent":"%b"}' % TRACE,
        Result(b"1", b'["k","%b",false]' % TRACE),
        "meta",
    ),
    with_meta("malformed-trace", b'{"traceparent":"00-1-2-03"}', Result(b"1", b"[null,null,false]"), "meta"),
    *(
        with_meta(f"timeout-{name}", b'{"timeout_ms":%b}' % text, Error(b"1", -32091, {"started": False}))
        for name, text in {"zero": b"0", "negative": b"-1", "minus-zero": b"-0.0", "far-below-zero": b"-1e300"}.items()
    ),
    with_meta("timeout-that-passes", b'{"timeout_ms":5}', Error(b"1", -32091, {"started": True}), "hold"),
    *(
        with_meta(f"wrong-{name}", text, Error(b"1", -32600))
        for name, text in {
            "text": b'"x"',
            "number": b"5",
            "list": b"[]",
            "timeout-text": b'{"timeout_ms":"5"}',
            "timeout-true": b'{"timeout_ms":true}',
            "timeout-beyond-doubles": b'{"timeout_ms":1e999}',
            "timeout-of-5000-digits": b'{"timeout_ms":%b}' % (b"9" * 5000),
            "key": b'{"key":5}',
            "traceparent": b'{"traceparent":[]}',
        }.items()
    ),
    Case(
        "meta-is-looked-at-after-the-method", META, request("nosuch", meta=b'{"timeout_ms":0}'), (Error(b"1", -32601),)
    ),
)

STREAMS = (
    Case("stream", STREAM, request("count.from", b"1", b"[0,2]"), (Item(b"1", b"0"), Item(b"1", b"1"), OK)),
    Case(
        "stream-with-a-text-id",
        STREAM,
        request("count.from", b'"s"', b"[0,1]"),
        (Item(b'"s"', b"0"), Result(b'"s"', b"null")),
    ),
    Case("stream-of-nothing", STREAM, request("count.from", b"1", b"[0,0]"), (OK,)),
    Case("stream-with-wrong-params", STREAM, request("count.from", b"1", b"[0]"), (Error(b"1", -32602),)),
    Case("stream-without-id-is-no-stream", "section 4.1", request("count.from", b"", b"[0,2]")),
    Case(
        "stream-that-breaks",
        STREAM,
        request("count.broken"),
        (Item(b"1", b"0", b'"count.broken"'), Error(b"1", -32603)),
    ),
    Case(
        "stream-with-an-item-that-cannot-be-sent",
        "RULES 2.28",
        request("count.wrong"),
        (Item(b"1", b"0.5", b'"count.wrong"'), Error(b"1", -32603)),
    ),
    Case(
        "stream-whose-deadline-passed",
        META,
        request("count.from", b"1", b"[0,2]", meta=b'{"timeout_ms":0}'),
        (Error(b"1", -32091),),
    ),
)

DISCOVER = (
    Case("discover", "WIRE A: rpc.discover", request("rpc.discover"), (Result(b"1", SERVICE.document()),)),
    Case("discover-as-a-notification", "section 4.1", request("rpc.discover", b"")),
)

CASES = (*CANCELS, *METAS, *STREAMS, *DISCOVER)
