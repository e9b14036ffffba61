"""Docs and history of a declaration: what the document says, or a mark that somebody must say it."""

from typing import Any

from daemonrpc_codegen.openrpc_import.findings import TODO, Findings
from daemonrpc_codegen.openrpc_import.jsondata import Json, is_object

__all__ = ["doc_of", "history_of", "one_line", "sentences"]

_WHY = "TODO: say why, and what to use instead."


def doc_of(item: Any, at: str, findings: Findings) -> str:
    """The description, else the summary or the title."""
    texts = item if is_object(item) else {}
    found = sentences(texts.get("summary"), texts.get("description")) or one_line(texts.get("title"))
    if not found:
        findings.note(at, "there is no description", f"written as '{TODO}'")
    return found or TODO


def history_of(item: Any, at: str, findings: Findings) -> Json:
    """`since`, `widened` and `deprecated`."""
    texts = item if is_object(item) else {}
    history: Json = {key: texts[f"x-{key}"] for key in ("since", "widened") if f"x-{key}" in texts}
    if texts.get("deprecated") or "x-deprecated" in texts:
        history["deprecated"] = one_line(texts.get("x-deprecated")) or _WHY
        if history["deprecated"] == _WHY:
            findings.note(at, "it is deprecated without a reason", f"written as '{_WHY}'")
    return history


def sentences(first: Any, second: Any) -> str:
    """Two texts one after the other; one of them if they are the same, or if there is only one."""
    before, after = one_line(first), one_line(second)
    if not before or not after or before == after:
        return before or after
    return f"{before}{'' if before.endswith(('.', '!', '?')) else '.'} {after}"


def one_line(text: Any) -> str:
    """A text without line breaks; nothing for what is no text."""
    return " ".join(text.split()) if isinstance(text, str) else ""
