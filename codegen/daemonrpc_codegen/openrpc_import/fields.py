"""Members of objects as fields: type, constraints, presence, doc."""

from collections.abc import Callable
from typing import Any

from daemonrpc_codegen import naming
from daemonrpc_codegen.model import Field
from daemonrpc_codegen.openrpc_import.docs import doc_of, history_of, one_line, sentences
from daemonrpc_codegen.openrpc_import.findings import below
from daemonrpc_codegen.openrpc_import.jsondata import Json, is_object, list_in, object_in
from daemonrpc_codegen.openrpc_import.names import member_names, pascal
from daemonrpc_codegen.openrpc_import.scalars import Slot
from daemonrpc_codegen.openrpc_import.typer import Typer

__all__ = ["field_tree", "field_trees", "own_constraints"]

Rename = Callable[[Field], str]


def field_trees(types: Typer, schema: Json, at: str, hint: str, rename: Rename = naming.field_name) -> Json:
    """The fields of an object, by name."""
    members, required = object_in(schema, "properties"), list_in(schema, "required")
    for name in required:
        if name not in members:
            problem = f"'{name}' is required and not described"
            types.findings.lost(below(at, "required"), problem, "written as any")
    if "" in members:
        types.findings.lost(below(at, "properties", ""), "a field without a name", "left out")
    all_members: Json = members | {name: True for name in required if name not in members}
    all_members = {name: member for name, member in all_members.items() if name}
    names = member_names((name for name in all_members if not _own_name(all_members[name])), rename)
    return {
        name: field_tree(types, member, below(at, "properties", name), hint + pascal(name), required=name in required)
        | ({"name": names[name]} if name in names else {})
        for name, member in all_members.items()
    }


def field_tree(types: Typer, schema: Any, at: str, hint: str, *, required: bool, notes: Json | None = None) -> Json:
    """One field; `notes` are what stands beside the schema of a param, and come first."""
    known = schema if is_object(schema) else {}
    said = {**known, **(notes or {})}
    slot = own_constraints(said, types.place(schema, at, hint))
    tree: Json = {"type": slot.text, **slot.constraints}
    if "default" in known and not required:
        tree["default"] = known["default"]
    elif not required:
        tree["optional"] = True
    elif "default" in known:
        types.findings.note(below(at, "default"), "a required value has no default", "left out")
    tree |= {"sensitive": True} if said.get("x-sensitive") else {}
    tree |= {"name": said["x-name"]} if "x-name" in said else {}
    tree |= history_of(said, at, types.findings)
    return tree | {"doc": _doc(types, known, said, slot, at)}


def _doc(types: Typer, schema: Json, said: Json, slot: Slot, at: str) -> str:
    """What is said of a param, and what its schema says besides: a declared type says that itself."""
    doc, more = doc_of(said, at, types.findings), one_line(schema.get("description"))
    is_told = not more or more in doc or slot.type in types.declared
    return doc if is_told else sentences(doc, more)


def own_constraints(notes: Json, slot: Slot) -> Slot:
    """The type and the constraints that our own documents name, else those that were read."""
    constraints = object_in(notes, "x-constraints")
    if not constraints:
        return slot
    text = str(notes.get("x-type", slot.text))
    return Slot(text.removesuffix(" | None"), constraints, text.endswith(" | None"))


def _own_name(member: Any) -> bool:
    return is_object(member) and "x-name" in member
