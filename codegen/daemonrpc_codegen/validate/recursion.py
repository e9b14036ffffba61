"""Types that lead back to themselves: fine for a struct that can end, wrong for an alias or a struct that cannot."""

from dataclasses import replace

from daemonrpc_codegen.model import Alias, Api, DictOf, Field, ListOf, Scalar, ScalarName, Struct, TypeRef, Union
from daemonrpc_codegen.report import Report
from daemonrpc_codegen.resolve import names_in, resolve

__all__ = ["check_recursion", "without_alias_cycles"]


def without_alias_cycles(api: Api, report: Report) -> Api:
    """Report aliases that stand for themselves; returns the model with those as `any`."""
    cyclic = {item.name for item in api.types if isinstance(item, Alias) and _leads_back(api, item)}
    for item in api.types:
        if item.name in cyclic:
            report.at(item.at["type"], f"the alias '{item.name}' refers to itself", "make it a struct with fields")
    if not cyclic:
        return api
    any_type = Scalar(ScalarName.ANY)
    types = (
        replace(item, type=any_type) if isinstance(item, Alias) and item.name in cyclic else item for item in api.types
    )
    return replace(api, types=tuple(types))


def _leads_back(api: Api, alias: Alias) -> bool:
    seen: set[str] = set()
    ahead = names_in(alias.type)
    while ahead:
        name = ahead.pop()
        if name == alias.name:
            return True
        target = api.type_by_name[name]
        if name not in seen and isinstance(target, Alias):
            ahead.extend(names_in(target.type))
        seen.add(name)
    return False


def check_recursion(api: Api, report: Report) -> None:
    """Report structs and unions of which no value ends: each would have to hold another of itself."""
    ending: set[str] = set()
    while more := {item.name for item in api.types if item.name not in ending and _ends(api, item.name, ending)}:
        ending |= more
    for item in api.types:
        if item.name not in ending:
            hint = "make one of the fields that lead back optional, nullable or a list"
            report.at_key(item.at, f"a value of '{item.name}' would never end", hint)


def _ends(api: Api, name: str, ending: set[str]) -> bool:
    item = api.type_by_name[name]
    match item:
        case Struct(fields=fields):
            return all(_type_ends(api, field.type, ending) for field in fields if _is_always_there(field))
        case Union(variants=variants):
            return not variants or any(variant.struct in ending for variant in variants)
        case Alias(type=ref):
            return _type_ends(api, ref, ending)
        case _:
            return True


def _is_always_there(field: Field) -> bool:
    """Whether each value holds one: a default that is a struct is made together with what holds it."""
    return field.required or (field.default is not None and field.default.value == {})


def _type_ends(api: Api, ref: TypeRef, ending: set[str]) -> bool:
    whole = resolve(api, ref)
    if whole.nullable or isinstance(whole.base, Scalar | ListOf | DictOf):
        return True
    return whole.base.name in ending
