"""Structs and their fields, ready to print."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from daemonrpc_codegen.model import Api, Field, Struct
from daemonrpc_codegen.python.annotations import Annotations
from daemonrpc_codegen.python.imports import Imports
from daemonrpc_codegen.python.text import Brackets, Code, docstring, literal, render
from daemonrpc_codegen.resolve import is_sensitive, names_in, resolve_field

__all__ = ["Member", "StructPrinter", "StructView", "described"]


@dataclass(frozen=True, slots=True)
class Member:
    """A field of a struct or a member of an enum."""

    declaration: str
    docstring: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StructView:
    """A struct as a class."""

    name: str
    bases: str
    docstring: str
    members: Sequence[Member]


def described(doc: str, deprecated: str) -> str:
    """A doc, and why its subject is deprecated if it is."""
    if not deprecated:
        return doc
    end = "" if deprecated.endswith((".", "!", "?")) else "."
    return f"{doc} Deprecated: {deprecated}{end}"


@dataclass(frozen=True, slots=True)
class StructPrinter:
    """Prints the structs of one module.

    known: the types that exist above the place where a struct is printed; others are named in quotes. None: all do.
    """

    api: Api
    imports: Imports
    annotations: Annotations
    known: Collection[str] | None = field(default=None)

    def print(
        self,
        struct: Struct,
        *,
        rename: Callable[[Field], str],
        omit_defaults: bool = False,
        tag: tuple[str, str] | None = None,
        default_names: Mapping[str, str] | None = None,
    ) -> StructView:
        """The class of a struct.

        tag: name and value of the field that marks a variant of a union.
        default_names: by field, the constant that holds its default.
        """
        sensitive = any(is_sensitive(self.api, item) for item in struct.fields)
        # Struct itself is named too, so that linters know what it does with an empty list as a default.
        options = [self.imports.use("daemonrpc", "Redacted")] if sensitive else []
        options += [self.imports.use("msgspec", "Struct"), "kw_only=True"]
        options += ["omit_defaults=True"] if omit_defaults and any(not item.required for item in struct.fields) else []
        options += [f"tag_field={literal(tag[0])}", f"tag={literal(tag[1])}"] if tag else []
        names = default_names or {}
        return StructView(
            name=struct.name,
            bases=", ".join(options),
            docstring=docstring([described(struct.doc, struct.deprecated)], 4),
            members=[
                self._member(item, rename(item), names.get(item.name) or self._default(item)) for item in struct.fields
            ],
        )

    def _member(self, item: Field, name: str, default: str) -> Member:
        annotation = self._annotation(item)
        assigned = self._assignment(default, "" if name == item.name else item.name)
        code = f"{name}: {annotation}{assigned}"
        if isinstance(annotation, Brackets):
            code = render(annotation.before(f"{name}: ").then(assigned), 4)
        return Member(code, docstring([described(item.doc, item.deprecated)], 4))

    def _annotation(self, item: Field) -> Code:
        annotation = self.annotations.field(item)
        return f'"{annotation}"' if self._is_ahead(item) else annotation

    def _is_ahead(self, item: Field) -> bool:
        if self.known is None:
            return False
        base = resolve_field(self.api, item).base
        names = {*names_in(item.type), *([base.name] if isinstance(base, Struct) else [])}
        return not names <= set(self.known)

    def _default(self, item: Field) -> str:
        default = self.annotations.default(item)
        return "" if default is None else str(default)

    def _assignment(self, default: str, wire_name: str) -> str:
        if not wire_name:
            return f" = {default}" if default else ""
        arguments = [f"name={literal(wire_name)}"]
        if default:
            arguments.append(default[len("field(") : -1] if default.startswith("field(") else f"default={default}")
        return f" = {self.imports.use('msgspec', 'field')}({', '.join(arguments)})"
