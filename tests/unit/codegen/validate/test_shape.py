import json
from importlib.resources import files

from jsonschema import Draft202012Validator

from daemonrpc_codegen.validate import messages
from daemonrpc_codegen.validate.metaschema import metaschema

STRUCTURE = {"$schema", "$ref", "$defs", "title", "description", "patternErrorMessage", "properties", "items"}
APPLICATORS = {"allOf", "if", "then", "else", "propertyNames"}
"""jsonschema reports what is wrong below these, never these themselves."""


def test_the_meta_schema_is_a_json_schema() -> None:
    Draft202012Validator.check_schema(metaschema())


def test_every_rule_of_the_meta_schema_has_a_message() -> None:
    used = keywords(metaschema()) - STRUCTURE - APPLICATORS
    assert used == set(messages._RULES)


def test_every_property_describes_itself() -> None:
    from daemonrpc_codegen.validate.metaschema import description

    schema = json.loads(files("daemonrpc_codegen").joinpath("methods.schema.json").read_text(encoding="utf-8"))
    parts = [schema, *schema["$defs"].values()]
    silent = [name for part in parts for name, value in part.get("properties", {}).items() if not description(value)]
    assert silent == []


def keywords(schema: object) -> set[str]:
    """The keywords of a schema, at every level."""
    if not isinstance(schema, dict):
        return set()
    found = set(schema)
    for key, value in schema.items():
        if key in ("properties", "$defs"):
            found.update(*map(keywords, value.values()))
        elif key in ("oneOf", "allOf"):
            found.update(*map(keywords, value))
        elif key not in ("enum", "required", "type"):
            found |= keywords(value)
    return found
