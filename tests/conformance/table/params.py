"""Section 4.2: params by name and by position, absent, null, and those that do not fit."""

from conformance.case import Case, Error, Result, request

__all__ = ["CASES"]

STRUCTURED = "section 4.2: params MUST be Array or Object"
INVALID = "section 5.1: -32602"
EXACT = "section 4.2: names MUST match exactly, including case"
TYPED = b'{"count":%b,"inner":%b,"jobIds":%b}'


def typed(count: bytes = b"0", inner: bytes = b"null", job_ids: bytes = b"null") -> Result:
    return Result(b"1", TYPED % (count, inner, job_ids))


def refused(name: str, rule: str, method: str, params: bytes, **data: str) -> Case:
    return Case(f"params-{name}", rule, request(method, b"1", params), (Error(b"1", -32602, data),))


def accepted(name: str, rule: str, method: str, params: bytes, answer: Result) -> Case:
    return Case(f"params-{name}", rule, request(method, b"1", params), (answer,))


SHAPES = (
    *(
        Case(f"params-{name}", STRUCTURED, request("echo", b"1", text), (Error(b"1", -32600),))
        for name, text in {
            "number": b"5",
            "text": b'"abc"',
            "true": b"true",
            "false": b"false",
            "fraction": b"-1.5",
        }.items()
    ),
    Case("params-scalar-without-id", "section 5: id null", request("echo", b"", b"5"), (Error(b"null", -32600),)),
    accepted("null-is-none", "WIRE A", "typed", b"null", typed()),
    accepted("absent", "section 4: params MAY be omitted", "typed", b"", typed()),
    accepted("empty-object", "section 4.2", "typed", b"{}", typed()),
    accepted("empty-array", "section 4.2", "typed", b"[]", typed()),
    accepted(
        "echoed-object",
        "section 4.2",
        "echo",
        b'{"a":[1,2.5,"x",null,true]}',
        Result(b"1", b'{"a":[1,2.5,"x",null,true]}'),
    ),
    accepted("echoed-array", "section 4.2", "echo", b"[[],{}]", Result(b"1", b"[[],{}]")),
)

FITS = (
    accepted("by-position-fewer", "section 4.2", "typed", b"[3]", typed(b"3")),
    accepted(
        "by-position-all", "section 4.2", "typed", b'[3,{"name":"a"},["x"]]', typed(b"3", b'{"name":"a"}', b'["x"]')
    ),
    accepted("by-name-escaped", EXACT, "typed", rb'{"\u0063ount":3}', typed(b"3")),
    accepted("by-name-duplicate", "RULES 2.33: the last one wins", "typed", b'{"count":1,"count":2}', typed(b"2")),
    accepted(
        "greatest-integer", "RULES 2.30", "typed", b'{"count":9223372036854775807}', typed(b"9223372036854775807")
    ),
    accepted("least-integer", "RULES 2.30", "typed", b'{"count":-9223372036854775808}', typed(b"-9223372036854775808")),
)

MISFITS = (
    refused("missing-one", INVALID, "subtract", b'{"minuend":1}'),
    refused("missing-all", INVALID, "subtract", b""),
    refused("by-position-too-few", INVALID, "subtract", b"[1]"),
    refused("by-position-too-many", INVALID, "subtract", b"[1,2,3]"),
    refused("by-position-wrong-type", INVALID, "subtract", b'[1,"2"]', path="$.subtrahend"),
    refused("unknown-name", EXACT, "typed", b'{"cuont":1}', hint="did you mean `count`?"),
    refused("name-in-other-case", EXACT, "typed", b'{"jobids":[]}', hint="did you mean `jobIds`?"),
    refused("unknown-name-inside", EXACT, "typed", b'{"inner":{"name":"a","nmae":1}}', path="$.inner"),
    refused("wrong-type", INVALID, "typed", b'{"count":"1"}', path="$.count"),
    refused("wrong-type-inside", INVALID, "typed", b'{"jobIds":["a",1]}', path="$.jobIds[1]"),
    refused("null-for-a-number", INVALID, "typed", b'{"count":null}', path="$.count"),
    refused("true-for-a-number", INVALID, "typed", b'{"count":true}', path="$.count"),
    refused("fraction-for-an-integer", INVALID, "typed", b'{"count":1.5}', path="$.count"),
    refused("one-point-zero-for-an-integer", "decisions: JSON numbers", "typed", b'{"count":1.0}', path="$.count"),
    refused("integer-over-64-bits", "RULES 2.30", "typed", b'{"count":9223372036854775808}', path="$.count"),
    refused("integer-of-30-digits", "RULES 2.30", "typed", b'{"count":%b}' % (b"9" * 30), path="$.count"),
    refused("integer-of-5000-digits", "RULES 2.30", "typed", b'{"count":%b}' % (b"9" * 5000), path="$.count"),
    refused("integer-of-5000-digits-untyped", "RULES 1.12", "echo", b"[%b]" % (b"9" * 5000)),
    refused("number-beyond-doubles-untyped", "RULES 2.30", "echo", b"[1e999]"),
    refused("constraint-inside", INVALID, "typed", b'{"inner":{"name":"abcdef"}}', path="$.inner.name"),
)

CASES = (*SHAPES, *FITS, *MISFITS)
