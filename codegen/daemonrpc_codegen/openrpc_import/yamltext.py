"""The schema as YAML text: short mappings on one line, everything else in blocks."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from daemonrpc_codegen.openrpc_import.jsondata import is_list, is_object

__all__ = ["schema_text"]

_WIDTH: Final = 130
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_./()'| -]*|[0-9]+\.[0-9]+\.[0-9]+")
_WORDS: Final = frozenset(("null", "true", "false", "~"))
_UNPRINTABLE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def schema_text(tree: dict[str, Any]) -> str:
    """The text of a schema file."""
    sections = [_section(key, value) for key, value in tree.items()]
    return "\n".join(sections).replace("\n\n\n", "\n\n") + "\n"


def _section(key: str, value: Any) -> str:
    if not is_object(value) or not value:
        return f"{_scalar(key)}: {_flow(value)}"
    entries = ["\n".join(_lines({name: entry}, 2)) for name, entry in value.items()]
    return f"\n{_scalar(key)}:\n" + "\n".join(entries)


def _lines(value: dict[str, Any], indent: int) -> Iterator[str]:
    for key, child in value.items():
        head = f"{' ' * indent}{_scalar(key)}:"
        flat = f"{head} {_flow(child)}"
        if len(flat) <= _WIDTH or not child:
            yield flat
        elif is_object(child):
            yield head
            yield from _lines(child, indent + 2)
        elif is_list(child):
            yield head
            yield from (f"{' ' * (indent + 2)}- {_flow(item)}" for item in child)
        else:
            yield flat


def _flow(value: Any) -> str:
    if is_object(value):
        return f"{{{', '.join(f'{_scalar(key)}: {_flow(child)}' for key, child in value.items())}}}"
    if is_list(value):
        return f"[{', '.join(map(_flow, value))}]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS and value[-1] != " ":
        return value
    text = json.dumps(value, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
