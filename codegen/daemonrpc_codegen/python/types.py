"""View of types.py: the declared types, and the params of each method."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from daemonrpc_codegen import naming
from daemonrpc_codegen.direction import sent_by_clients
from daemonrpc_codegen.model import Alias, Api, Enum, EnumValue, Method, Struct, TypeDef, Union
from daemonrpc_codegen.python.annotations import Annotations
from daemonrpc_codegen.python.defaults import named_defaults
from daemonrpc_codegen.python.header import module_docstring
from daemonrpc_codegen.python.imports import Imports
from daemonrpc_codegen.python.order import in_order
from daemonrpc_codegen.python.structs import Member, StructPrinter, StructView, described
from daemonrpc_codegen.python.text import WIDTH, Brackets, docstring, literal, render

__all__ = ["AssignmentView", "ClassView", "DefinitionView", "TypesModule", "UnionView", "types_module"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentView:
    """A name for a type or for a default value."""

    name: str
    value: str
    docstring: str
    is_assignment: bool = True
    is_union: bool = False
    is_spaced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionView:
    """An open union: a union for type checkers, and what decodes it for msgspec."""

    name: str
    choices: str
    factory: str
    docstring: str
    is_assignment: bool = False
    is_union: bool = True
    is_spaced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassView:
    """A struct or an enum."""

    name: str
    bases: str
    docstring: str
    members: Sequence[Member]
    is_assignment: bool = False
    is_union: bool = False
    is_spaced: bool = False


DefinitionView = AssignmentView | UnionView | ClassView


@dataclass(frozen=True, slots=True, kw_only=True)
class TypesModule:
    """What types.py.j2 prints."""

    docstring: str
    imports: str
    definitions: Sequence[DefinitionView]


def types_module(api: Api) -> TypesModule:
    """The view of types.py."""
    imports = Imports()
    printer = _TypesPrinter(api, imports)
    views = [*printer.declared(), *(view for method in api.methods for view in printer.params(method))]
    summary = f"Types of the {api.service} service."
    return TypesModule(docstring=module_docstring(api, summary), imports=imports.render(), definitions=_spaced(views))


def _spaced(views: Sequence[DefinitionView]) -> list[DefinitionView]:
    """Marks what takes two blank lines before it: classes, and what follows one."""
    after_class = [False, *(isinstance(view, ClassView) for view in views)]
    return [
        replace(view, is_spaced=isinstance(view, ClassView) or after)
        for view, after in zip(views, after_class, strict=False)
    ]


class _TypesPrinter:
    def __init__(self, api: Api, imports: Imports) -> None:
        self._api = api
        self._imports = imports
        self._annotations = Annotations(api, imports, types_module="")
        self._known: set[str] = set()
        self._structs = StructPrinter(api, imports, self._annotations, self._known)
        self._sent = sent_by_clients(api)

    def declared(self) -> Iterator[DefinitionView]:
        """The types that the schema declares."""
        for item in in_order(self._api):
            yield self._declared(item)
            self._known.add(item.name)

    def params(self, method: Method) -> Iterator[AssignmentView | ClassView]:
        """The struct of a method's params, after the constants of its defaults."""
        names = named_defaults(self._api, method)
        for param in method.params:
            if param.name in names:
                yield AssignmentView(
                    name=names[param.name],
                    value=str(self._annotations.default(param)),
                    docstring=docstring([f"Default of {param.name} of {method.name}."], 0),
                )
        struct = Struct(name=naming.params_name(method), doc=f"Params of {method.name}.", fields=method.params)
        yield _class(self._structs.print(struct, rename=naming.param_name, omit_defaults=True, default_names=names))

    def _declared(self, item: TypeDef) -> DefinitionView:
        match item:
            case Alias():
                return self._alias(item)
            case Struct(name=name):
                tag, is_sent = self._api.tag_by_struct.get(name), name in self._sent
                return _class(self._structs.print(item, rename=naming.field_name, omit_defaults=is_sent, tag=tag))
            case Enum():
                return self._enum(item)
            case Union():
                return self._union(item)

    def _alias(self, item: Alias) -> AssignmentView:
        value = self._annotations.constrained(item.type, item.constraints, sensitive=item.sensitive)
        text = render(value.before(f"{item.name} = ")) if isinstance(value, Brackets) else f"{item.name} = {value}"
        return AssignmentView(
            name=item.name,
            value=text.removeprefix(f"{item.name} = "),
            docstring=docstring([described(item.doc, item.deprecated)], 0),
        )

    def _enum(self, item: Enum) -> ClassView:
        base = self._imports.use(*(("enum", "StrEnum") if item.closed else ("daemonrpc", "OpenEnum")))
        return ClassView(
            name=item.name,
            bases=base,
            docstring=docstring([described(item.doc, item.deprecated)], 4),
            members=[_enum_member(value) for value in item.values],
        )

    def _union(self, item: Union) -> AssignmentView | UnionView:
        doc = docstring([described(item.doc, item.deprecated)], 0)
        structs = [variant.struct for variant in item.variants]
        if item.closed:
            return AssignmentView(name=item.name, value=" | ".join(structs), docstring=doc)
        self._imports.use("typing", "TYPE_CHECKING")
        structs.append(self._imports.use("daemonrpc", "Unknown"))
        variants = Brackets("of={", [f"{literal(variant.tag)}: {variant.struct}" for variant in item.variants], "}")
        function = self._imports.use("daemonrpc", "open_union")
        factory = Brackets(f"{function}(", [literal(item.name), f"tag={literal(item.tag)}", variants], ")")
        return UnionView(
            name=item.name,
            choices=_choices(item.name, structs),
            factory=render(factory, 4, column=4 + len(item.name) + 3),
            docstring=doc,
        )


def _choices(name: str, structs: Sequence[str]) -> str:
    flat = " | ".join(structs)
    if len(name) + len(flat) + 7 <= WIDTH:
        return flat
    return "(\n        " + "\n        | ".join(structs) + "\n    )"


def _enum_member(value: EnumValue) -> Member:
    declaration = f"{naming.enum_member(value)} = {literal(value.value)}"
    return Member(declaration, docstring([described(value.doc, value.deprecated)], 4))


def _class(view: StructView) -> ClassView:
    return ClassView(name=view.name, bases=view.bases, docstring=view.docstring, members=view.members)
