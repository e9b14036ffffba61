"""Texts of a schema in a Markdown page: nothing in them becomes markup but code in backticks."""

import json
import re

__all__ = ["cell", "code", "prose"]

_SPAN = re.compile(r"(`[^`]+`)")
_BLOCK = re.compile(r"\A(\d+(?=[.)])|)([#>|+*.)-])")
"""What at the beginning of a line makes a heading, a quotation, a table or a list."""


def code(text: str) -> str:
    """A name or a value as code; as JSON if a part of it could not be seen."""
    shown = text if text.isprintable() and text and text == text.strip() else _escaped(text)
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


def prose(text: str) -> str:
    """A sentence: what stands in backticks is code, all else is what it says."""
    parts = _SPAN.split(text)
    plain = [part if _SPAN.fullmatch(part) else part.replace("&", "&amp;").replace("<", "&lt;") for part in parts]
    return _BLOCK.sub(r"\1\\\2", "".join(plain))


def cell(text: str) -> str:
    """Markdown that stands in a table."""
    return text.replace("|", "\\|")


def _escaped(text: str) -> str:
    signs = (sign if sign.isprintable() and sign not in '"\\' else json.dumps(sign)[1:-1] for sign in text)
    return f'"{"".join(signs)}"'
