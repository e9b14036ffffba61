"""View of reference.md: every method, type and error of the service for a person to read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from daemonrpc_codegen import naming
from daemonrpc_codegen.dump import fingerprint
from daemonrpc_codegen.exchange import answer_lines, compact, request_line
from daemonrpc_codegen.markdown import cell, code, prose
from daemonrpc_codegen.model import (
    Alias,
    Api,
    Constraints,
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
    Scalar,
    Struct,
    TypeDef,
    TypeRef,
    Union,
)
from daemonrpc_codegen.python.header import made_from
from daemonrpc_codegen.words import Fact, limit_words, method_facts, stream_facts

__all__ = ["ErrorEntry", "MethodEntry", "ReferencePage", "Row", "TypeEntry", "reference_page"]


@dataclass(frozen=True, slots=True)
class Row:
    """A field, a param, a value or a variant."""

    name: str
    type: str
    presence: str
    doc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodEntry:
    """A method with all that a caller needs to know."""

    name: str
    doc: str
    facts: Sequence[str]
    params: Sequence[Row]
    examples: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeEntry:
    """A declared type."""

    name: str
    doc: str
    kind: str
    fields: Sequence[Row]
    values: Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorEntry:
    """A declared error."""

    name: str
    code: int
    doc: str
    data: Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePage:
    """What reference.md.j2 prints."""

    made_from: str
    service: str
    version: str
    fingerprint: str
    doc: str
    methods: Sequence[MethodEntry]
    types: Sequence[TypeEntry]
    errors: Sequence[ErrorEntry]


def reference_page(api: Api) -> ReferencePage:
    """The view of reference.md."""
    return ReferencePage(
        made_from=made_from(api),
        service=api.service,
        version=api.version,
        fingerprint=fingerprint(api),
        doc=prose(api.doc),
        methods=[_method(method) for method in api.methods],
        types=[_type(item) for item in api.types],
        errors=[_error(error) for error in api.errors],
    )


def _method(method: Method) -> MethodEntry:
    return MethodEntry(
        name=method.name,
        doc=_doc(method),
        facts=list(_facts(method)),
        params=_rows(method.params),
        examples=[_example(method, example) for example in method.examples],
    )


def _facts(method: Method) -> Iterable[str]:
    yield f"Python: `{naming.method_name(method)}`"
    if method.stream:
        yield f"Items: {_type_text(method.stream.item)}, sent in order before the end"
        yield from map(_fact, stream_facts(method.stream))
    yield f"{'End' if method.stream else 'Result'}: {_type_text(method.result)}"
    if method.errors:
        yield f"Errors: {', '.join(_link(name) for name in method.errors)}"
    yield from map(_fact, method_facts(method))
    if method.since:
        yield f"Since {method.since}"


def _fact(fact: Fact) -> str:
    return f"{fact.term}: **{fact.word}**. {fact.meaning}"


def _example(method: Method, example: Example) -> str:
    return "\n".join((request_line(method, example.params), *answer_lines(method, example)))


def _type(item: TypeDef) -> TypeEntry:
    return TypeEntry(name=item.name, doc=_doc(item), kind=_kind(item), fields=_fields(item), values=_values(item))


def _kind(item: TypeDef) -> str:
    match item:
        case Alias():
            return f"{_type_text(item.type)}{_limits(item.constraints)}{', sensitive' if item.sensitive else ''}"
        case Struct():
            return "object" if item.fields else "object without members"
        case Enum():
            return "text, one of" if item.closed else "text, one of these (a newer daemon may know more)"
        case Union():
            more = "" if item.closed else " (a newer daemon may know more)"
            return f"object, told apart by {code(item.tag)}{more}"


def _fields(item: TypeDef) -> list[Row]:
    return _rows(item.fields) if isinstance(item, Struct) else []


def _values(item: TypeDef) -> list[Row]:
    match item:
        case Enum(values=values):
            return [Row(cell(code(value.value)), "", "", cell(_doc(value))) for value in values]
        case Union(variants=variants):
            return [Row(cell(code(variant.tag)), "", "", _link(variant.struct)) for variant in variants]
        case _:
            return []


def _error(error: ErrorDef) -> ErrorEntry:
    return ErrorEntry(name=error.name, code=error.code, doc=_doc(error), data=_rows(error.data))


def _rows(fields: Iterable[Field]) -> list[Row]:
    return [
        Row(
            cell(code(field.name)),
            cell(_type_text(field.type) + _limits(field.constraints)),
            _presence(field),
            cell(_doc(field)),
        )
        for field in fields
    ]


def _presence(field: Field) -> str:
    if field.optional:
        return "optional"
    if field.default is not None:
        return f"default {cell(code(compact(field.default.value)))}"
    return "required"


def _limits(limits: Constraints) -> str:
    shown = limit_words(replace(limits, pattern=None))
    shown = [*shown, f"matches {code(limits.pattern)}"] if limits.pattern else [*shown]
    return "".join(f", {words}" for words in shown)


def _type_text(ref: TypeRef) -> str:
    match ref:
        case Scalar(name):
            return name.value
        case Named(name):
            return _link(name)
        case ListOf(item):
            return f"list of {_type_text(item)}"
        case DictOf(value):
            return f"dict of {_type_text(value)}"
        case Nullable(inner):
            return f"{_type_text(inner)} or null"


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _doc(item: TypeDef | Method | ErrorDef | Field | EnumValue) -> str:
    since = f" *Since {item.since}.*" if item.since and isinstance(item, Field | EnumValue) else ""
    widened = f" *Accepts more since {item.widened}.*" if isinstance(item, Field) and item.widened else ""
    deprecated = f" **Deprecated:** {prose(item.deprecated)}" if item.deprecated else ""
    return f"{prose(item.doc)}{since}{widened}{deprecated}"
