"""Flags of a method, made from its params in an OpenRPC document: what `daemonrpc call SOCKET METHOD --flag` takes.

A bool is `--name` or `--no-name`, a list is repeated, what has no flat form is JSON. `--no-name` sends null where the
schema allows it. A param that is named as an option of `call` itself is `--param-name`.
"""

from collections.abc import Iterator, Sequence
from typing import Any, cast

import msgspec

from daemonrpc.cli.document import Json, nearest

__all__ = ["OWN_OPTIONS", "Flag", "FlagError", "flag_lines", "method_flags", "params_from_flags"]

LONGEST_LIST = 60
"""Characters of an enum that is shown behind its flag; a longer one has a line of its own."""

OWN_OPTIONS = frozenset(("help", "json", "timeout"))
_SCALARS = {"string": "TEXT", "integer": "INT", "number": "NUMBER", "boolean": "BOOL"}


class FlagError(Exception):
    """The flags do not fit the method; the message says which and why."""


class Flag:
    """One param as a flag."""

    def __init__(self, param: Json, document: Json) -> None:
        self.name: str = param["name"]
        """The param on the wire."""
        spelled = self.name.replace("_", "-")
        self.flag = f"--param-{spelled}" if spelled in OWN_OPTIONS or spelled.startswith("no-") else f"--{spelled}"
        self.required: bool = param.get("required", False)
        self.doc: str = param.get("description") or param.get("summary") or ""
        self.deprecated: str | None = param.get("x-deprecated", "do not use it") if param.get("deprecated") else None
        schema: Json = param.get("schema", {})
        self.has_default = "default" in schema
        self.default: Any = schema.get("default")
        schema, self.nullable = _without_null(schema, document)
        self.is_list = schema.get("type") == "array"
        if self.is_list:
            schema, _ = _without_null(schema.get("items", {}), document)
        self.choices, self.is_closed = _choices(schema, document)
        self.kind: str = _scalar(schema, document)
        if self.is_list and self.kind == "json":
            self.is_list = False  # a list of objects is one JSON text

    @property
    def negation(self) -> str:
        """The flag that says no: false, or null."""
        return f"--no-{self.flag[2:]}"

    @property
    def is_bool(self) -> bool:
        """Whether it stands without a value."""
        return self.kind == "boolean" and not self.is_list

    @property
    def has_negation(self) -> bool:
        """Whether there is a `--no-` form."""
        return self.is_bool or self.nullable

    def read(self, text: str) -> Any:
        """One value of the param. Raises FlagError."""
        if self.kind == "string":
            if self.is_closed and text not in self.choices:
                raise FlagError(
                    f"{self.flag}: {text!r} is none of: {', '.join(self.choices)}{nearest(text, self.choices)}"
                )
            return text
        try:
            value: Any = msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeError, ValueError) as error:
            raise FlagError(f"{self.flag}: {text!r} is no {_SCALARS.get(self.kind, 'JSON')}: {error}") from None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        fits = {
            "integer": is_number and isinstance(value, int),
            "number": is_number,
            "boolean": isinstance(value, bool),
        }
        if not fits.get(self.kind, True):
            raise FlagError(f"{self.flag}: {text!r} is no {_SCALARS[self.kind]}")
        return cast("Any", value)

    def usage(self) -> str:
        """How it is written, such as `--limit INT`."""
        if self.is_bool:
            return f"{self.flag} | {self.negation}"
        listed = "{" + ",".join(self.choices) + "}"
        what = listed if self.is_closed and len(listed) <= LONGEST_LIST else _SCALARS.get(self.kind, "JSON")
        return f"{self.flag} {what}{' (repeated)' if self.is_list else ''}"


def method_flags(method: Json, document: Json) -> list[Flag]:
    """The flags of a method, in the order of its params. Raises LookupError for a `$ref` that leads nowhere."""
    return [Flag(param, document) for param in method.get("params", [])]


def flag_lines(flags: Sequence[Flag]) -> Iterator[str]:
    """Help: a line for each flag, and one or two about it."""
    for flag in flags:
        notes = ["required"] if flag.required else []
        if flag.has_default:
            notes.append(f"default {msgspec.json.encode(flag.default).decode()}")
        if flag.nullable and not flag.is_bool and flag.default is not None:
            notes.append(f"{flag.negation} sends null")
        yield f"  {flag.usage()}  ({'; '.join(notes)})" if notes else f"  {flag.usage()}"
        if flag.doc:
            yield f"      {flag.doc}"
        if flag.choices and "{" not in flag.usage():
            yield f"      {'one of' if flag.is_closed else 'such as'}: {', '.join(flag.choices)}"
        if flag.deprecated is not None:
            yield f"      deprecated: {flag.deprecated}"


