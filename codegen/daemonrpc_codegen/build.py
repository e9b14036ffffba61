"""The tree of a schema -> the model. Reports types that do not parse or that nobody declared.

Expects what `validate/shape.py` left over: every node has its right shape, but keys that should be there may be
missing. What cannot be built is left out; what hangs on a name that is wrong is built with `any`, so that one mistake
is one error.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from daemonrpc_codegen.errors import did_you_mean
from daemonrpc_codegen.load import Node
from daemonrpc_codegen.model import (
    Accepted,
    Alias,
    Api,
    Compatibility,
    Constraints,
    Default,
    DictOf,
    Enum,
    EnumValue,
    ErrorDef,
    Example,
    Field,
    ListOf,
    Method,
    Named,
    Nullable,
    Removed,
    Scalar,
    ScalarName,
    StreamDef,
    Struct,
    Tombstone,
    TypeDef,
    TypeRef,
    Union,
    Variant,
)
from daemonrpc_codegen.report import Report
from daemonrpc_codegen.typetext import TypeTextError, parse_type, write_instead

__all__ = ["Declared", "build"]

T = TypeVar("T")

_ANY = Scalar(ScalarName.ANY)
_REMOVED = ("methods", "errors", "notifications")


@dataclass
class Declared:
    """The declarations of all files together, and the names of those that are too wrong to build."""

    types: dict[str, Node] = field(default_factory=dict[str, Node])
    errors: dict[str, Node] = field(default_factory=dict[str, Node])
    methods: dict[str, Node] = field(default_factory=dict[str, Node])
    broken: set[str] = field(default_factory=set[str])
    removed: list[Node] = field(default_factory=list[Node])
    """The `removed` of each file that has one."""


def build(top: Node, declared: Declared, source: str, report: Report) -> Api:
    """The model of a schema whose main file has this top node."""
    builder = _Builder(declared, report)
    return Api(
        service=top.scalar("service", ""),
        package=top.scalar("package", ""),
        version=top.scalar("version", ""),
        doc=_sentence(top),
        types=tuple(_present(builder.type_def(name, node) for name, node in declared.types.items())),
        errors=tuple(builder.error(name, node) for name, node in declared.errors.items()),
        methods=tuple(builder.method(name, node) for name, node in declared.methods.items()),
        removed=_removed(declared.removed),
        compatibility=_compatibility(top.get("compatibility")),
        source=source,
        at=top,
    )


class _Builder:
    def __init__(self, declared: Declared, report: Report) -> None:
        self._declared = declared
        self._report = report

    def type_def(self, name: str, node: Node) -> TypeDef | None:
        if node.get("type"):
            return self._alias(name, node)
        if node.get("fields"):
            return Struct(**_common(name, node), fields=self._fields(node, "fields"), removed=_tombstones(node))
        if node.get("enum"):
            values = tuple(_enum_value(value, child) for value, child in node.children("enum"))
            closed = bool(node.scalar("closed"))
            return Enum(**_common(name, node), values=values, closed=closed, removed=_tombstones(node))
        union = node.get("union")
        return self._union(name, node, union) if union else None

    def _alias(self, name: str, node: Node) -> Alias:
        return Alias(
            **_common(name, node),
            type=self._type(node, "type"),
            constraints=_constraints(node),
            sensitive=bool(node.scalar("sensitive")),
            widened=node.scalar("widened", ""),
        )

    def _union(self, name: str, node: Node, union: Node) -> Union:
        variants = (self._variant(tag, child) for tag, child in union.children("of"))
        return Union(
            **_common(name, node),
            tag=union.scalar("tag", ""),
            variants=tuple(_present(variants)),
            closed=bool(node.scalar("closed")),
            widened=node.scalar("widened", ""),
            removed=_tombstones(node),
        )

    def _variant(self, tag: str, node: Node) -> Variant | None:
        struct = str(node.value)
        if struct in self._declared.broken:
            return None
        if struct not in self._declared.types:
            hint = did_you_mean(struct, self._declared.types) or "a variant is a struct: declare it under `types`"
            self._report.at(node, f"unknown type '{struct}'", hint)
            return None
        return Variant(tag=tag, struct=struct, at=node)

    def error(self, name: str, node: Node) -> ErrorDef:
        return ErrorDef(
            **_common(name, node),
            code=node.scalar("code", 0),
            data=self._fields(node, "data"),
            removed=_tombstones(node),
        )

    def method(self, name: str, node: Node) -> Method:
        safety = node.scalar("safety", "unsafe")
        return Method(
            **_common(name, node),
            params=self._fields(node, "params"),
            result=self._type(node, "result"),
            stream=self._stream(node),
            errors=tuple(_present(self._error_name(child) for child in node.elements("errors"))),
            safety=safety,
            key=node.scalar("key", "request_id") if safety == "keyed" else "",
            handler=node.scalar("handler", "async"),
            admission=node.scalar("admission", "slots"),
            access=node.scalar("access", "any"),
            detached=bool(node.scalar("detached")),
            examples=tuple(_example(child) for child in node.elements("examples")),
            python_name=node.scalar("name", ""),
            removed=_tombstones(node),
        )

    def _stream(self, node: Node) -> StreamDef | None:
        if not node.scalar("stream"):
            return None
        return StreamDef(
            item=self._type(node, "item"),
            notification=node.scalar("notification", ""),
            slow_consumer=node.scalar("slow_consumer", "block"),
        )

    def _error_name(self, node: Node) -> str | None:
        name = str(node.value)
        if name in self._declared.errors:
            return name
        if name not in self._declared.broken:
            hint = did_you_mean(name, self._declared.errors) or "declare it under `errors`"
            self._report.at(node, f"unknown error '{name}'", hint)
        return None

    def _fields(self, node: Node, key: str) -> tuple[Field, ...]:
        return tuple(self._field(name, child) for name, child in node.children(key) if child.get("type"))

    def _field(self, name: str, node: Node) -> Field:
        default = node.get("default")
        return Field(
            **_common(name, node),
            type=self._type(node, "type"),
            optional=bool(node.scalar("optional")),
            default=None if default is None else Default(default.plain()),
            constraints=_constraints(node),
            sensitive=bool(node.scalar("sensitive")),
            widened=node.scalar("widened", ""),
            python_name=node.scalar("name", ""),
        )

    def _type(self, node: Node, key: str) -> TypeRef:
        text = node.get(key)
        if text is None:
            return _ANY
        try:
            return self._known(parse_type(str(text.value)), text)
        except TypeTextError as error:
            self._report.at(text, error.message, write_instead(str(text.value)) or error.hint)
            return _ANY

    def _known(self, ref: TypeRef, at: Node) -> TypeRef:
        match ref:
            case Named(name):
                return self._known_name(ref, name, at)
            case ListOf(item):
                return ListOf(self._known(item, at))
            case DictOf(value):
                return DictOf(self._known(value, at))
            case Nullable(inner):
                return self._known_nullable(self._known(inner, at))
            case Scalar():
                return ref

    def _known_name(self, ref: Named, name: str, at: Node) -> TypeRef:
        if name in self._declared.broken:
            return _ANY
        if name in self._declared.types:
            return ref
        known = [*self._declared.types, *ScalarName, "list", "dict", "None"]
        hint = write_instead(name) or did_you_mean(name, known) or "declare it under `types`"
        self._report.at(at, f"unknown type '{name}'", hint)
        return _ANY

    def _known_nullable(self, inner: TypeRef) -> TypeRef:
        return inner if inner == _ANY else Nullable(inner)


def _common(name: str, node: Node) -> dict[str, Any]:
    return {
        "name": name,
        "doc": _sentence(node),
        "since": node.scalar("since", ""),
        "deprecated": _one_line(node.scalar("deprecated", "")),
        "at": node,
    }


def _sentence(node: Node) -> str:
    return _one_line(node.scalar("doc", ""))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _constraints(node: Node) -> Constraints:
    names = ("minimum", "maximum", "min_length", "max_length", "pattern")
    return Constraints(**{name: node.scalar(name) for name in names})


def _enum_value(value: str, node: Node) -> EnumValue:
    if isinstance(node.value, str):
        return EnumValue(value=value, doc=_one_line(node.value), at=node)
    return EnumValue(
        value=value,
        doc=_sentence(node),
        since=node.scalar("since", ""),
        deprecated=_one_line(node.scalar("deprecated", "")),
        python_name=node.scalar("name", ""),
        at=node,
    )


def _tombstones(node: Node, key: str = "removed") -> tuple[Tombstone, ...]:
    return tuple(
        Tombstone(
            name=name,
            reason=_one_line(child.scalar("reason", "")),
            since=child.scalar("since", ""),
            code=child.scalar("code"),
            at=child,
        )
        for name, child in node.children(key)
    )


def _removed(nodes: Iterable[Node]) -> Removed:
    sections = {key: [mark for node in nodes for mark in _tombstones(node, key)] for key in _REMOVED}
    return Removed(**{key: tuple(marks) for key, marks in sections.items()})


def _compatibility(node: Node | None) -> Compatibility:
    if node is None:
        return Compatibility()
    return Compatibility(
        oldest_peer=node.scalar("oldest_peer", ""),
        deprecated_releases=node.scalar("deprecated_releases", 1),
        accepted=tuple(_accepted(child) for child in node.elements("accepted")),
    )


def _accepted(node: Node) -> Accepted:
    return Accepted(
        rule=node.scalar("rule", ""),
        element=node.scalar("element", ""),
        since=node.scalar("since", ""),
        reason=_one_line(node.scalar("reason", "")),
        at=node,
    )


def _example(node: Node) -> Example:
    params, result = node.get("params"), node.get("result")
    return Example(
        params=params.plain() if params else {},
        result=result.plain() if result else None,
        items=tuple(item.plain() for item in node.elements("items")),
        doc=_sentence(node),
        at=node,
    )


def _present(items: Iterable[T | None]) -> Iterator[T]:
    return (item for item in items if item is not None)
