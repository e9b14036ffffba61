"""Sections 4 and 5: the members of a request, and the methods."""

from conformance.case import Case, Error, Result, request

__all__ = ["CASES"]

OK = (Result(b"1", b"null"),)
REFUSED = (Error(b"1", -32600),)
NOT_FOUND = (Error(b"1", -32601),)
VERSION = "section 4: jsonrpc MUST be exactly 2.0"
METHOD = "section 4: method is a String"
NAMES = "section 4: names are matched with their case; escaped names are equal"
RESERVED = "section 4.3: names that start with rpc. are reserved"
NOTIFICATION = "section 4.1: a notification is never answered"
LENIENT = "WIRE A: read leniently"


def versioned(version: bytes) -> bytes:
    return b'{"jsonrpc":%b,"method":"echo","id":1}\n' % version


def named(method: bytes) -> bytes:
    return b'{"jsonrpc":"2.0","method":%b,"id":1}\n' % method


VERSIONS = (
    Case("version-absent", "RULES 1.8", b'{"method":"echo","id":1}\n', REFUSED),
    Case("version-absent-without-id", "RULES 3", b'{"method":"echo"}\n', (Error(b"null", -32600),)),
    *(
        Case(f"version-{name}", VERSION, versioned(text), REFUSED)
        for name, text in {
            "number": b"2.0",
            "integer": b"2",
            "1.0": b'"1.0"',
            "2.1": b'"2.1"',
            "2": b'"2"',
            "padded": b'"2.0 "',
            "null": b"null",
            "list": b'["2.0"]',
        }.items()
    ),
    Case("version-escaped", NAMES, versioned(rb'"2\u002e0"'), OK),
)

METHODS = (
    Case("method-absent", METHOD, b'{"jsonrpc":"2.0","id":1}\n', REFUSED),
    *(
        Case(f"method-{name}", METHOD, named(text), REFUSED)
        for name, text in {"null": b"null", "number": b"1", "true": b"true", "list": b"[]", "object": b"{}"}.items()
    ),
    Case("method-empty", "section 5.1: -32601", request("", b"1"), NOT_FOUND),
    Case("method-in-other-case", NAMES, request("Echo"), NOT_FOUND),
    Case("method-padded", NAMES, request(" echo"), NOT_FOUND),
    Case("method-escaped", NAMES, named(rb'"\u0065cho"'), OK),
    Case("method-with-nul", NAMES, named(rb'"echo\u0000"'), NOT_FOUND),
    Case("method-with-quote-and-newline", NAMES, named(rb'"\"\n"'), NOT_FOUND),
    Case("method-of-other-alphabets", NAMES, request("Ωμέγα"), NOT_FOUND),
    Case("method-as-long-as-allowed", "RULES 1: limits", request("m" * 256), NOT_FOUND),
    Case("method-too-long", "RULES 1: limits", request("m" * 257), REFUSED),
    Case("method-too-long-in-utf8", "RULES 1: limits", named('"{}"'.format("ü" * 129).encode()), REFUSED),
    Case("method-of-a-megabyte", "RULES 1: limits", request("m" * 1_000_000), REFUSED),
    Case(
        "method-unknown-says-which-side-is-older",
        "WIRE A",
        request("nosuch"),
        (Error(b"1", -32601, {"method": "nosuch", "service": "Conformance", "version": "1.2.3"}),),
    ),
    Case("method-reserved", RESERVED, request("rpc.nosuch"), NOT_FOUND),
    Case("method-reserved-in-other-case", RESERVED, request("rpc.Discover"), NOT_FOUND),
    Case("method-of-python", "section 5.1: -32601", request("__class__"), NOT_FOUND),
)

MEMBERS = (
    Case("member-names-in-other-case", NAMES, b'{"jsonrpc":"2.0","Method":"echo","id":1}\n', REFUSED),
    Case("version-member-in-other-case", NAMES, b'{"JSONRPC":"2.0","method":"echo","id":1}\n', REFUSED),
    Case("id-member-in-other-case", NAMES, b'{"jsonrpc":"2.0","method":"echo","ID":1}\n'),
    Case("member-names-escaped", NAMES, rb'{"jsonrpc":"2.0","\u006dethod":"echo","\u0069d":1}' b"\n", OK),
    Case(
        "members-in-any-order",
        LENIENT,
        b'{"params":[2],"id":1,"method":"echo","jsonrpc":"2.0"}\n',
        (Result(b"1", b"[2]"),),
    ),
    Case("members-unknown", LENIENT, request(auth=b'{"x":[1,null]}', zzz=b'"\\u00e9"'), OK),
    Case("member-stream-in-a-request", LENIENT, request(stream=b"7"), OK),
    Case("member-with-an-empty-name", LENIENT, b'{"":1,"jsonrpc":"2.0","method":"echo","id":1}\n', OK),
    Case("duplicate-id", "RULES 2.33: the last one wins", b'{"jsonrpc":"2.0","id":7,"method":"echo","id":1}\n', OK),
    Case(
        "duplicate-method",
        "RULES 2.33: the last one wins",
        b'{"jsonrpc":"2.0","method":"nosuch","id":1,"method":"echo"}\n',
        OK,
    ),
    Case("empty-object", "section 4", b"{}\n", (Error(b"null", -32600),)),
    Case("answer-instead-of-request", "section 4", b'{"jsonrpc":"2.0","result":1,"id":1}\n', REFUSED),
    *(
        Case(f"{name}-instead-of-request", "section 4", text + b"\n", (Error(b"null", -32600),))
        for name, text in {"number": b"1", "text": b'"echo"', "null": b"null", "true": b"true"}.items()
    ),
)

NOTIFICATIONS = (
    Case("notification-of-unknown-method", NOTIFICATION, request("nosuch", b"")),
    Case("notification-with-wrong-params", NOTIFICATION, request("typed", b"", b'{"nosuch":1}')),
    Case("notification-whose-handler-fails", NOTIFICATION, request("raise.key", b"")),
    Case("notification-whose-handler-fails-later", NOTIFICATION, request("raise.async", b"")),
    Case("notification-whose-result-cannot-be-sent", NOTIFICATION, request("result.object", b"")),
    Case("notification-whose-deadline-passed", NOTIFICATION, request("echo", b"", meta=b'{"timeout_ms":0}')),
    Case("notification-of-an-asynchronous-method", NOTIFICATION, request("echo.async", b"")),
    Case(
        "notification-is-executed",
        "section 4.1",
        request("mark", b"", b"[5]") + request("marks"),
        (Result(b"1", b"[[5]]"),),
    ),
    Case(
        "notification-too-broken-to-be-one",
        "section 5: id null",
        b'{"jsonrpc":"2.0","method":1}\n',
        (Error(b"null", -32600),),
    ),
)

CASES = (*VERSIONS, *METHODS, *MEMBERS, *NOTIFICATIONS)
