"""What the rules of methods.schema.json say when they are broken, in the words of a person."""

from collections.abc import Callable
from typing import Any, Final, cast

from jsonschema.exceptions import ValidationError

from daemonrpc_codegen.context import context_of
from daemonrpc_codegen.errors import did_you_mean
from daemonrpc_codegen.load import Node
from daemonrpc_codegen.report import Report
from daemonrpc_codegen.validate.metaschema import description
from daemonrpc_codegen.validate.otherkeys import what_to_write

__all__ = ["explain"]

_KINDS: Final = {
    "string": "text",
    "object": "a mapping",
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}
_OF_ALL_TYPES: Final = ("doc", "since", "deprecated")
_KEYS_OF_A_TYPE: Final = frozenset({*_OF_ALL_TYPES, "type", "fields", "enum", "union", "closed", "code", "data"})


def explain(error: ValidationError, node: Node, report: Report) -> list[Node]:
    """Report one broken rule of a node; returns the nodes that cannot stay."""
    explanation = _RULES.get(str(error.validator))
    if explanation is None:
        raise AssertionError(f"methods.schema.json uses '{error.validator}', which has no message")
    return explanation(error, node, report)


def _additional_properties(error: ValidationError, node: Node, report: Report) -> list[Node]:
    known = list(_schema(error)["properties"])
    wrong = [child for key, child in node.items() if key not in known]
    for child in wrong:
        report.at_key(child, f"unknown key '{child.path[-1]}'", what_to_write(child, known))
    return wrong


def _required(error: ValidationError, node: Node, report: Report) -> list[Node]:
    schema = _schema(error)
    # jsonschema reports each missing key by itself, and only its message says which.
    key = next(name for name in schema["required"] if repr(name) == error.message.partition(" is a required")[0])
    report.at_key(node, f"'{key}' is missing", description(schema.get("properties", {}).get(key, {})))
    return []


def _type(error: ValidationError, node: Node, report: Report) -> list[Node]:
    wanted = _value(error) if isinstance(error.validator_value, list) else [error.validator_value]
    words = " or ".join(_KINDS[str(kind)] for kind in wanted)
    report.at(node, f"{_subject(node)}expected {words}, found {node.shown()}", description(_schema(error)))
    return [node]


def _enum(error: ValidationError, node: Node, report: Report) -> list[Node]:
    known = [str(value) for value in _value(error)]
    hint = did_you_mean(str(node.value), known)
    report.at(node, f"{_subject(node)}{node.shown()} is not one of {', '.join(known)}", hint)
    return [node]


def _pattern(error: ValidationError, node: Node, report: Report) -> list[Node]:
    hint = _schema(error).get("patternErrorMessage", "")
    if _is_key(error, node):
        child = _child(node, error.instance)
        is_indented_too_little = error.instance in _KEYS_OF_A_TYPE
        report.at_key(
            child,
            f"{error.instance!r} cannot be a name",
            "it belongs to the name above: move it to the right" if is_indented_too_little else hint,
        )
        return [child]
    report.at(node, f"{_subject(node)}{node.shown()} is not allowed", hint)
    return [node]


def _length(error: ValidationError, node: Node, report: Report) -> list[Node]:
    if _is_key(error, node):
        child = _child(node, error.instance)
        problem = "a name is empty" if not error.instance else f"the name is longer than {error.validator_value}"
        report.at_key(child, problem)
        return [child]
    problem = f"is longer than {error.validator_value}"
    if str(error.validator).startswith("min"):
        problem = "is empty" if error.validator_value == 1 else f"has fewer than {error.validator_value}"
    subject = "the entry" if isinstance(node.path[-1], int) else f"'{node.path[-1]}'"
    report.at(node, f"{subject} {problem}", description(_schema(error)))
    return [node]


def _minimum(error: ValidationError, node: Node, report: Report) -> list[Node]:
    report.at(node, f"{_subject(node)}{node.shown()} is less than {error.validator_value}")
    return [node]


def _one_of(error: ValidationError, node: Node, report: Report) -> list[Node]:
    keys = [branch["required"][0] for branch in _value(error)]
    given = [key for key in keys if node.get(key)]
    if given:
        report.at_key(node, f"a type has only one of {', '.join(keys)}; this has {' and '.join(given)}")
    else:
        hints = (what_to_write(child, keys) for key, child in node.items() if key not in _OF_ALL_TYPES)
        hint = next(hints, "`type` makes an alias, `fields` a struct")
        report.at_key(node, f"a type needs one of {', '.join(keys)}", hint)
    return [node]


_RULES: Final[dict[str, Callable[[ValidationError, Node, Report], list[Node]]]] = {
    "additionalProperties": _additional_properties,
    "enum": _enum,
    "maxLength": _length,
    "minItems": _length,
    "minLength": _length,
    "minProperties": _length,
    "minimum": _minimum,
    "oneOf": _one_of,
    "pattern": _pattern,
    "required": _required,
    "type": _type,
}


def _is_key(error: ValidationError, node: Node) -> bool:
    """Whether the rule is about a key of the node: propertyNames leads to errors whose value is the key."""
    return isinstance(node.value, dict) and isinstance(error.instance, str)


def _child(node: Node, key: Any) -> Node:
    return next(child for name, child in node.items() if name == key)


def _subject(node: Node) -> str:
    """The key of the node, where the context of the message does not end with it already."""
    if not node.path or context_of(node.path) != context_of(node.path[:-1]):
        return ""
    key = next(key for key in reversed(node.path) if isinstance(key, str))
    return f"'{key}': "


def _schema(error: ValidationError) -> dict[str, Any]:
    return cast("dict[str, Any]", error.schema)


def _value(error: ValidationError) -> list[Any]:
    return cast("list[Any]", error.validator_value)
