"""What an instrument says that an attempt has used: tokens and money.

Read from the JSON that agent command lines print as their last word, in the two spellings that are common:
`{"usage": {"input_tokens": 1, "output_tokens": 2}, "total_cost_usd": 0.1}` and the same without the `usage` level.
"""

import msgspec


class Usage(msgspec.Struct, frozen=True):
    """What was reported; None where nothing was."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    """US dollars."""


class _Tokens(msgspec.Struct):
    input_tokens: int | None = None
    output_tokens: int | None = None


class _Report(_Tokens):
    usage: _Tokens | None = None
    total_cost_usd: float | None = None


def find_usage(stdout: str) -> Usage:
    """The usage that the last JSON object of an output reports: the whole output, or its last line."""
    lines = stdout.strip().splitlines()
    for text in (stdout, lines[-1] if lines else ""):
        try:
            report = msgspec.json.decode(text, type=_Report)
        except (msgspec.DecodeError, RecursionError):
            continue
        tokens = report.usage or report
        return Usage(tokens.input_tokens, tokens.output_tokens, report.total_cost_usd)
    return Usage()
