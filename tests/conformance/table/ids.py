"""Section 4, member id: String, Number or Null, echoed byte for byte."""

from conformance.case import Case, Error, Result, request

__all__ = ["CASES"]

ECHO = "section 5: the id of the answer MUST be the same value"
KIND = "section 4: id MUST be String, Number or Null"
ID_BYTES = 128

ECHOED = {
    "zero": b"0",
    "negative": b"-1",
    "minus-zero": b"-0",
    "fraction": b"1.5",
    "one-point-zero": b"1.0",
    "exponent": b"1E+2",
    "beyond-doubles": b"1e999",
    "above-2**53": b"9007199254740993",
    "30-digits": b"123456789012345678901234567890",
    "empty-text": b'""',
    "text": b'"abc"',
    "text-of-a-number": b'"1"',
    "text-null": b'"null"',
    "escaped-text": rb'"\u0031\/\"\\"',
    "emoji": '"\U0001f600"'.encode(),
    "escaped-emoji": rb'"\ud83d\ude00"',
    "nul": rb'"\u0000"',
    "as-long-as-allowed": b'"%b"' % (b"x" * (ID_BYTES - 2)),
}

REFUSED = {
    "true": b"true",
    "false": b"false",
    "list": b"[]",
    "list-of-one": b"[1]",
    "object": b"{}",
    "too-long": b'"%b"' % (b"x" * (ID_BYTES - 1)),
    "of-5000-digits": b"1" * 5000,
    "of-a-megabyte": b'"%b"' % (b"x" * 1_000_000),
}

NO_JSON = {
    "nan": b"NaN",
    "infinity": b"-Infinity",
    "leading-zero": b"01",
    "leading-plus": b"+1",
    "hexadecimal": b"0x1",
    "lone-high-surrogate": rb'"\ud800"',
    "lone-low-surrogate": rb'"\udc00"',
    "cut-null": b"nul",
    "undefined": b"undefined",
    "single-quotes": b"'a'",
}

CASES = (
    *(Case(f"id-{name}", ECHO, request(id_=text), (Result(text, b"null"),)) for name, text in ECHOED.items()),
    *(
        Case(f"id-{name}-in-an-error", ECHO, request("nosuch", text), (Error(text, -32601),))
        for name, text in ECHOED.items()
    ),
    Case("id-null-is-a-request", "RULES 1.14, 3", request(id_=b"null"), (Result(b"null", b"null"),)),
    Case("id-null-of-unknown-method", "RULES 1.14, 3", request("nosuch", b"null"), (Error(b"null", -32601),)),
    Case("id-with-space-around", "WIRE A", b'{"jsonrpc":"2.0","method":"echo","id": \t7 }\n', (Result(b"7", b"null"),)),
    *(Case(f"id-{name}", KIND, request(id_=text), (Error(b"null", -32600),)) for name, text in REFUSED.items()),
    *(Case(f"id-{name}", "RFC 8259", request(id_=text), (Error(b"null", -32700),)) for name, text in NO_JSON.items()),
    Case("id-wrong-and-method-unknown", KIND, request("nosuch", b"[]"), (Error(b"null", -32600),)),
    Case(
        "id-used-twice",
        "RULES 2.31",
        request(id_=b"1", params=b"[1]") + request(id_=b"1", params=b"[2]"),
        (Result(b"1", b"[1]"), Result(b"1", b"[2]")),
    ),
    Case(
        "ids-that-python-takes-for-equal",
        "RULES 2.31",
        b"".join(request("echo.async", text) for text in (b"1", b"1.0", b'"1"')),
        (Result(b"1", b"null"), Result(b"1.0", b"null"), Result(b'"1"', b"null")),
    ),
)
