"""Does a value that stands in the schema fit a type? For defaults and examples; strict, as a server is with params."""

import base64
import binascii
import math
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from daemonrpc_codegen.errors import did_you_mean
from daemonrpc_codegen.jsonschema import INT_MAX, INT_MIN
from daemonrpc_codegen.load import Node
from daemonrpc_codegen.model import (
    Api,
    Constraints,
    DictOf,
    Enum,
    Field,
    ListOf,
    Scalar,
    ScalarName,
    Struct,
    TypeRef,
    Union,
)
from daemonrpc_codegen.patterns import compiled
from daemonrpc_codegen.report import Report
from daemonrpc_codegen.resolve import resolve

__all__ = ["check_members", "check_value"]

_RFC3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:[Zz]|[+-]\d\d:\d\d)")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def check_value(api: Api, ref: TypeRef, at: Node, report: Report, constraints: Constraints | None = None) -> None:
    """Report where the value at a node, and anything inside it, does not fit a type."""
    whole = resolve(api, ref, constraints)
    if at.value is None and whole.nullable:
        return
    match whole.base:
        case Scalar(name):
            problem = _scalar_problem(name, at, whole.constraints)
            if problem:
                report.at(at, problem, _scalar_hint(name, at.value))
        case ListOf(item):
            _check_list(api, item, at, whole.constraints, report)
        case DictOf(value):
            _check_dict(api, value, at, whole.constraints, report)
        case Enum() as enum:
            _check_enum(enum, at, report)
        case Struct() as struct:
            check_members(api, struct.fields, at, f"'{struct.name}'", report)
        case Union() as union:
            _check_union(api, union, at, report)


def check_members(api: Api, fields: Iterable[Field], at: Node, owner: str, report: Report, tag: str = "") -> None:
    """Report where the object at a node is not what these fields allow; `tag` is one more member that it may have."""
    if not isinstance(at.value, dict):
        report.at(at, f"{at.shown()} is not {owner}: expected a mapping")
        return
    known = {field.name: field for field in fields}
    for name, child in at.items():
        if name in known:
            check_value(api, known[name].type, child, report, known[name].constraints)
        elif name != tag:
            report.at_key(child, f"there is no '{name}' in {owner}", did_you_mean(name, known))
    for field in known.values():
        if field.required and at.get(field.name) is None:
            report.at(at, f"'{field.name}' is missing in {owner}")


def _check_list(api: Api, item: TypeRef, at: Node, limits: Constraints, report: Report) -> None:
    if not isinstance(at.value, list):
        report.at(at, f"{at.shown()} is no list")
        return
    _report_if(_length_problem(len(at.value), limits), at, report)
    for child in at.value:
        check_value(api, item, child, report)


def _check_dict(api: Api, value: TypeRef, at: Node, limits: Constraints, report: Report) -> None:
    if not isinstance(at.value, dict):
        report.at(at, f"{at.shown()} is no dict: expected a mapping")
        return
    _report_if(_length_problem(len(at.value), limits), at, report)
    for child in at.value.values():
        check_value(api, value, child, report)


def _check_enum(enum: Enum, at: Node, report: Report) -> None:
    values = [value.value for value in enum.values]
    if at.value not in values:
        hint = did_you_mean(str(at.value), values) or f"known are {', '.join(values)}"
        report.at(at, f"{at.shown()} is no value of '{enum.name}'", hint)


def _check_union(api: Api, union: Union, at: Node, report: Report) -> None:
    tag = at.get(union.tag)
    if tag is None:
        report.at(at, f"'{union.tag}', the tag of '{union.name}', is missing")
        return
    variants = {variant.tag: variant.struct for variant in union.variants}
    struct = api.type_by_name.get(variants.get(tag.value, "")) if isinstance(tag.value, str) else None
    if isinstance(struct, Struct):
        check_members(api, struct.fields, at, f"'{struct.name}'", report, tag=union.tag)
    else:
        report.at(tag, f"{tag.shown()} is no tag of '{union.name}'", did_you_mean(str(tag.value), variants))


def _report_if(problem: str, at: Node, report: Report) -> None:
    if problem:
        report.at(at, problem)


def _scalar_problem(name: ScalarName, at: Node, limits: Constraints) -> str:
    value = at.value
    match name:
        case ScalarName.ANY:
            return ""
        case ScalarName.BOOL:
            fits = isinstance(value, bool)
        case ScalarName.INT:
            fits = isinstance(value, int) and not isinstance(value, bool) and INT_MIN <= value <= INT_MAX
        case ScalarName.FLOAT:
            fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        case _:
            fits = isinstance(value, str)
    if not fits:
        return f"{at.shown()} is no {name.value}"
    if isinstance(value, str):
        return _text_problem(name, value, limits)
    return _number_problem(value, limits) if isinstance(value, int | float) else ""


def _scalar_hint(name: ScalarName, value: object) -> str:
    match name, value:
        case _, None:
            return "`T | None` allows null"
        case ScalarName.STR, bool() | int() | float():
            return "a text that looks like something else needs quotes"
        case ScalarName.BOOL, str() | int():
            return "write true or false"
        case ScalarName.INT, float() if value.is_integer():
            return f"write {int(value)}"
        case ScalarName.INT, int() if not isinstance(value, bool):
            return "an int has 64 bits: from -2**63 to 2**63 - 1"
        case ((ScalarName.INT | ScalarName.FLOAT), str()) if value.lstrip("+-").replace(".", "", 1).isdecimal():
            return "a number has no quotes"
        case _:
            return ""


def _number_problem(value: float, limits: Constraints) -> str:
    if limits.minimum is not None and value < limits.minimum:
        return f"{value} is less than the minimum {limits.minimum}"
    if limits.maximum is not None and value > limits.maximum:
        return f"{value} is greater than the maximum {limits.maximum}"
    return ""


def _text_problem(name: ScalarName, value: str, limits: Constraints) -> str:
    match name:
        case ScalarName.BYTES:
            return "" if _is_base64(value) else f"'{value}' is no base64"
        case ScalarName.DATETIME:
            return "" if _is_datetime(value) else f"'{value}' is no datetime: write 2026-02-01T12:00:00Z, with a zone"
        case ScalarName.UUID:
            return "" if _UUID.fullmatch(value) and UUID(value) else f"'{value}' is no uuid"
        case _:
            return _length_problem(len(value), limits) or _pattern_problem(value, limits.pattern)


def _pattern_problem(value: str, pattern: str | None) -> str:
    try:
        fits = pattern is None or compiled(pattern).fullmatch(value)
    except re.error:  # reported where the pattern stands
        fits = True
    return "" if fits else f"'{value}' does not match the pattern {pattern}"


def _length_problem(length: int, limits: Constraints) -> str:
    if limits.min_length is not None and length < limits.min_length:
        return f"the length {length} is less than min_length {limits.min_length}"
    if limits.max_length is not None and length > limits.max_length:
        return f"the length {length} is greater than max_length {limits.max_length}"
    return ""


def _is_base64(value: str) -> bool:
    try:
        return bool(base64.b64decode(value, validate=True)) or not value
    except (binascii.Error, ValueError):
        return False


def _is_datetime(value: str) -> bool:
    try:
        return bool(_RFC3339.fullmatch(value)) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
