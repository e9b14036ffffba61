r"""Regular expressions that mean the same in every language that reads a schema.

The server reads a pattern with Python's `re`, others read it in the JSON Schema as ECMA-262 with the flag `u`. What
only one of them knows is refused where it stands; what both know and mean differently is made the same: `\d`, `\w` and
`\b` are those of ASCII, `\s` is the white space of ASCII, and `.` is everything but a newline.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["Problem", "as_ecma", "compiled", "problem"]


class Problem(NamedTuple):
    """What is wrong with a pattern, and what to write instead."""

    message: str
    hint: str


_ANCHOR: Final = Problem("the pattern has an anchor", "leave it out: a pattern always covers the whole text")
_ECMA: Final = "write what JSON Schema (ECMA-262) knows too: clients in other languages read it"

_TOKEN: Final = re.compile(
    r"""
    (?P<escape>   \\ (?: x[0-9a-fA-F]{2} | u[0-9a-fA-F]{4} | . ) )
  | (?P<group>    \( \? (?: [:=!] | <[=!] | .{1,2} ) )
  | (?P<quantity> \{ [0-9]+ (?: ,[0-9]* )? \} )
  | (?P<repeated> [*+?}] \+ )
  | (?P<char>     . )
    """,
    re.VERBOSE | re.DOTALL,
)
_CLASSES: Final = frozenset("dDwWsSbB")
_CONTROLS: Final = frozenset("tnrfv")
_SYNTAX: Final = frozenset("^$\\.*+?()[]{}|/")
_GROUPS: Final = frozenset(("(?:", "(?=", "(?!", "(?<=", "(?<!"))
_SPACE: Final = r" \t\n\r\f\v"


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern as the server reads it. Raises re.error."""
    return re.compile(pattern, re.ASCII)


def problem(pattern: str) -> Problem | None:
    """Why a pattern, which Python compiles, cannot be in a schema; None if it can."""
    return next((found for kind, text, is_set in _tokens(pattern) if (found := _problem(kind, text, is_set))), None)


def as_ecma(pattern: str) -> str:
    """The pattern as JSON Schema takes it."""
    return "".join(_ecma(kind, text, is_set) for kind, text, is_set in _tokens(pattern))


def _tokens(pattern: str) -> Iterator[tuple[str, str, bool]]:
    """Kind and text of each piece, and whether it stands in a set, `[...]`."""
    is_set, start = False, 0
    for match in _TOKEN.finditer(pattern):
        text = match.group()
        if is_set and match.lastgroup != "escape":
            for at, char in enumerate(text, match.start()):  # a set has no groups and no quantities
                is_first = at <= start + (pattern[start : start + 1] == "^")
                is_set = is_set and (char != "]" or is_first)
                yield "char", char, is_set
            continue
        if match.lastgroup == "char" and text == "[":
            is_set, start = True, match.end()
        yield str(match.lastgroup), text, is_set and text != "["


def _problem(kind: str, text: str, is_set: bool) -> Problem | None:
    if kind == "escape":
        return _escape_problem(text, is_set)
    if kind == "group" and text not in _GROUPS:
        return Problem(f"the pattern has '{text}', which only Python knows", _ECMA)
    if kind == "repeated":
        return Problem(f"the pattern has '{text}', which only Python knows", _ECMA)
    if kind == "char" and not is_set:
        if text in "^$":
            return _ANCHOR
        if text in "{}":
            return Problem(f"the pattern has a '{text}' that counts nothing", f"write \\{text}, or {{0,3}} for a count")
    return None


def _escape_problem(text: str, is_set: bool) -> Problem | None:
    char = text[1]
    if is_set and char in "SDWB":
        return Problem(f"the pattern has '{text}' inside of [ ]", "write the characters, or [^...]")
    if len(text) > 2 or char in _CLASSES | _CONTROLS | _SYNTAX or (is_set and char == "-"):
        return None
    if char in "AZ":
        return _ANCHOR
    if char.isalnum():
        return Problem(f"the pattern has '{text}', which only Python knows", _ECMA)
    return Problem(f"the pattern has '{text}', where nothing needs a backslash", f"write '{char}'")


def _ecma(kind: str, text: str, is_set: bool) -> str:
    if kind == "escape" and text in ("\\s", "\\S"):
        return _SPACE if is_set else f"[{'^' * (text[1] == 'S')}{_SPACE}]"
    return r"[^\n]" if (kind, text, is_set) == ("char", ".", False) else text