def params_from_flags(flags: Sequence[Flag], arguments: Sequence[str]) -> Json:
    """The params that the flags say. Raises FlagError for what is unknown, twice, missing or of another type."""
    by_name = {flag.flag: flag for flag in flags}
    negations = {flag.negation: flag for flag in flags if flag.has_negation}
    params: Json = {}
    rest = list(arguments)
    while rest:
        word, equals, value = rest.pop(0).partition("=")
        flag = by_name.get(word) or negations.get(word)
        if flag is None:
            raise FlagError(_unknown(word, [*by_name, *negations]))
        if flag.name in params and (not flag.is_list or word in negations):
            raise FlagError(f"{flag.flag} is given twice")
        if word not in by_name or flag.is_bool:
            if equals:
                raise FlagError(f"{word} takes no value")
            params[flag.name] = word in by_name if flag.is_bool else None
            continue
        if not equals:
            if not rest:
                raise FlagError(f"{word} needs a value: {flag.usage()}")
            value = rest.pop(0)
        if flag.is_list:
            values = params.setdefault(flag.name, [])
            if values is None:
                raise FlagError(f"{flag.flag} is given twice")
            values.append(flag.read(value))
        else:
            params[flag.name] = flag.read(value)
    missing = [flag.usage() for flag in flags if flag.required and flag.name not in params]
    if missing:
        raise FlagError(f"missing: {', '.join(missing)}")
    return params


def _unknown(word: str, known: Sequence[str]) -> str:
    if not word.startswith("--"):
        return f"{word!r} is no flag: params are either flags or one JSON text, not both"
    return f"the method has no flag {word}{nearest(word, known)}"


def _resolved(schema: Json, document: Json) -> Json:
    """What a `$ref` stands for, also one in an `allOf` that only adds notes to it.

    Raises LookupError if the document does not hold it, or if it leads back to itself.
    """
    seen: set[str] = set()
    while True:
        parts: Any = schema.get("allOf")
        if "$ref" in schema:
            reference = str(schema["$ref"])
            schema = _target(reference, document, seen)
        elif isinstance(parts, list) and len(cast("list[Json]", parts)) == 1:
            notes = {key: value for key, value in schema.items() if key != "allOf"}
            schema = {**cast("Json", parts[0]), **notes}
        else:
            return schema


def _target(reference: str, document: Json, seen: set[str]) -> Json:
    target: Any = document
    for step in reference.removeprefix("#/").split("/"):
        step = step.replace("~1", "/").replace("~0", "~")  # RFC 6901
        target = cast("Json", target).get(step) if isinstance(target, dict) else None
    if not isinstance(target, dict) or reference in seen:
        raise LookupError(f"the daemon's document is broken: {reference} leads nowhere; give the params as JSON")
    seen.add(reference)
    return cast("Json", target)


def _without_null(schema: Json, document: Json) -> tuple[Json, bool]:
    schema = _resolved(schema, document)
    kinds = schema.get("type")
    if isinstance(kinds, list) and "null" in kinds:
        others: list[Any] = [kind for kind in cast("list[str]", kinds) if kind != "null"]
        return {**schema, "type": others[0] if len(others) == 1 else others}, True
    for key in ("anyOf", "oneOf"):
        parts = [_resolved(part, document) for part in schema.get(key, [])]
        others = [part for part in parts if part.get("type") != "null"]
        if len(others) < len(parts):
            return (others[0] if len(others) == 1 else {key: others}), True
    return schema, False


def _choices(schema: Json, document: Json) -> tuple[list[str], bool]:
    """The values of an enum, and whether there can be no other."""
    parts = [_resolved(part, document) for part in schema.get("anyOf", [])]
    for part in [schema, *parts]:
        if part.get("type", "string") == "string" and "enum" in part:
            return [str(value) for value in part["enum"]], part is schema
    return [], False


def _scalar(schema: Json, document: Json) -> str:
    """`string`, `integer`, `number`, `boolean`, or `json` for all else."""
    if "enum" in schema and "type" not in schema and all(isinstance(value, str) for value in schema["enum"]):
        return "string"
    kinds = [_resolved(part, document).get("type") for part in schema.get("anyOf", [])] or [schema.get("type")]
    first = kinds[0]
    return first if isinstance(first, str) and first in _SCALARS and set(kinds) == {first} else "json"
