"""A row of the table: a schema before and after a change, whom the change breaks, and messages that show it."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from daemonrpc_codegen import Api, load

__all__ = ["Message", "Part", "Row", "field_of", "load_parts", "method", "struct"]

Part = Mapping[str, Any]
"""Sections of a schema."""

Column = Literal["ok", "hazard", "breaks", "unwritable"]


@dataclass(frozen=True)
class Message:
    """What a peer sends: `old -> new` is what an old client sends to a new server, or an old server to a new client."""

    way: Literal["old -> new", "new -> old"]
    kind: Literal["params", "result", "item"]
    data: Any
    is_understood: bool


@dataclass(frozen=True)
class Row:
    """One change. The method under test is `m` in both schemas."""

    name: str
    old: Part
    new: Part
    old_client: Column
    new_client: Column
    rules: set[str]
    """The rules that fire, no more and no less."""
    messages: tuple[Message, ...] = field(default=())


def field_of(type_: str, **more: Any) -> dict[str, Any]:
    """A field, a param or a member of error data."""
    return {"type": type_, "doc": "A field."} | more


def struct(**fields: Any) -> dict[str, Any]:
    """A type with fields; a text stands for a required field of that type."""
    return {"doc": "A struct.", "fields": _fields(fields)}


def method(params: Mapping[str, Any] | None = None, result: str = "Done", **more: Any) -> dict[str, Any]:
    """A method."""
    return {"doc": "A method.", "params": _fields(params or {}), "result": result} | more


def _fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: field_of(item) if isinstance(item, str) else item for name, item in fields.items()}


def load_parts(file: Path, *parts: Part, version: str = "1.0.0") -> Api:
    """The model of a schema that is put together from parts."""
    whole: dict[str, Any] = {"service": "Kv", "package": "kv_api", "version": version, "doc": "A store."}
    whole |= {"types": {"Done": struct()}, "errors": {}, "methods": {}}
    for part in parts:
        for key, section in deepcopy(dict(part)).items():
            whole[key] = whole.get(key, {}) | section if isinstance(section, dict) else section
    file.write_text(json.dumps(whole), encoding="utf-8")  # JSON is YAML
    return load(file)
