"""A call with the `daemonrpc` command: by flags, or with JSON where flags cannot say it.

The rules are those of docs/command-line.md; a test reads what is made here with the command's own parser.
"""

import shlex
from typing import Any, Final

from daemonrpc_codegen.exchange import compact
from daemonrpc_codegen.model import Api, Enum, Field, ListOf, Method, Scalar, ScalarName
from daemonrpc_codegen.resolve import Resolved, resolve, resolve_field

__all__ = ["command_call"]

_OWN: Final = frozenset(("help", "json", "timeout"))
_TEXT: Final = frozenset((ScalarName.STR, ScalarName.BYTES, ScalarName.DATETIME, ScalarName.UUID))


def command_call(api: Api, method: Method, params: dict[str, Any]) -> str:
    """The command for a call with these params."""
    flags = _all_flags(api, method, params)
    rest = [compact(params)] if flags is None else flags
    return " ".join(("daemonrpc call", '"$SOCKET"', *(shlex.quote(word) for word in (method.name, *rest))))


def _all_flags(api: Api, method: Method, params: dict[str, Any]) -> list[str] | None:
    words: list[str] = []
    for param in method.params:
        if param.name in params:
            flags = _flags(api, param, params[param.name])
            if flags is None:
                return None
            words += flags
    return words


def _flags(api: Api, param: Field, value: Any) -> list[str] | None:
    """The words for one param, or None if there are none that say it."""
    whole = resolve_field(api, param)
    flag = _flag(param.name)
    if whole.base == Scalar(ScalarName.BOOL):
        return None if value is None else [flag if value else f"--no-{flag[2:]}"]
    if value is None and whole.base != Scalar(ScalarName.ANY):
        return [f"--no-{flag[2:]}"]
    if isinstance(whole.base, ListOf) and _is_flat(resolve(api, whole.base.item)):
        return _repeated(flag, value, resolve(api, whole.base.item))
    return [flag, _word(value, whole)]


def _repeated(flag: str, values: Any, item: Resolved) -> list[str] | None:
    if not values or None in values:
        return None
    return [word for value in values for word in (flag, _word(value, item))]


def _flag(name: str) -> str:
    spelled = name.replace("_", "-")
    return f"--param-{spelled}" if spelled in _OWN or spelled.startswith("no-") else f"--{spelled}"


def _is_flat(whole: Resolved) -> bool:
    match whole.base:
        case Enum():
            return True
        case Scalar(name):
            return name is not ScalarName.ANY
        case _:
            return False


def _word(value: Any, whole: Resolved) -> str:
    is_text = isinstance(whole.base, Enum) or (isinstance(whole.base, Scalar) and whole.base.name in _TEXT)
    return value if is_text else compact(value)
