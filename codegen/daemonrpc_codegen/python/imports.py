"""Collects what a generated module uses and prints it as sorted imports."""

import re
from typing import Final

from daemonrpc_codegen.python.text import WIDTH, Brackets, render

__all__ = ["Imports", "export_key", "import_key"]

_STANDARD: Final = frozenset({"collections.abc", "datetime", "enum", "functools", "importlib", "typing", "uuid"})


class Imports:
    """`from module import name`, asked for while the code that needs it is made."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {}

    def use(self, module: str, name: str) -> str:
        """Note that `name` of `module` is used; returns the name, so that the call can stand where it is printed."""
        self._names.setdefault(module, set()).add(name)
        return name.rpartition(" as ")[2]

    def render(self, indent: int = 0) -> str:
        """The import statements: standard library, others, the own package; sorted as ruff sorts them."""
        groups: list[list[str]] = [[], [], []]
        for module in sorted(self._names):
            groups[self._group(module)].append(self._statement(module, indent))
        line_break = "\n" + " " * indent
        return ("\n" + line_break).join(line_break.join(group) for group in groups if group)

    def _statement(self, module: str, indent: int) -> str:
        names = sorted(self._names[module], key=import_key)
        flat = f"from {module} import {', '.join(names)}"
        spread = Brackets(f"from {module} import (", names, ")")
        return flat if indent + len(flat) <= WIDTH else render(spread, indent)

    def _group(self, module: str) -> int:
        if module.startswith("."):
            return 2
        return 0 if module in _STANDARD else 1


def import_key(name: str) -> tuple[int, list[tuple[int, str]], str]:
    """The order of ruff for imported names: CONSTANTS, Classes, functions; in any case of letters, digits by value."""
    return _kind(name), _natural(name.lower()), name


def export_key(name: str) -> tuple[int, list[tuple[int, str]]]:
    """The order of ruff for `__all__`: as for imports, but capital letters come first."""
    return _kind(name), _natural(name)


def _kind(name: str) -> int:
    if name.isupper() and len(name) > 1:
        return 0
    return 1 if name[0].isupper() else 2


def _natural(name: str) -> list[tuple[int, str]]:
    parts: list[str] = re.findall(r"\d+|\D+", name)
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]
