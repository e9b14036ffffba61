"""Defaults of params that need a name.

msgspec leaves a field out only if its value *is* the default, the same object. A default is written twice, in the
struct and in the client's signature, and two literals are one object only for small integers, words and the like. Any
other default becomes a constant that both use, so that a default is never sent and an older strict server is never
asked for a param that it does not know.
"""

from typing import Any

from daemonrpc_codegen import naming
from daemonrpc_codegen.model import Api, Enum, Field, Method
from daemonrpc_codegen.resolve import resolve_field

__all__ = ["named_defaults"]


def named_defaults(api: Api, method: Method) -> dict[str, str]:
    """By param, the name of the constant that holds its default; params that need none are left out."""
    return {param.name: naming.default_name(method, param) for param in method.params if _needs_name(api, param)}


def _needs_name(api: Api, param: Field) -> bool:
    if param.default is None:
        return False
    return not (isinstance(resolve_field(api, param).base, Enum) or _is_one_object(api, param, param.default.value))


def _is_one_object(api: Api, param: Field, value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return True
    expected = getattr(resolve_field(api, param).base, "name", "")
    if isinstance(value, int):
        return expected != "float" and -5 <= value <= 256
    return isinstance(value, str) and expected in ("str", "any") and _is_interned(value)


def _is_interned(value: str) -> bool:
    return not value or (value.isascii() and value.isidentifier())
