"""JSON Schemas -> types: built-in ones where they stand, declarations for objects, enums and unions."""

from typing import Any, Final

from daemonrpc_codegen.openrpc_import.aliases import open_circles
from daemonrpc_codegen.openrpc_import.composition import is_null, merged, without_null
from daemonrpc_codegen.openrpc_import.docs import doc_of, history_of
from daemonrpc_codegen.openrpc_import.document import Document
from daemonrpc_codegen.openrpc_import.enums import enum_of
from daemonrpc_codegen.openrpc_import.fields import field_trees, own_constraints
from daemonrpc_codegen.openrpc_import.findings import Findings, below
from daemonrpc_codegen.openrpc_import.jsondata import Json, is_list, is_object, list_in, object_in
from daemonrpc_codegen.openrpc_import.keywords import report_rest
from daemonrpc_codegen.openrpc_import.names import TypeNames
from daemonrpc_codegen.openrpc_import.scalars import Slot, number_slot, text_slot
from daemonrpc_codegen.openrpc_import.unions import Unions

__all__ = ["Types"]

_SCHEMAS = "#/components/schemas/"
_KINDS: Final[dict[type[Any], str]] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
}
_ANY = Slot("any")
_SIZES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "array": (("minItems", "min_length"), ("maxItems", "max_length")),
    "object": (("minProperties", "min_length"), ("maxProperties", "max_length")),
}


class Types:
    """Declares types as they are needed; `declared` holds their trees by name, those of the components first."""

    def __init__(self, document: Document, names: TypeNames, findings: Findings) -> None:
        self.declared: dict[str, Json] = {}
        self.findings = findings
        self.document = document
        self._names = names
        self._by_pointer: dict[str, str] = {}
        self._unions = Unions(self)
        for key in document.components("schemas"):
            self._reserve(key)
        for key, schema in document.components("schemas").items():
            pointer = _SCHEMAS + key
            if self._is_first_of_two(key):
                self._declare(self._by_pointer[pointer], schema, pointer)
        open_circles(self.declared, {name: pointer for pointer, name in self._by_pointer.items()}, findings)

    def place(self, schema: Any, at: str, hint: str) -> Slot:
        """The type of a value; what needs a declaration is declared, under a name like `hint`."""
        if not is_object(schema):
            if schema is not True:
                self.findings.lost(at, "no value fits this schema, or it is none", "written as any")
            return _ANY
        core, nullable = self._plain(schema, at)
        slot = self._core(core, at, hint)
        if (slot.nullable or slot.type == _ANY.type) and any(map(is_null, list_in(schema, "oneOf"))):
            self.findings.lost(below(at, "oneOf"), "null fits two of its choices, and so none", "null is accepted")
        return Slot(slot.type, slot.constraints, nullable or slot.nullable)

    def inner(self, schema: Any, at: str, hint: str) -> str:
        """The type inside of a list or dict, where no constraints can stand: an alias is declared for those."""
        if "default" in (schema if is_object(schema) else {}):
            self.findings.note(below(at, "default"), "only a field or a param has a default", "left out")
        slot = self.place(schema, at, hint)
        if not slot.constraints:
            return slot.text
        name = self._names.fresh(hint)
        doc = doc_of(schema, at, self.findings) if "description" in schema else f"Value inside of {hint}."
        self.declared[name] = {"type": slot.type, **slot.constraints, "doc": doc}
        return Slot(name, nullable=slot.nullable).text

    def struct(self, schema: Json, at: str, hint: str, tag: str = "") -> Json:
        """The declaration of an object with members; `tag` is one that a union says."""
        report_rest(schema, "struct", at, self.findings)
        extra = schema.get("additionalProperties")
        if extra is True or is_object(extra):
            problem = "members beside the named ones cannot be described"
            self.findings.lost(below(at, "additionalProperties"), problem, "written with the named ones only")
        without = tag or self._unions.tag_at(at)
        fields = field_trees(self, _without_member(schema, without) if without else schema, at, hint)
        return {"doc": doc_of(schema, at, self.findings), "fields": fields}

    def declare(self, hint: str, tree: Json) -> str:
        """Declare a type under a name like `hint`; returns the name."""
        name = self._names.fresh(hint)
        self.declared[name] = tree
        return name

    def _reserve(self, key: str) -> None:
        if self._is_first_of_two(key):
            self._by_pointer[_SCHEMAS + key] = self._names.fresh(key)
        else:
            self._by_pointer[_SCHEMAS + key] = self._by_pointer[_SCHEMAS + key.removesuffix(".params")]

    def _is_first_of_two(self, key: str) -> bool:
        """Our own documents hold a type that travels both ways twice: as `X`, and as `X.params`."""
        other = key.removesuffix(".params")
        return not (self.document.is_ours and other != key and other in self.document.components("schemas"))

    def _declare(self, name: str, schema: Any, at: str) -> None:
        self.declared[name] = {}  # its place in the file
        notes = schema if is_object(schema) else {}
        core, nullable = self._plain(notes, at)
        tree = None if nullable else self._definition(core, at, name)
        if "default" in notes:
            self.findings.note(below(at, "default"), "only a field or a param has a default", "left out")
        if tree is None:
            slot = own_constraints(notes, self.place(schema, at, f"{name}Value"))
            sensitive = {"sensitive": True} if notes.get("x-sensitive") else {}
            tree = {"type": slot.text, **slot.constraints, **sensitive, "doc": doc_of(schema, at, self.findings)}
        self.declared[name] = tree | history_of(schema, at, self.findings)

    def _plain(self, schema: Json, at: str) -> tuple[Json, bool]:
        """The schema without `allOf` and null, and whether null is allowed."""
        core, nullable = without_null(merged(self.document, schema, at, self.findings), at, self.findings)
        return merged(self.document, core, at, self.findings), nullable

    def _definition(self, schema: Json, at: str, hint: str) -> Json | None:
        """The declaration that a schema stands for, if it needs one."""
        if "$ref" in schema:
            return None
        tree = enum_of(schema, at, self.findings)
        if tree is None and ("oneOf" in schema or "anyOf" in schema):
            return self._unions.declaration(schema, at, hint)
        return self.struct(schema, at, hint) if tree is None and "properties" in schema else tree

    def _core(self, schema: Json, at: str, hint: str) -> Slot:
        if "$ref" in schema:
            return self._reference(schema, at)
        hint = str(schema.get("title") or hint)
        tree = self._definition(schema, at, hint)
        if tree is not None:
            return Slot(self.declare(hint, tree))
        if "oneOf" in schema or "anyOf" in schema:
            return _ANY  # told by the union
        return self._built_in(schema, at, hint)

    def _reference(self, schema: Json, at: str) -> Slot:
        report_rest(schema, "reference", at, self.findings)
        pointer = str(schema["$ref"])
        if pointer not in self._by_pointer:
            target = self.document.target(pointer)
            if target is None:
                self.findings.lost(at, f"{pointer} leads nowhere in this document", "written as any")
                return _ANY
            name = self._names.fresh(pointer.rpartition("/")[2])
            self._by_pointer[pointer] = name
            self._declare(name, target, pointer)
        return Slot(self._by_pointer[pointer])

    def _built_in(self, schema: Json, at: str, hint: str) -> Slot:
        match _kind(schema):
            case "string":
                report_rest(schema, "text", at, self.findings)
                return text_slot(schema, at, self.findings, is_ours=self.document.is_ours)
            case "integer" | "number" as kind:
                report_rest(schema, "number", at, self.findings)
                return number_slot(schema, at, self.findings, whole=kind == "integer")
            case "boolean":
                report_rest(schema, "any", at, self.findings)
                return Slot("bool")
            case "array":
                return self._list(schema, at, hint)
            case "object":
                return self._dict(schema, at, hint)
            case "":
                report_rest(schema, "any", at, self.findings)
                return _ANY
            case other:
                self.findings.lost(below(at, "type"), f"{other} has no type of its own", "written as any")
                return _ANY

    def _list(self, schema: Json, at: str, hint: str) -> Slot:
        report_rest(schema, "list", at, self.findings)
        items = schema.get("items", True)
        if is_list(items) or "prefixItems" in schema:
            self.findings.lost(at, "a list whose places have types of their own", "written as list[any]")
            items = True
        limits = {ours: schema[theirs] for theirs, ours in _SIZES["array"] if theirs in schema}
        return Slot(f"list[{self.inner(items, below(at, 'items'), f'{hint}Item')}]", limits)

    def _dict(self, schema: Json, at: str, hint: str) -> Slot:
        report_rest(schema, "dict", at, self.findings)
        values, inside = _values_of(schema, at, self.findings)
        if values is False or schema.get("required"):
            self.findings.lost(at, "an object whose members are not described", "written as dict[str, any]")
            values = True
        limits = {ours: schema[theirs] for theirs, ours in _SIZES["object"] if theirs in schema}
        return Slot(f"dict[str, {self.inner(values, inside, f'{hint}Value')}]", limits)


