"""Schemas put together by `allOf`, and null taken out of one."""

from typing import Any, Final

from daemonrpc_codegen.openrpc_import.document import Document
from daemonrpc_codegen.openrpc_import.findings import Findings, below
from daemonrpc_codegen.openrpc_import.jsondata import Json, is_list, is_object, list_in, object_in

__all__ = ["is_null", "merged", "without_null"]

_PARTS: Final = frozenset(("type", "properties", "required", "description", "title", "additionalProperties"))


def merged(document: Document, schema: Json, at: str, findings: Findings, seen: frozenset[str] = frozenset()) -> Json:
    """The schema without `allOf`: one part with notes beside it, or objects whose members are put together."""
    parts = list_in(schema, "allOf")
    if not parts:
        return schema
    beside = {key: value for key, value in schema.items() if key != "allOf"}
    if len(parts) == 1 and is_object(parts[0]):
        return merged(document, {**parts[0], **beside}, at, findings, seen)
    whole = _one_object(document, [*parts, beside], at, findings, seen)
    if whole is None:
        problem = "`allOf` of anything but objects with different members"
        findings.lost(below(at, "allOf"), problem, "written as any")
        return {key: beside[key] for key in ("title", "description", "default") if key in beside}
    findings.note(below(at, "allOf"), "one type is made of several", "their members are written as those of one struct")
    return whole


def _one_object(document: Document, parts: list[Any], at: str, findings: Findings, seen: frozenset[str]) -> Json | None:
    whole: Json = {"type": "object", "properties": {}, "required": []}
    for part in parts:
        target, pointer = document.followed(part, at)
        if not is_object(target) or pointer in seen:
            return None
        inside = seen if pointer == at else seen | {pointer}
        flat = merged(document, target, pointer, findings, inside)
        if flat.get("additionalProperties", True) is not True:
            problem = "a part of `allOf` says something about members of the others"
            findings.lost(below(pointer, "additionalProperties"), problem, "left out")
        if set(flat) - _PARTS or flat.get("type", "object") != "object" or not _add(whole, flat):
            return None
    return whole


def _add(whole: Json, part: Json) -> bool:
    for name, member in object_in(part, "properties").items():
        if whole["properties"].setdefault(name, member) != member:
            return False
    whole["required"] += [name for name in list_in(part, "required") if name not in whole["required"]]
    whole |= {key: part[key] for key in ("description", "title") if key in part}
    return True


def without_null(schema: Json, at: str, findings: Findings) -> tuple[Json, bool]:
    """The schema of the values that are not null, and whether null is one too."""
    core, nullable = dict(schema), schema.get("nullable") is True
    kinds: Any = core.get("type")
    if is_list(kinds):
        nullable |= "null" in kinds
        core["type"] = _single_kind([str(kind) for kind in kinds if kind != "null"], at, findings)
    if None in list_in(core, "enum"):
        nullable, core["enum"] = True, [value for value in core["enum"] if value is not None]
    for key in ("anyOf", "oneOf"):
        parts = list_in(core, key)
        if any(map(is_null, parts)):
            nullable = True
            rest = [part for part in parts if not is_null(part)]
            del core[key]
            core |= rest[0] if len(rest) == 1 and is_object(rest[0]) else {key: rest}
    if is_null(core):
        findings.lost(at, "null alone is no type", "written as any")
        core = {name: value for name, value in core.items() if name not in ("type", "const")}
    return core, nullable


def _single_kind(kinds: list[str], at: str, findings: Findings) -> str:
    if len(kinds) == 1:
        return kinds[0]
    if set(kinds) == {"integer", "number"}:
        return "number"
    problem = f"a value of several types ({', '.join(kinds)}) needs a tag"
    findings.lost(below(at, "type"), problem, "written as any")
    return ""


def is_null(part: Any) -> bool:
    """Whether null is the only value of a schema."""
    if not is_object(part):
        return False
    return part.get("type") == "null" or part.get("enum") == [None] or ("const" in part and part["const"] is None)
