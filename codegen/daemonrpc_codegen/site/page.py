"""The whole site: its groups of entries, and the contents."""

from collections.abc import Sequence
from typing import Final

from daemonrpc_codegen import naming
from daemonrpc_codegen.dump import fingerprint
from daemonrpc_codegen.model import Api
from daemonrpc_codegen.site.entries import Entries
from daemonrpc_codegen.site.view import Entry, Group, NavSection, Page, Piece

__all__ = ["MADE_BY", "site_page"]

MADE_BY: Final = "Made by `daemonrpc docs`"
"""Marks a file as ours: one without it is never overwritten."""


def site_page(api: Api) -> Page:
    """The view of the site."""
    entries = Entries(api)
    methods = [entries.method(method) for method in api.methods]
    types = [entries.type(item) for item in api.types]
    errors = [entries.error(error) for error in api.errors]
    groups = [Group("methods", "Methods", methods), Group("errors", "Errors", errors), Group("types", "Types", types)]
    return Page(
        made_from=f"{MADE_BY} from {api.source}. Do not edit.",
        service=api.service,
        version=api.version,
        fingerprint=fingerprint(api),
        doc=entries.links.prose(api.doc),
        client=naming.service_names(api.service)[0],
        package=api.package,
        counts=", ".join(_count(group) for group in groups if group.entries),
        has_calls=bool(methods),
        groups=[group for group in groups if group.entries],
        nav=[*_method_sections(methods), *_sections("Errors", errors), *_sections("Types", types)],
    )


def _count(group: Group) -> str:
    number = len(group.entries)
    return f"{number} {group.title.lower() if number != 1 else group.title.lower()[:-1]}"


def _method_sections(methods: Sequence[Entry]) -> list[NavSection]:
    """Methods by what stands before the first dot, in the order of the schema."""
    by_prefix: dict[str, list[Entry]] = {}
    for entry in methods:
        by_prefix.setdefault(entry.name.partition(".")[0] if "." in entry.name else "", []).append(entry)
    return [section for prefix, members in by_prefix.items() for section in _sections(prefix or "Methods", members)]


def _sections(title: str, entries: Sequence[Entry]) -> list[NavSection]:
    links = [Piece(entry.name, f"#{entry.anchor}", mark=entry.kind.partition(" ")[0]) for entry in entries]
    return [NavSection(title, links)] if links else []
