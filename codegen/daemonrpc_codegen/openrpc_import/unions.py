"""Choices of objects: unions, if a text in each of them tells them apart."""

from collections.abc import Iterator
from typing import Any

from daemonrpc_codegen.openrpc_import.docs import doc_of
from daemonrpc_codegen.openrpc_import.findings import below
from daemonrpc_codegen.openrpc_import.jsondata import Json, is_list, is_object, list_in, object_in
from daemonrpc_codegen.openrpc_import.keywords import report_rest
from daemonrpc_codegen.openrpc_import.names import pascal
from daemonrpc_codegen.openrpc_import.typer import Typer

__all__ = ["Unions"]


class Unions:
    """The unions of a document, and which structs are their variants."""

    def __init__(self, types: Typer) -> None:
        self._types = types
        self._homes: set[str] = set()
        """The structs that are variants."""
        self._tags: dict[str, str] = {}
        """By pointer of a variant, the member that is its tag and no field of its own."""
        for schema in _choices_in(types.document.data):
            self._note_tag(schema)

    def tag_at(self, pointer: str) -> str:
        """The member that tells an object of the document apart from others, or the empty text."""
        return self._tags.get(pointer, "")

    def declaration(self, schema: Json, at: str, hint: str) -> Json | None:
        """The declaration of a union; None, and a finding, if nothing tells its parts apart."""
        key = "oneOf" if "oneOf" in schema else "anyOf"
        parts = [part for part in list_in(schema, key) if is_object(part)]
        pointers = [below(at, key, number) for number in range(len(parts))]
        tag = self._tag(schema, parts)
        if tag is None or len(parts) < 2:
            hint_text = "written as any: declare a union of structs with a tag, or choose one type"
            self._types.findings.lost(below(at, key), "no text in each of the choices tells them apart", hint_text)
            return None
        report_rest(schema, "union", at, self._types.findings)
        known = [(part, pointer) for part, pointer in zip(parts, pointers, strict=True) if not _is_unknown(part, tag)]
        is_open = len(known) < len(parts) or bool(schema.get("x-open"))
        of = {
            self._value(schema, part, tag): self._variant(part, tag, pointer, hint, schema) for part, pointer in known
        }
        doc = doc_of(schema, at, self._types.findings)
        return {"doc": doc, **({} if is_open else {"closed": True}), "union": {"tag": tag, "of": of}}

    def _note_tag(self, schema: Json) -> None:
        parts = [part for key in ("oneOf", "anyOf") for part in list_in(schema, key)]
        tag = self._tag(schema, parts) if parts and all(map(is_object, parts)) else None
        for part in parts if tag else ():
            if _reference(part):
                self._tags.setdefault(_reference(part), str(tag))

    def _tag(self, schema: Json, parts: list[Any]) -> str | None:
        named = object_in(schema, "discriminator").get("propertyName")
        objects = [self._object(part) for part in parts]
        first = next((item for item in objects if item), dict[str, Any]())
        wishes = [str(named)] if named else list(object_in(first, "properties"))
        for wish in wishes:
            values = [self._value(schema, part, wish) for part in parts if not _is_unknown(part, wish)]
            if values and None not in values and len(set(values)) == len(values):
                return wish
        return None

    def _value(self, schema: Json, part: Any, tag: str) -> str | None:
        """What the tag is in one of the choices."""
        member = object_in(object_in(self._object(part), "properties"), tag)
        value = member.get("const", _only(list_in(member, "enum")))
        if isinstance(value, str):
            return value
        reference = _reference(part)
        if "discriminator" not in schema or not reference:
            return None
        mapping, name = object_in(object_in(schema, "discriminator"), "mapping"), reference.rpartition("/")[2]
        return next((value for value, target in mapping.items() if target in (reference, name)), name)

    def _object(self, part: Any) -> Json:
        """The object schema of a choice; empty if it is none."""
        target, _ = self._types.document.followed({"$ref": _reference(part)} if _reference(part) else part, "")
        return target if is_object(target) and "properties" in target else {}

    def _variant(self, part: Any, tag: str, at: str, hint: str, schema: Json) -> str:
        """The name of the struct of a choice. One that is a variant elsewhere is declared again: it has one tag."""
        reference, value = _reference(part), str(self._value(schema, part, tag))
        if tag not in list_in(self._object(part), "required") and tag not in _required_beside(part):
            self._types.findings.lost(at, f"'{tag}' may be left out of it", "written as a tag, which is always sent")
        struct = self._types.place({"$ref": reference}, at, hint).type if reference else ""
        if not struct or struct in self._homes:
            if struct:
                problem = f"'{struct}' is a variant of another union too"
                self._types.findings.note(at, problem, "its fields are written once more, in a struct of its own")
            struct = self._types.declare(hint + pascal(value), self._types.struct(self._object(part), at, hint, tag))
        self._homes.add(struct)
        return struct


def _reference(part: Any) -> str:
    """Where a choice leads: by `$ref`, or by one with `required` beside it, as our own documents have it."""
    inside = list_in(part, "allOf")
    if len(inside) == 2 and is_object(inside[1]) and list(inside[1]) == ["required"]:
        return _reference(inside[0])
    return str(part.get("$ref", "")) if is_object(part) else ""


def _required_beside(part: Any) -> list[Any]:
    inside = list_in(part, "allOf")
    return list_in(inside[-1], "required") if inside else []


def _is_unknown(part: Any, tag: str) -> bool:
    """Whether a choice stands for every tag that is not named."""
    return "not" in object_in(object_in(part, "properties"), tag)


def _only(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else None


def _choices_in(value: Any) -> Iterator[Json]:
    """Every object in the document that is a choice."""
    if is_object(value) and (list_in(value, "oneOf") or list_in(value, "anyOf")):
        yield value
    for child in value.values() if is_object(value) else value if is_list(value) else ():
        yield from _choices_in(child)
