"""A JSON Schema validator that reads a schema as the codec reads a message, for tests that compare the two.

Four things a plain validator of Python sees differently: `$` in a pattern ends before a final newline, and `\\d` is any
digit of Unicode (in ECMA-262, which JSON Schema names, neither is so), 1.0 is an integer (on the wire it is not), and
`format` is only a note.
"""

import re
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

from daemonrpc_codegen.jsonschema import JsonSchema

__all__ = ["conforms", "validator"]


def validator(schema: JsonSchema) -> Any:
    """A validator of a schema that `params_schema` or `result_schema` made."""
    checker: Any = Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)
    library: Any = validators  # `extend` has no types of its own
    kind = library.extend(Draft202012Validator, validators={"pattern": _pattern}, type_checker=checker)
    return kind(schema, format_checker=_formats())


def conforms(schema: JsonSchema, value: Any) -> bool:
    """Whether a decoded JSON value is what a schema describes."""
    return bool(validator(schema).is_valid(value))


def _is_integer(checker: Any, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _pattern(owner: Any, pattern: str, value: Any, schema: JsonSchema) -> Any:
    if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), value, re.ASCII):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=[])
    checker.checks("date-time", raises=ValueError)(_is_datetime)
    return checker


def _is_datetime(value: object) -> bool:
    if not isinstance(value, str):
        return True
    whole, _, zone = value.upper().replace(" ", "T").partition(".")
    digits = re.match(r"\d*", zone)
    fraction = digits.group() if digits else ""
    text = f"{whole}{zone[len(fraction) :]}"
    return bool(datetime.fromisoformat(text))
