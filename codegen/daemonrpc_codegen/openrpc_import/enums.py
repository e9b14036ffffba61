"""Texts out of a list: `enum`, `const`, and choices of them."""

from daemonrpc_codegen.openrpc_import.docs import doc_of, history_of, one_line
from daemonrpc_codegen.openrpc_import.findings import TODO, Findings, below
from daemonrpc_codegen.openrpc_import.jsondata import Json, is_object, list_in, object_in
from daemonrpc_codegen.openrpc_import.keywords import report_rest
from daemonrpc_codegen.openrpc_import.names import value_names

__all__ = ["enum_of"]


def enum_of(schema: Json, at: str, findings: Findings) -> Json | None:
    """The declaration of an enum, or None if the schema is none."""
    values = _values(schema)
    is_open = bool(schema.get("x-open"))
    if values is None:
        key, parts = _choices(schema)
        listed = [_values(part) for part in parts]
        known = [part for part in listed if part is not None]
        others = [part for part, found in zip(parts, listed, strict=True) if found is None]
        if not known or not all(_is_any_text(part) for part in others):
            return None
        is_open |= bool(others)
        values = {value: doc for part in known for value, doc in part.items()}
        report_rest({name: schema[name] for name in schema if name != key}, "enum", at, findings)
    else:
        report_rest(schema, "enum", at, findings)
    tree = {"doc": doc_of(schema, at, findings), **({} if is_open else {"closed": True})}
    return tree | {"enum": _value_trees(schema, values, at, findings)}


def _choices(schema: Json) -> tuple[str, list[Json]]:
    for key in ("oneOf", "anyOf"):
        parts = [part for part in list_in(schema, key) if is_object(part)]
        if parts and len(parts) == len(list_in(schema, key)):
            return key, parts
    return "", []


def _values(schema: Json) -> dict[str, str] | None:
    """The values of one list and the doc of a single one; None if they are not all texts."""
    listed = list_in(schema, "enum") or ([schema["const"]] if "const" in schema else [])
    values = [value for value in listed if isinstance(value, str)]
    if not values or len(values) < len(listed) or schema.get("type", "string") != "string":
        return None
    doc = one_line(schema.get("description") or schema.get("title")) if len(values) == 1 else ""
    return dict.fromkeys(values, doc)


def _is_any_text(schema: Json) -> bool:
    return schema.get("type") == "string" and not set(schema) - {"type", "description", "title"}


def _value_trees(schema: Json, values: dict[str, str], at: str, findings: Findings) -> Json:
    docs, notes = object_in(schema, "x-values"), object_in(schema, "x-value-notes")
    names = value_names(value for value in values if "x-name" not in object_in(notes, value))
    trees: Json = {}
    for value, doc in values.items():
        known = one_line(docs.get(value)) or doc
        if not known:
            findings.note(below(at, "enum"), "its values have no descriptions", f"each is written as '{TODO}'")
        name = object_in(notes, value).get("x-name") or names.get(value)
        more = history_of(object_in(notes, value), at, findings) | ({"name": name} if name else {})
        trees[value] = {"doc": known or TODO, **more} if more else known or TODO
    return trees
