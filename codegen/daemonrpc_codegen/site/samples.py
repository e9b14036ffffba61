"""Values for calls of which the schema shows no example: from other examples, else the plainest that fit."""

import re
from collections.abc import Iterable
from typing import Any, Final

from daemonrpc_codegen.model import (
    Api,
    Constraints,
    DictOf,
    Enum,
    Field,
    ListOf,
    Method,
    Named,
    Nullable,
    Scalar,
    ScalarName,
    Struct,
    TypeRef,
    Union,
)
from daemonrpc_codegen.resolve import Resolved, resolve

__all__ = ["NoSampleError", "Samples"]

_TEXTS: Final = ("example", "Example", "a", "A", "1", "a1", "/a", "a.b", "a@b", "EXAMPLE", "E_EXAMPLE")
_FIXED: Final[dict[ScalarName, Any]] = {
    ScalarName.BOOL: True,
    ScalarName.BYTES: "aGVsbG8=",
    ScalarName.DATETIME: "2026-02-01T12:00:00Z",
    ScalarName.UUID: "12345678-1234-5678-1234-567812345678",
    ScalarName.ANY: {},
}


class NoSampleError(Exception):
    """No value was found that is sure to fit, for instance because of a pattern."""


class Samples:
    """Makes params."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._seen: dict[str, Any] = {}
        """By declared type, a value that stands as a param in an example."""
        for method in api.methods:
            for example in method.examples:
                self._note(method.params, example.params)

    def params(self, method: Method) -> dict[str, Any]:
        """Values for the params that must be given. Raises NoSampleError."""
        return self._members(method.params)

    def _note(self, params: Iterable[Field], given: dict[str, Any]) -> None:
        for param in params:
            ref = param.type.inner if isinstance(param.type, Nullable) else param.type
            value = given.get(param.name)
            if isinstance(ref, Named) and value is not None:
                self._seen.setdefault(ref.name, value)

    def _members(self, fields: Iterable[Field]) -> dict[str, Any]:
        return {field.name: self._value(field.type, field.constraints) for field in fields if field.required}

    def _value(self, ref: TypeRef, constraints: Constraints) -> Any:
        if isinstance(ref, Named) and ref.name in self._seen and constraints == Constraints():
            return self._seen[ref.name]
        whole = resolve(self._api, ref, constraints)
        return None if whole.nullable else self._base(whole)

    def _base(self, whole: Resolved) -> Any:
        match whole.base:
            case Scalar(name):
                return _scalar(name, whole.constraints)
            case ListOf(item):
                return [self._value(item, Constraints())] * (whole.constraints.min_length or 0)
            case DictOf(item):
                count = whole.constraints.min_length or 0
                return {f"key{number}": self._value(item, Constraints()) for number in range(count)}
            case Enum(values=values):
                return values[0].value
            case Struct(fields=fields):
                return self._members(fields)
            case Union() as union:
                return self._union(union)

    def _union(self, union: Union) -> Any:
        """The first variant of which a value ends: not all do so soon."""
        for variant in union.variants:
            struct = self._api.type_by_name[variant.struct]
            if isinstance(struct, Struct) and not any(_holds_declared(field.type) for field in struct.fields):
                return {union.tag: variant.tag, **self._members(struct.fields)}
        raise NoSampleError(f"no variant of {union.name} is plain enough")


def _holds_declared(ref: TypeRef) -> bool:
    return isinstance(ref, Named)


def _scalar(name: ScalarName, limits: Constraints) -> Any:
    if name in _FIXED:
        return _FIXED[name]
    return _text(limits) if name is ScalarName.STR else _number(name, limits)


def _number(name: ScalarName, limits: Constraints) -> int | float:
    low, high = limits.minimum, limits.maximum
    near = 1 if low is None else max(low, 1)
    value = near if high is None else min(near, high)
    return int(value) if name is ScalarName.INT else float(value)


def _text(limits: Constraints) -> str:
    for text in (*_TEXTS, "a" * (limits.min_length or 1)):
        fits = (limits.min_length or 0) <= len(text) <= (len(text) if limits.max_length is None else limits.max_length)
        if fits and (limits.pattern is None or re.fullmatch(limits.pattern, text)):
            return text
    raise NoSampleError(f"no sample matches {limits.pattern or 'its length'}")
