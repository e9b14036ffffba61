"""methods.schema.json, the JSON Schema of a schema file."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["description", "metaschema"]


@cache
def metaschema(*, is_main: bool = True) -> dict[str, Any]:
    """The schema of a main file, or of an included one, which has no service of its own."""
    schema: dict[str, Any] = json.loads(
        files("daemonrpc_codegen").joinpath("methods.schema.json").read_text(encoding="utf-8")
    )
    return schema if is_main else {"$ref": "#/$defs/fragment", "$defs": schema["$defs"]}


def description(schema: dict[str, Any]) -> str:
    """What a part of the schema says about itself: its description, else the message of its pattern."""
    while "description" not in schema and "$ref" in schema:
        schema = metaschema()["$defs"][schema["$ref"].rpartition("/")[2]]
    return str(schema.get("description") or schema.get("patternErrorMessage", ""))
