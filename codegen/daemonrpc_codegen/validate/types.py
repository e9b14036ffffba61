"""Aliases and unions: constraints that fit, variants that can be told apart."""

from daemonrpc_codegen.errors import did_you_mean
from daemonrpc_codegen.model import Alias, Api, Struct, Union, Variant
from daemonrpc_codegen.report import Report
from daemonrpc_codegen.validate.constraints import check_constraints

__all__ = ["check_types"]


def check_types(api: Api, report: Report) -> None:
    """Report what is wrong with the declared types themselves; their fields are checked elsewhere."""
    home: dict[str, Union] = {}
    for item in api.types:
        if isinstance(item, Alias):
            check_constraints(api, item.type, item.constraints, item.at, report)
        if isinstance(item, Union):
            _check_union(api, item, home, report)


def _check_union(api: Api, union: Union, home: dict[str, Union], report: Report) -> None:
    for variant in union.variants:
        target = api.type_by_name[variant.struct]
        if not isinstance(target, Struct):
            structs = [item.name for item in api.types if isinstance(item, Struct)]
            hint = did_you_mean(variant.struct, structs) or "wrap it in a struct with one field"
            report.at(variant.at, f"'{variant.struct}' is no struct: a variant needs room for the tag", hint)
            continue
        _check_tag(target, union, variant, report)
        _check_home(variant, union, home, report)


def _check_tag(struct: Struct, union: Union, variant: Variant, report: Report) -> None:
    field = next((field for field in struct.fields if field.name == union.tag), None)
    if field is not None:
        message = f"the struct '{struct.name}' has a field '{union.tag}' already, which is the tag"
        report.at(variant.at, message, f"remove the field (at {field.at.key_place}), or choose another tag")


def _check_home(variant: Variant, union: Union, home: dict[str, Union], report: Report) -> None:
    """A struct is sent with its tag wherever it stands, so it can have only one."""
    other = home.setdefault(variant.struct, union)
    if other is not union:
        message = f"the struct '{variant.struct}' is a variant of the union '{other.name}' already"
        report.at(variant.at, message, "declare another struct with the same fields")
    elif [item.struct for item in union.variants].index(variant.struct) != union.variants.index(variant):
        report.at(variant.at, f"the struct '{variant.struct}' has two tags", "declare another struct for the second")
