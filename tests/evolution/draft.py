"""A schema as plain data that changes are made to, and which way its types travel."""

import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from daemonrpc_codegen import Api, load

__all__ = ["NEXT", "TODAY", "Change", "Draft", "Fields"]

TODAY = Path(__file__).with_name("today.yaml")
NEXT = "1.5.0"
"""The version that makes the changes."""

Fields = dict[str, dict[str, Any]]


class Draft:
    """The schema of the next version, so far."""

    def __init__(self, chance: random.Random, source: Path = TODAY) -> None:
        self.chance = chance
        self.data: dict[str, Any] = _typed(yaml.load(source.read_text(encoding="utf-8"), yaml.BaseLoader))
        self.data["version"] = NEXT
        list(self.params())  # every method has them from now on
        self._count = 0

    @property
    def types(self) -> dict[str, Any]:
        found: dict[str, Any] = self.data["types"]
        return found

    @property
    def methods(self) -> dict[str, Any]:
        found: dict[str, Any] = self.data["methods"]
        return found

    @property
    def errors(self) -> dict[str, Any]:
        found: dict[str, Any] = self.data["errors"]
        return found

    def new_name(self) -> str:
        """A name that nobody has."""
        self._count += 1
        return f"added{self._count}"

    def pick(self, candidates: Iterator[Any] | list[Any]) -> Any:
        """One of them, or None if there are none."""
        listed = list(candidates)
        return self.chance.choice(listed) if listed else None

    def sent(self) -> set[str]:
        """The types that params reach."""
        return self._reach([field["type"] for _, params in self.params() for field in params.values()])

    def received(self) -> set[str]:
        """The types that results, items and error data reach."""
        refs = [text for method in self.methods.values() for text in (method["result"], method.get("item", ""))]
        data = [field["type"] for error in self.errors.values() for field in error.get("data", {}).values()]
        return self._reach([*refs, *data])

    def structs(self, among: set[str]) -> Iterator[tuple[str, Fields]]:
        """Name and fields of each of these types that is a struct."""
        return ((name, item["fields"]) for name, item in self.types.items() if name in among and "fields" in item)

    def of_kind(self, key: str, among: set[str]) -> Iterator[tuple[str, Any]]:
        """Name and definition of each of these types that has a key: `enum`, `union`."""
        return ((name, item) for name, item in self.types.items() if name in among and key in item)

    def params(self) -> Iterator[tuple[str, Fields]]:
        """Name and params of each method."""
        return ((name, method.setdefault("params", {})) for name, method in self.methods.items())

    def save(self, file: Path) -> Api:
        """The model. Raises InvalidSchemaError if a change made the schema a wrong one."""
        file.write_text(json.dumps(self.data), encoding="utf-8")
        return load(file)

    def _reach(self, texts: list[str]) -> set[str]:
        reached: set[str] = set()
        ahead = [name for text in texts for name in _names(text)]
        while ahead:
            name = ahead.pop()
            if name not in reached:
                reached.add(name)
                ahead += _names(json.dumps(_uses(self.types[name])))
        return reached


Change = Callable[[Draft], bool]
"""Makes one change; False if there is nothing to make it to."""


def _uses(item: dict[str, Any]) -> list[Any]:
    fields = [field["type"] for field in item.get("fields", {}).values()]
    return [item.get("type", ""), *fields, *item.get("union", {}).get("of", {}).values()]


def _names(text: str) -> list[str]:
    return re.findall(r"\b[A-Z][A-Za-z0-9]*\b", text.replace("None", ""))


def _typed(value: Any) -> Any:
    """Scalars as the schema language reads them: keys and texts stay texts."""
    if isinstance(value, dict):
        return {key: child if key in ("doc", "pattern", "since") else _typed(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_typed(child) for child in value]
    known: dict[str, Any] = {"true": True, "false": False, "null": None}
    if value in known:
        return known[value]
    return int(value) if re.fullmatch(r"-?\d+", value) else value
