"""One method of an OpenRPC document as text for a person."""

from collections.abc import Iterator
from typing import Any

import msgspec

from conductord.cli.output import Output

Json = dict[str, Any]


def describe_method(output: Output, method: Json, document: Json) -> Iterator[str]:
    """Lines: what it does, its params, its result with all fields, its errors, an example."""
    yield f"{output.style(method['name'], 'bold')}  ({_kind(method)})"
    yield f"  {method['summary']}"
    if method["params"]:
        yield "\nparams:"
    for param in method["params"]:
        need = "" if param.get("required") else ", may be left out"
        yield f"  {param['name']}: {type_text(param['schema'])}{need}{_deprecated(param)}"
        yield f"      {param.get('description', '')}"
    if "x-stream" in method:
        yield from _type_lines("each item", method["x-stream"]["item"], document)
    yield from _type_lines("result", method["result"]["schema"], document)
    yield from _error_lines(method.get("errors", []), document)
    for example in method.get("examples", [])[:1]:
        params = {param["name"]: param["value"] for param in example["params"]}
        yield "\nexample:"
        yield f"  conductor call {method['name']} '{msgspec.json.encode(params).decode()}'"


def type_text(schema: Json) -> str:
    """A schema as the schema language writes it: `str`, `list[int]`, `JobRef | None`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2].removesuffix(".params")
    for key in ("anyOf", "allOf", "oneOf"):
        if key in schema:
            return " | ".join(type_text(part) for part in schema[key])
    kinds = schema.get("type", "any")
    return " | ".join(_one_type(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _one_type(kind: str, schema: Json) -> str:
    if kind == "array":
        return f"list[{type_text(schema.get('items', {}))}]"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"dict[str, {type_text(schema['additionalProperties'])}]"
    if kind == "string" and schema.get("format") == "date-time":
        return "datetime"
    return {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}.get(kind, kind)


def _kind(method: Json) -> str:
    words = [str(method.get("x-safety", "unsafe"))]
    if "x-stream" in method:
        words.append("stream")
    if method.get("x-access", "any") != "any":
        words.append(f"for the {method['x-access']} only")
    return ", ".join(words)


def _deprecated(param: Json) -> str:
    return f" (deprecated: {param.get('x-deprecated', 'do not use it')})" if param.get("deprecated") else ""


def _type_lines(title: str, schema: Json, document: Json) -> Iterator[str]:
    yield f"\n{title}: {type_text(schema)}"
    name = type_text(schema).removeprefix("list[").removesuffix("]")
    for field, kind in document["components"]["schemas"].get(name, {}).get("properties", {}).items():
        yield f"  {field}: {type_text(kind)}"
        yield f"      {kind.get('description', '')}"


def _error_lines(references: list[Json], document: Json) -> Iterator[str]:
    if references:
        yield "\nerrors:"
    for reference in references:
        name = str(reference["$ref"]).rpartition("/")[2]
        error = document["components"]["errors"][name]
        yield f"  {error['code']} {name}: {error['message']}"
