r"""Patterns of JSON Schema, which may match anywhere in a text -> ours, which cover it as a whole.

`^[a-z]+$` is `[a-z]+` here, and `[0-9]` is `(?:.|\n)*[0-9](?:.|\n)*`.
"""

import re
from typing import Final

from daemonrpc_codegen.patterns import problem

__all__ = ["whole_text_pattern"]

_ANYTHING: Final = r"(?:.|\n)*"
_OPAQUE: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)


def whole_text_pattern(pattern: str) -> str | None:
    """The same pattern for the whole text; None if it cannot be said so, or if Python cannot read it."""
    bones = _bones(pattern)
    starts, ends = bones.startswith("^"), bones.endswith("$")
    if _has_choice(bones):
        if "^" in bones or "$" in bones:
            return None  # an anchor holds for its own branch only
        body = f"(?:{pattern})"
    else:
        body = pattern[starts : len(pattern) - ends]
    if re.search(r"[\^$]", _bones(body)):
        return None
    if starts and ends and body.startswith("(?:") and _is_one_group(_bones(body)):
        body = body[3:-1]
    text = f"{'' if starts else _ANYTHING}{body}{'' if ends else _ANYTHING}"
    try:
        re.compile(text)
    except re.error:
        return None
    return text if problem(text) is None else None


def _bones(pattern: str) -> str:
    """The pattern with escapes and classes blotted out, so that what is left means what it looks like."""
    return _OPAQUE.sub(lambda match: "." * len(match.group()), pattern)


def _has_choice(bones: str) -> bool:
    """Whether a bar stands outside of all brackets."""
    return any(character == "|" and depth == 0 for character, depth in _depths(bones))


def _is_one_group(bones: str) -> bool:
    """Whether the first bracket is closed by the last one."""
    depths = [depth for _, depth in _depths(bones)]
    return bool(depths) and depths[-1] == 0 and 0 not in depths[:-1]


def _depths(bones: str) -> list[tuple[str, int]]:
    depth, found = 0, list[tuple[str, int]]()
    for character in bones:
        depth += {"(": 1, ")": -1}.get(character, 0)
        found.append((character, depth))
    return found