def _kind(schema: Json) -> str:
    """`type`, or what the other members say that it is."""
    if "type" in schema:
        return str(schema["type"])
    values = list_in(schema, "enum") or ([schema["const"]] if "const" in schema else [])
    kinds = {next((kind for of, kind in _KINDS.items() if type(value) is of), "") for value in values}
    if len(kinds) == 1:
        return kinds.pop()
    signs = {"items": "array", "additionalProperties": "object", "pattern": "string", "minLength": "string"}
    return next((kind for sign, kind in signs.items() if sign in schema), "")


def _without_member(schema: Json, name: str) -> Json:
    members = {key: member for key, member in object_in(schema, "properties").items() if key != name}
    return schema | {"properties": members, "required": [key for key in list_in(schema, "required") if key != name]}


def _values_of(schema: Json, at: str, findings: Findings) -> tuple[Any, str]:
    """The schema of the values of a dict, and its pointer: that of one pattern for keys, if there is no other."""
    by_pattern = object_in(schema, "patternProperties")
    if len(by_pattern) != 1 or is_object(schema.get("additionalProperties")):
        if by_pattern:
            findings.lost(below(at, "patternProperties"), "a dict has one type for all its values", "left out")
        return schema.get("additionalProperties", True), below(at, "additionalProperties")
    ((pattern, values),) = by_pattern.items()
    pointer = below(at, "patternProperties", pattern)
    if pattern not in (".*", "^.*$", ".+", "^.+$"):
        findings.lost(
            pointer, f"the keys of a dict are any text, not only such as match {pattern}", "written without it"
        )
    return values, pointer
