"""Types as other languages write them -> what to write here, for hints.

OpenAPI and JSON Schema (`integer`), protobuf (`repeated string`), TypeScript (`string[]`), Python's typing
(`Optional[str]`), Go (`map[string]int`).
"""

import re
from collections.abc import Callable
from typing import Final

__all__ = ["advice_on", "translated"]

_NAMES: Final = {
    **dict.fromkeys(("string", "String", "text", "varchar", "char"), "str"),
    **dict.fromkeys(("integer", "Integer", "long", "short", "byte", "number[int]"), "int"),
    **{f"{sign}int{bits}": "int" for sign in ("", "u", "s") for bits in (8, 16, 32, 64)},
    **dict.fromkeys(("number", "double", "Double", "Float", "float32", "float64", "real"), "float"),
    **dict.fromkeys(("boolean", "Boolean", "Bool"), "bool"),
    **dict.fromkeys(("binary", "base64", "blob", "bytearray"), "bytes"),
    **dict.fromkeys(("date", "time", "timestamp", "Timestamp", "Date", "DateTime", "date-time"), "datetime"),
    **dict.fromkeys(("datetime.datetime", "google.protobuf.Timestamp"), "datetime"),
    **dict.fromkeys(("UUID", "Uuid", "guid", "uuid.UUID"), "uuid"),
    **dict.fromkeys(("Any", "unknown", "json", "JSON", "object?", "google.protobuf.Any"), "any"),
    **dict.fromkeys(("List", "array", "Array", "Sequence", "sequence", "set", "Set", "frozenset", "vector"), "list"),
    **dict.fromkeys(("Dict", "map", "Map", "Mapping", "mapping", "Record", "record"), "dict"),
    **dict.fromkeys(("nil", "undefined"), "None"),
}
_ADVICE: Final = {
    **dict.fromkeys(("object", "struct", "message"), "declare a struct under `types`, or write dict[str, any]"),
    **dict.fromkeys(("enum", "Enum", "Literal"), "declare an enum under `types` and write its name"),
    **dict.fromkeys(("oneof", "oneOf", "anyOf", "union"), "declare a union under `types` and write its name"),
    **dict.fromkeys(("tuple", "Tuple"), "declare a struct with a field for each element"),
    **dict.fromkeys(
        ("duration", "timedelta", "interval"), "write float for seconds, and say the unit in the field's name"
    ),
    **dict.fromkeys(("decimal", "Decimal", "money"), "write str, or int for a count of the smallest unit"),
    **dict.fromkeys(("void", "none", "empty", "Empty", "unit"), "nothing to tell is a struct without fields"),
    **dict.fromkeys(("array", "Array", "List", "Set", "set", "repeated"), "write list[T]"),
    **dict.fromkeys(("map", "Map", "Dict", "Record"), "write dict[str, T]"),
    **dict.fromkeys(("Optional", "optional", "nullable"), "write T | None"),
    **dict.fromkeys(("stream", "Stream"), "a stream is a method with `stream: true`, `item` and `notification`"),
}
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")
_FORMS: Final[tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...]] = (
    (r"map\[\w+\]\s*(.+)", r"dict[str, \1]"),
    (r"repeated\s+(.+)", r"list[\1]"),
    (r"(?:list|array)\s+of\s+(.+?)s?", r"list[\1]"),
    (r"(list|dict)\((.+)\)", r"\1[\2]"),
    (r"Optional\[(.+)\]", r"\1 | None"),
    (r"optional\s+(.+)", r"\1 | None"),
    (r"Union\[(.+)\]", lambda match: match[1].replace(",", " |")),
    (r"(.+?)\s*\?", r"\1 | None"),
    (r"(.+)\s+or\s+(.+)", r"\1 | \2"),
    (r"(.+)\[\]", r"list[\1]"),
    (r"#/(?:\w+/)*(\w+)", r"\1"),
)


def translated(text: str) -> str:
    """What a type of another language is here; the same text if nothing in it is known."""
    text = text.strip().replace("<", "[").replace(">", "]")
    text = re.sub(r"Optional\[([^\[\]]*)\](?=.)", r"\1 | None", text)  # an inner one; the outer is among the forms
    for pattern, form in _FORMS:
        text = re.sub(rf"{pattern}\Z", form, text) if re.match(rf"{pattern}\Z", text) else text
    return _WORD.sub(lambda word: _NAMES.get(word[0], word[0]), text)


def advice_on(text: str) -> str:
    """What to do about the first word of a type that has no counterpart here; empty if nothing is known of it."""
    word = _WORD.match(text.strip())
    return _ADVICE.get(word[0], "") if word else ""
