"""Fields, values and variants as rows of tables."""

from collections.abc import Iterable, Iterator

from daemonrpc_codegen.exchange import compact
from daemonrpc_codegen.model import Enum, EnumValue, Field, Union, Variant
from daemonrpc_codegen.site.links import Links, member
from daemonrpc_codegen.site.view import Prose, Row
from daemonrpc_codegen.words import limit_words

__all__ = ["field_rows", "value_rows", "variant_rows"]


def field_rows(anchor: str, fields: Iterable[Field], links: Links) -> list[Row]:
    """Params, fields or error data of an entry."""
    return [_field_row(anchor, field, links) for field in fields]


def _field_row(anchor: str, field: Field, links: Links) -> Row:
    return Row(
        anchor=member(anchor, field.name),
        name=field.name,
        type=links.type(field.type),
        presence=_presence(field),
        is_required=field.required,
        limits=list(_limits(field)),
        doc=links.prose(field.doc),
        since=field.since,
        deprecated=links.prose(field.deprecated),
    )


def value_rows(anchor: str, enum: Enum, links: Links) -> list[Row]:
    """The values of an enum."""
    return [_value_row(anchor, value, links) for value in enum.values]


def _value_row(anchor: str, value: EnumValue, links: Links) -> Row:
    return Row(
        anchor=member(anchor, value.value),
        name=value.value or '""',
        doc=links.prose(value.doc),
        since=value.since,
        deprecated=links.prose(value.deprecated),
    )


def variant_rows(anchor: str, union: Union, links: Links) -> list[Row]:
    """The variants of a union, by tag."""
    return [_variant_row(anchor, variant, links) for variant in union.variants]


def _variant_row(anchor: str, variant: Variant, links: Links) -> Row:
    return Row(anchor=member(anchor, variant.tag), name=variant.tag, type=Prose([links.named(variant.struct)]))


def _limits(field: Field) -> Iterator[str]:
    yield from limit_words(field.constraints)
    if field.sensitive:
        yield "kept out of logs"
    if field.widened:
        yield f"accepts more since {field.widened}"


def _presence(field: Field) -> str:
    if field.optional:
        return "optional"
    return "required" if field.default is None else f"default {compact(field.default.value)}"
