"""View of the half of strategies.py that makes JSON which readers refuse: one function for each type."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from daemonrpc_codegen import naming
from daemonrpc_codegen.model import Alias, Api, Scalar, ScalarName, TypeDef
from daemonrpc_codegen.python.text import docstring, literal
from daemonrpc_codegen.resolve import resolve

__all__ = ["StrategyView", "invalid_views"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyView:
    """A function that returns a strategy."""

    name: str
    type: str
    docstring: str
    body: str
    is_cached: bool


def invalid_views(api: Api, taken: Collection[str]) -> Iterator[StrategyView]:
    """The functions, in the order of those that make valid values; `taken` are the names of these."""
    for item in api.types:
        if not _is_any(api, item):
            yield _view(item.name, f"invalid_type({literal(item.name)})", "Any", "no reader takes", taken)
    for method in api.methods:
        call = f"invalid_params({literal(method.name)})"
        yield _view(naming.params_name(method), call, "dict[str, Any]", "the server refuses", taken)
    for error in api.errors:
        if error.data:
            call = f"invalid_error_data({literal(error.name)})"
            yield _view(naming.data_name(error.name), call, "Any", "no client takes", taken)


def _view(name: str, call: str, kind: str, who: str, taken: Collection[str]) -> StrategyView:
    return StrategyView(
        name=naming.invalid_name(name, taken),
        type=kind,
        docstring=docstring([f"JSON that {who} as {name}: one thing in it is wrong."], 4),
        body=f"_INVALID.{call}",
        is_cached=False,
    )


def _is_any(api: Api, item: TypeDef) -> bool:
    """Whether a type is any JSON value: nothing is wrong as one."""
    return isinstance(item, Alias) and resolve(api, item.type).base == Scalar(ScalarName.ANY)
