"""The examples of section 7 of the specification, as printed there (each on one line)."""

from conformance.case import Batch, Case, Error, Result

__all__ = ["CASES"]

SECTION = "JSON-RPC 2.0, section 7"

NOTIFICATIONS = (
    b'[{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},'
    b' {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}]\n'
)
BATCH = (
    b'[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},'
    b' {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},'
    b' {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},'
    b' {"foo": "boo"},'
    b' {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},'
    b' {"jsonrpc": "2.0", "method": "get_data", "id": "9"}]\n'
)
BROKEN_BATCH = b'[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"}, {"jsonrpc": "2.0", "method"]\n'
BY_NAME = b'{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}\n'
BY_NAME_SWAPPED = b'{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}\n'


def subtract(params: bytes, id_: bytes) -> bytes:
    return b'{"jsonrpc": "2.0", "method": "subtract", "params": %b, "id": %b}\n' % (params, id_)


CASES = (
    Case("spec-positional", SECTION, subtract(b"[42, 23]", b"1"), (Result(b"1", b"19"),)),
    Case("spec-positional-swapped", SECTION, subtract(b"[23, 42]", b"2"), (Result(b"2", b"-19"),)),
    Case("spec-named", SECTION, BY_NAME, (Result(b"3", b"19"),)),
    Case("spec-named-swapped", SECTION, BY_NAME_SWAPPED, (Result(b"4", b"19"),)),
    Case("spec-notification", SECTION, b'{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}\n'),
    Case("spec-notification-of-unknown-method", SECTION, b'{"jsonrpc": "2.0", "method": "foobar"}\n'),
    Case(
        "spec-unknown-method",
        SECTION,
        b'{"jsonrpc": "2.0", "method": "foobar", "id": "1"}\n',
        (Error(b'"1"', -32601),),
    ),
    Case(
        "spec-invalid-json",
        SECTION,
        b'{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]\n',
        (Error(b"null", -32700),),
    ),
    Case(
        "spec-invalid-request",
        SECTION,
        b'{"jsonrpc": "2.0", "method": 1, "params": "bar"}\n',
        (Error(b"null", -32600),),
    ),
    Case("spec-batch-of-invalid-json", SECTION, BROKEN_BATCH, (Error(b"null", -32700),)),
    Case("spec-empty-batch", SECTION, b"[]\n", (Error(b"null", -32600),)),
    Case("spec-batch-of-one-number", SECTION, b"[1]\n", (Batch((Error(b"null", -32600),)),)),
    Case("spec-batch-of-numbers", SECTION, b"[1,2,3]\n", (Batch((Error(b"null", -32600),) * 3),)),
    Case(
        "spec-batch",
        SECTION,
        BATCH,
        (
            Batch(
                (
                    Result(b'"1"', b"7"),
                    Result(b'"2"', b"19"),
                    Error(b"null", -32600),
                    Error(b'"5"', -32601),
                    Result(b'"9"', b'["hello",5]'),
                )
            ),
        ),
    ),
    Case("spec-batch-of-notifications", SECTION, NOTIFICATIONS),
)
