"""RFC 8259: what is no JSON is -32700 with id null, and the connection lives."""

from conformance.case import Case, Error, Result, request

__all__ = ["CASES"]

PARSE = (Error(b"null", -32700),)


def echo(params: bytes) -> bytes:
    return request("echo", b"1", params)


REFUSED = {
    "word": b"hello",
    "http": b"GET / HTTP/1.1",
    "unclosed-object": b'{"jsonrpc":"2.0","method":"echo","id":1',
    "unclosed-text": b'{"jsonrpc":"2.0","method":"echo',
    "trailing-garbage": echo(b"").strip() + b" x",
    "two-requests-on-a-line": echo(b"").strip() * 2,
    "trailing-brace": echo(b"").strip() + b"}",
    "trailing-comma": echo(b"[1,]").strip(),
    "comma-for-colon": b'{"jsonrpc","2.0"}',
    "comment": b'{"jsonrpc":"2.0",/* no */"method":"echo","id":1}',
    "single-quotes": b"{'jsonrpc':'2.0'}",
    "unquoted-member": b"{jsonrpc:2}",
    "byte-order-mark": b"\xef\xbb\xbf" + echo(b"").strip(),
    "utf-16": '{"jsonrpc":"2.0","method":"echo","id":1}'.encode("utf-16-le"),
    "nul": b"\x00",
    "control-character-in-a-text": echo(b'["\x01"]').strip(),
    "tab-in-a-text": echo(b'["\t"]').strip(),
    "escape-of-nothing": echo(rb'["\x41"]').strip(),
    "cut-escape": echo(rb'["\u12"]').strip(),
    "nan": echo(b"[NaN]").strip(),
    "infinity": echo(b"[Infinity]").strip(),
    "minus-infinity": echo(b'{"a":-Infinity}').strip(),
    "leading-zero": echo(b"[01]").strip(),
    "bare-fraction": echo(b"[.5]").strip(),
    "open-fraction": echo(b"[1.]").strip(),
    "bare-minus": echo(b"[-]").strip(),
    "lone-high-surrogate-in-params": echo(rb'["\ud800"]').strip(),
    "lone-low-surrogate-in-params": echo(rb'{"a":"\udc00"}').strip(),
    "swapped-surrogates-in-params": echo(rb'["\udc00\ud800"]').strip(),
    "lone-surrogate-in-the-method": rb'{"jsonrpc":"2.0","method":"\ud800","id":1}',
    "lone-surrogate-in-an-unknown-member": rb'{"jsonrpc":"2.0","method":"echo","id":1,"x":"\ud800"}',
    "invalid-utf-8": b"\xff\xfe",
    "invalid-utf-8-in-params": echo(b'["\xff"]').strip(),
    "invalid-utf-8-in-the-id": request(id_=b'"\xc3"').strip(),
    "invalid-utf-8-in-the-method": b'{"jsonrpc":"2.0","method":"\x80","id":1}',
    "invalid-utf-8-in-an-unknown-member": b'{"jsonrpc":"2.0","method":"echo","id":1,"x":"\xe2\x82"}',
    "overlong-utf-8": echo(b'["\xc0\xaf"]').strip(),
    "surrogate-as-utf-8": echo(b'["\xed\xa0\x80"]').strip(),
    "utf-8-beyond-unicode": echo(b'["\xf4\x90\x80\x80"]').strip(),
    "65-levels": b"[" * 65 + b"]" * 65,
    "65-levels-in-params": echo(b"[" * 64 + b"]" * 64).strip(),
    "100000-levels": b"[" * 100_000,
    "100000-closed-levels": b"[" * 100_000 + b"]" * 100_000,
    "100000-levels-in-params": echo(b"[" * 100_000 + b"]" * 100_000).strip(),
    "100000-levels-of-objects": echo(b'{"a":' * 100_000 + b"1" + b"}" * 100_000).strip(),
    "100000-levels-in-an-unknown-member": request(x=b"[" * 100_000 + b"]" * 100_000).strip(),
}

DEEPEST = b"[" * 63 + b"]" * 63
BRACKETS = b'["%b"]' % (b"[{" * 1000)
ESCAPED = rb'["\"[[[\\"]'

CASES = (
    *(
        Case(f"json-{name}", "RFC 8259, RULES 1.5-1.20, 2.27-2.30", text + b"\n", PARSE)
        for name, text in REFUSED.items()
    ),
    Case("json-63-levels-in-params", "RULES 2.27", echo(DEEPEST), (Result(b"1", DEEPEST),)),
    Case("json-brackets-in-a-text", "RULES 2.27", echo(BRACKETS), (Result(b"1", BRACKETS),)),
    Case("json-quotes-and-brackets-in-a-text", "RULES 2.27", echo(ESCAPED), (Result(b"1", ESCAPED),)),
    Case("json-pair-of-surrogates", "RFC 8259", echo(rb'["\ud83d\ude00"]'), (Result(b"1", '["\U0001f600"]'.encode()),)),
    Case(
        "json-other-alphabets",
        "RFC 8259",
        echo('["Ωμ€\U0001f600"]'.encode()),
        (Result(b"1", '["Ωμ€\U0001f600"]'.encode()),),
    ),
    Case(
        "json-newline-in-a-text-stays-escaped",
        "WIRE A",
        echo(rb'["a\nb\r\u2028"]'),
        (Result(b"1", '["a\\nb\\r\u2028"]'.encode()),),
    ),
    Case("json-nul-in-a-text", "RFC 8259", echo(rb'["\u0000"]'), (Result(b"1", rb'["\u0000"]'),)),
    Case(
        "json-delete-and-c1-characters",
        "RFC 8259",
        echo('["\x7f\x85"]'.encode()),
        (Result(b"1", '["\x7f\x85"]'.encode()),),
    ),
    Case(
        "json-space-everywhere",
        "WIRE A",
        b' { "jsonrpc" :\t"2.0" , "method": "echo",\r"id" : 1 } \n',
        (Result(b"1", b"null"),),
    ),
)
