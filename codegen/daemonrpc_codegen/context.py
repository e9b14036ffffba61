"""What a place in a schema is inside of, in words."""

from itertools import pairwise

__all__ = ["context_of"]

_SECTIONS = {"types": "type", "errors": "error", "methods": "method"}
_PARTS = {
    "params": "param",
    "fields": "field",
    "data": "field",
    "enum": "value",
    "of": "tag",
    "removed": "removed",
    "examples": "example",
}


def context_of(path: tuple[str | int, ...]) -> str:
    """What a path is inside of, in words: `in method 'job.submit', param 'x'`."""
    if path[:1] == ("removed",) and len(path) > 2:
        return f"in removed {str(path[1]).removesuffix('s')} '{path[2]}'"
    if path[:2] == ("compatibility", "accepted") and len(path) > 2:
        return f"in accepted finding {int(path[2]) + 1}"
    if len(path) < 2 or path[0] not in _SECTIONS:
        return ""
    words = [f"in {_SECTIONS[str(path[0])]} '{path[1]}'"]
    for part, name in pairwise(path[2:]):
        if part in _PARTS:
            words.append(f"{_PARTS[str(part)]} {name + 1 if isinstance(name, int) else repr(name)}")
            break
    return ", ".join(words)
