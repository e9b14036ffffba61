"""View of strategies.py: a Hypothesis strategy for each type, made from the schema."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from daemonrpc_codegen import naming
from daemonrpc_codegen.jsonschema import INT_MAX, INT_MIN
from daemonrpc_codegen.model import (
    Alias,
    Api,
    Constraints,
    DictOf,
    Enum,
    ErrorDef,
    Field,
    ListOf,
    Method,
    Named,
    Nullable,
    Scalar,
    ScalarName,
    Struct,
    TypeDef,
    TypeRef,
    Union,
)
from daemonrpc_codegen.python.annotations import Annotations
from daemonrpc_codegen.python.header import module_docstring
from daemonrpc_codegen.python.imports import Imports
from daemonrpc_codegen.python.invalid import StrategyView, invalid_views
from daemonrpc_codegen.python.order import recursive_types
from daemonrpc_codegen.python.text import Brackets, Choice, Code, docstring, literal, render
from daemonrpc_codegen.resolve import Resolved, names_in, resolve

__all__ = ["StrategiesModule", "strategies_module"]

_SIZE = 5
"""How many elements a list or dict gets beyond its smallest length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategiesModule:
    """What strategies.py.j2 prints."""

    docstring: str
    imports: str
    strategies: Sequence[StrategyView]
    uses_any: bool
    results: str
    """A dict: for each method the function that makes its results."""
    items: str
    """The same for the items of streams."""


def strategies_module(api: Api) -> StrategiesModule:
    """The view of strategies.py."""
    imports = Imports()
    imports.use("hypothesis", "strategies as st")
    imports.use("hypothesis.strategies", "SearchStrategy")
    printer = _Printer(api, imports)
    views = [
        *map(printer.declared, api.types),
        *map(printer.params, api.methods),
        *(printer.data(error) for error in api.errors if error.data),
    ]
    answers = printer.answers()
    imports.use("collections.abc", "Callable")
    imports.use("typing", "Any")
    imports.use(".methods", "SERVICE")
    imports.use("daemonrpc.testing.schemas", "ServiceValues")
    return StrategiesModule(
        docstring=module_docstring(api, f"Hypothesis strategies for the types of the {api.service} service."),
        imports=imports.render(),
        strategies=[*views, *answers.functions, *invalid_views(api, {view.name for view in views})],
        uses_any=printer.uses_any,
        results=_table(answers.results),
        items=_table(answers.items),
    )


def _table(rows: Sequence[str]) -> str:
    return "".join(("{\n", *(f"    {row},\n" for row in rows), "}")) if rows else "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    functions: list[StrategyView]
    results: list[str]
    items: list[str]


