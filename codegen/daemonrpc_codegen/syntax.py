"""What to do about a text that is no YAML: the parser says where it stumbled, seldom why."""

import re
from collections.abc import Callable
from typing import Final

import yaml

from daemonrpc_codegen.errors import Place, SchemaError

__all__ = ["syntax_error"]


def syntax_error(error: yaml.MarkedYAMLError, text: str, file: str) -> SchemaError:
    """The error of the parser, with its place and a hint."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    problem = str(error.problem)
    hint = next((hint(text.splitlines(), line, column) for part, hint in _HINTS.items() if part in problem), "")
    return SchemaError(Place(file, line + 1, column + 1), "", f"not YAML: {problem}", hint)


def _in_braces(lines: list[str], line: int, column: int) -> str:
    before = _line(lines, line)[:column]
    here = _line(lines, line)[column : column + 1]
    if here in ("[", "]") or re.search(r"\w\[[^\]\"']*$", before):
        return 'inside { } a type with brackets needs quotes: {type: "list[str]"}'
    if here == ":" and before.count("{") > before.count("}"):
        return "a text that contains a colon and a space needs quotes"
    if before.rstrip().endswith('"'):
        return 'a quote inside a text in quotes needs a backslash: \\"'
    return "a { of a line before is not closed by }, or a text that contains a colon and a space has no quotes"


def _unexpected_colon(lines: list[str], line: int, column: int) -> str:
    if ": " in _line(lines, line)[:column]:
        return "a text that contains a colon and a space needs quotes"
    return "the line before lacks a colon and a space, or this line begins further right than it should"


def _no_token(lines: list[str], line: int, column: int) -> str:
    sign = _line(lines, line)[column : column + 1]
    return "indent with spaces: YAML takes no tabs" if sign == "\t" else f"a text that starts with {sign} needs quotes"


def _always(hint: str) -> Callable[[list[str], int, int], str]:
    return lambda _lines, _line, _column: hint


def _line(lines: list[str], line: int) -> str:
    return lines[line] if line < len(lines) else ""


_HINTS: Final[dict[str, Callable[[list[str], int, int], str]]] = {
    "',' or '}'": _in_braces,
    "mapping values are not allowed": _unexpected_colon,
    "cannot start any token": _no_token,
    "another document": _always("a schema is one document; use `include` to split it"),
    "could not find expected ':'": _always("a key needs a colon and a space after it"),
    "did not find expected key": _always("this line begins further left or right than the lines it belongs to"),
    "unexpected end of stream": _always("a quote that was opened is not closed"),
    "unknown escape character": _always(r"inside single quotes a backslash is only a backslash: '\d+'"),
    "undefined alias": _always("a text that starts with * needs quotes"),
    "alphabetic or numeric character": _always("a text that starts with * or & needs quotes"),
}
"""By a part of what the parser says."""
