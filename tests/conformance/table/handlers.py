"""Section 5: exactly one of result and error, whatever a handler does."""

from conformance.case import Case, Error, Result, request

__all__ = ["CASES"]

RESULT = "section 5: result is REQUIRED on success"
INTERNAL = "RULES 1.15: what a handler raises by accident is -32603"
UNSENDABLE = "RULES 1.19, 2.28, 2.29, 2.37"

RESULTS = {
    "none": b"null",
    "false": b"false",
    "zero": b"0",
    "text": b'""',
    "list": b"[]",
    "dict": b"{}",
}

CASES = (
    *(
        Case(f"result-{name}", RESULT, request(f"result.{name}"), (Result(b"1", text),))
        for name, text in RESULTS.items()
    ),
    *(
        Case(f"result-{name}", UNSENDABLE, request(f"result.{name}"), (Error(b"1", -32603),))
        for name in ("object", "nan", "infinity", "surrogate", "recursive", "deep", "raw_newline")
    ),
    Case("result-over-the-line", "WIRE A", request("result.long"), (Error(b"1", -32093, {"limit": 2**20}),)),
    Case(
        "result-against-the-schema",
        "WIRE A: what is sent is strict",
        request("wrong_result"),
        (Error(b"1", -32603),),
    ),
    *(
        Case(f"handler-raises-{name}", INTERNAL, request(f"raise.{name}"), (Error(b"1", -32603),))
        for name in (
            "key",
            "value",
            "type",
            "timeout",
            "cancelled",
            "stop_iteration",
            "recursion",
            "surrogate",
            "async",
        )
    ),
    Case(
        "handler-raises-an-error-of-the-application",
        "section 5.1",
        request("raise.application"),
        (Error(b"1", -32000, {"job_id": "x"}),),
    ),
    Case(
        "error-whose-data-cannot-be-sent-keeps-its-code",
        UNSENDABLE,
        request("raise.unsendable_data"),
        (Error(b"1", -32001),),
    ),
    Case(
        "error-whose-text-cannot-be-sent-keeps-its-code",
        UNSENDABLE,
        request("raise.unsendable_text"),
        (Error(b"1", -32002),),
    ),
    Case("asynchronous-handler", RESULT, request("echo.async", b"1", b"[7]"), (Result(b"1", b"[7]"),)),
    Case(
        "slow-call-does-not-hold-up-a-later-one",
        "RULES 1.3",
        request("hold", b"1") + request("echo", b"2") + request("open", b"3"),
        (Result(b"2", b"null"), Result(b"3", b"null"), Result(b"1", b'"held"')),
    ),
)