class _Printer:
    def __init__(self, api: Api, imports: Imports) -> None:
        self._api = api
        self._imports = imports
        self._recursive = recursive_types(api)
        self.uses_any = False

    def declared(self, item: TypeDef) -> StrategyView:
        """The strategy of a declared type."""
        self._imports.use(".types", item.name)
        match item:
            case Struct():
                return self.fields(item.name, ".types", item.fields, naming.field_name)
            case Alias():
                body = self._place(item.type, item.constraints)
            case Enum():
                body = Brackets("st.sampled_from(", [item.name], ")")
            case Union():
                body = Brackets("st.one_of(", [self._call(variant.struct) for variant in item.variants], ")")
        return self._view(item.name, body)

    def params(self, method: Method) -> StrategyView:
        """The strategy of a method's params."""
        return self.fields(naming.params_name(method), ".types", method.params, naming.param_name)

    def data(self, error: ErrorDef) -> StrategyView:
        """The strategy of an error's data."""
        return self.fields(naming.data_name(error.name), ".errors", error.data, naming.data_field_name)

    def answers(self) -> _Answers:
        """What methods answer, and what streams send."""
        made = _Answers(functions=[], results=[], items=[])
        for method in self._api.methods:
            name = naming.method_name(method)
            made.results.append(f"{literal(method.name)}: {self._answer(method.result, f'_{name}_result', made)}")
            if method.stream:
                made.items.append(f"{literal(method.name)}: {self._answer(method.stream.item, f'_{name}_item', made)}")
        return made

    def _answer(self, ref: TypeRef, name: str, made: _Answers) -> str:
        """The function for a type: that of a declared type, or a new one."""
        if isinstance(ref, Named):
            return naming.strategy_name(ref.name)
        kind = Annotations(self._api, self._imports).type(ref)
        body = render(self._place(ref, Constraints()), 4, column=11)
        doc = docstring([f"Values of `{kind}`."], 4)
        made.functions.append(StrategyView(name=name, type=kind, docstring=doc, body=body, is_cached=False))
        return name

    def fields(self, name: str, module: str, fields: Sequence[Field], rename: Callable[[Field], str]) -> StrategyView:
        """The strategy of a struct with these fields."""
        arguments: list[Code] = [self._imports.use(module, name)]
        for field in fields:
            strategy = self._field(field)
            prefix = f"{rename(field)}="
            arguments.append(prefix + strategy if isinstance(strategy, str) else strategy.before(prefix))
        return self._view(name, Brackets("st.builds(", arguments, ")"))

    def _view(self, name: str, body: Code) -> StrategyView:
        is_cached = name in self._recursive
        if is_cached:
            self._imports.use("functools", "cache")
        return StrategyView(
            name=naming.strategy_name(name),
            type=name,
            docstring=docstring([f"Values of {name}."], 4),
            body=render(body, 4, column=11),
            is_cached=is_cached,
        )

    def _field(self, field: Field) -> Code:
        strategy = self._place(field.type, field.constraints)
        if not field.optional:
            return strategy
        return _or(f"st.just({self._imports.use('daemonrpc', 'UNSET')})", strategy)

    def _place(self, ref: TypeRef, constraints: Constraints) -> Code:
        """The strategy of a type where it is used; a declared type without further constraints is a call."""
        if constraints == Constraints():
            match ref:
                case Named(name):
                    return self._call(name)
                case Nullable(inner):
                    return _or("st.none()", self._place(inner, constraints))
                case _:
                    pass
        return self._resolved(resolve(self._api, ref, constraints), ref)

    def _call(self, name: str) -> str:
        function = naming.strategy_name(name)
        return f"st.deferred(lambda: {function}())" if name in self._recursive else f"{function}()"

    def _resolved(self, whole: Resolved, ref: TypeRef) -> Code:
        match whole.base:
            case Scalar(name):
                code = self._scalar(name, whole.constraints)
            case ListOf(item):
                code = Brackets("st.lists(", [self._place(item, Constraints()), *self._sizes(whole, ref)], ")")
            case DictOf(item):
                values = self._place(item, Constraints())
                code = Brackets("st.dictionaries(", ["st.text()", values, *self._sizes(whole, ref)], ")")
            case other:
                code = self._call(other.name)
        return _or("st.none()", code) if whole.nullable else code

    def _sizes(self, whole: Resolved, ref: TypeRef) -> list[str]:
        smallest = whole.constraints.min_length or 0
        # One element at most keeps a tree from growing faster than it ends.
        largest = smallest + (1 if self._recursive.intersection(names_in(ref)) else _SIZE)
        if whole.constraints.max_length is not None:
            largest = min(largest, whole.constraints.max_length)
        return [*([f"min_size={smallest}"] if smallest else []), f"max_size={largest}"]

    def _scalar(self, name: ScalarName, limits: Constraints) -> Code:
        match name:
            case ScalarName.STR:
                return _text(limits)
            case ScalarName.INT:
                return Brackets("st.integers(", [_int(limits.minimum, INT_MIN), _int(limits.maximum, INT_MAX)], ")")
            case ScalarName.FLOAT:
                return Brackets("st.floats(", _float_arguments(limits), ")")
            case ScalarName.BOOL:
                return "st.booleans()"
            case ScalarName.BYTES:
                return "st.binary()"
            case ScalarName.DATETIME:
                return f"st.datetimes(timezones=st.just({self._imports.use('datetime', 'UTC')}))"
            case ScalarName.UUID:
                return "st.uuids()"
            case ScalarName.ANY:
                self.uses_any = True
                return "_any()"


def _or(first: str, second: Code) -> Code:
    return Choice([first, *(second.operands if isinstance(second, Choice) else [second])])


def _text(limits: Constraints) -> Code:
    low, high = limits.min_length, limits.max_length
    if limits.pattern is None:
        sizes = [f"min_size={low}"] if low else []
        return Brackets("st.text(", [*sizes, *([f"max_size={high}"] if high is not None else [])], ")")
    # Classes of characters are those of ASCII, as for the server.
    pattern = f"(?a:{limits.pattern})" if "\\" in limits.pattern else limits.pattern
    code = Brackets("st.from_regex(", [literal(pattern), "fullmatch=True"], ")")
    if low is None and high is None:
        return code
    length = f"{f'{low} <= ' if low is not None else ''}len(text){f' <= {high}' if high is not None else ''}"
    return code.then(f".filter(lambda text: {length})")


def _int(value: float | None, edge: int) -> str:
    if value is not None and value != edge:
        return str(int(value))
    return "-(2**63)" if edge < 0 else "2**63 - 1"


def _float_arguments(limits: Constraints) -> list[str]:
    bounds = (("min_value", limits.minimum), ("max_value", limits.maximum))
    return [
        *(f"{name}={literal(float(value))}" for name, value in bounds if value is not None),
        "allow_nan=False",
        "allow_infinity=False",
    ]
