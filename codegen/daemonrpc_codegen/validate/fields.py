"""Fields of structs, params and error data: presence, constraints, defaults, order."""

from collections.abc import Iterable

from daemonrpc_codegen.model import Api, Field, Struct, Union
from daemonrpc_codegen.report import Report
from daemonrpc_codegen.resolve import resolve_field
from daemonrpc_codegen.validate.constraints import check_constraints
from daemonrpc_codegen.validate.values import check_value

__all__ = ["check_fields"]


def check_fields(api: Api, report: Report) -> None:
    """Report what is wrong with any field."""
    for item in api.types:
        if isinstance(item, Struct):
            _check_all(api, item.fields, report)
    for error in api.errors:
        _check_all(api, error.data, report)
        _check_arguments(error.data, report)
    for method in api.methods:
        _check_all(api, method.params, report)
        _check_arguments(method.params, report)
        _check_order(method.params, report)


def _check_all(api: Api, fields: Iterable[Field], report: Report) -> None:
    for field in fields:
        check_constraints(api, field.type, field.constraints, field.at, report)
        if field.default is not None:
            _check_default(api, field, report)


def _check_default(api: Api, field: Field, report: Report) -> None:
    node = field.at["default"]
    if field.optional:
        hint = "keep optional if absent means something of its own, else keep default"
        report.at_key(node, "a field has a default or is optional, not both", hint)
        return
    base = resolve_field(api, field).base
    if isinstance(base, Union) and node.value is not None:
        report.at(node, f"a field of the union '{base.name}' has no default", "make it optional, or T | None with null")
    elif isinstance(base, Struct) and node.value is not None and node.value != {}:
        report.at(node, f"the default of the struct '{base.name}' can only be {{}}", "give its fields their defaults")
    else:
        check_value(api, field.type, node, report, field.constraints)


def _check_arguments(fields: Iterable[Field], report: Report) -> None:
    for field in fields:
        node = field.at.get("default")
        if node is not None and isinstance(node.value, dict | list):
            hint = "`optional: true` instead, or `T | None` with `default: null`"
            report.at(node, "an argument has no list or mapping as its default", hint)


def _check_order(params: Iterable[Field], report: Report) -> None:
    earlier = ""
    for param in params:
        if not param.required:
            earlier = earlier or param.name
        elif earlier:
            hint = f"move it before '{earlier}': params can be given by position"
            report.at_key(param.at, "a required param comes after one that can be left out", hint)
