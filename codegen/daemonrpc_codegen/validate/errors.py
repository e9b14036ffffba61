"""Codes of the declared errors."""

from daemonrpc_codegen.model import Api, ErrorDef
from daemonrpc_codegen.report import Report

__all__ = ["check_errors"]

_FREE_HINT = "free are -32000 to -32089, and every number outside -32768 to -32000"


def check_errors(api: Api, report: Report) -> None:
    """Report codes that somebody else owns, and codes that are used twice."""
    owner: dict[int, ErrorDef] = {}
    for error in api.errors:
        code = error.at.get("code")
        if code is None:
            continue
        reserved = _reserved_by(error.code)
        if reserved:
            report.at(code, f"the code {error.code} is reserved {reserved}", _FREE_HINT)
        elif not -(2**31) <= error.code < 2**31:
            report.at(code, f"the code {error.code} does not fit in 32 bits", _FREE_HINT)
        first = owner.setdefault(error.code, error)
        if first is not error:
            report.at(code, f"the code {error.code} belongs to '{first.name}' already", "each error has its own code")


def _reserved_by(code: int) -> str:
    if -32099 <= code <= -32090 or code == -32800:
        return "by the runtime"
    if -32768 <= code <= -32100:
        return "by JSON-RPC 2.0, section 5.1"
    return ""
