"""A schema with every type in every state of presence, generated and imported."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from daemonrpc import decode_hook
from daemonrpc_codegen import generate, load

TYPES = {
    "str": "a",
    "int": 5,
    "float": 5.0,
    "bool": True,
    "bytes": "YQ==",
    "datetime": "2026-02-01T12:00:00Z",
    "uuid": "12345678-1234-5678-1234-567812345678",
    "list": ["a"],
    "enum": "red",
    "struct": {},
}
NAMES = {"list": "list[str]", "enum": "Colour", "struct": "Inner"}
PRESENCE = {
    "required": "type: '{type}'",
    "nullable": "type: '{type} | None'",
    "defaulted": "type: '{type}', default: {default}",
    "default_null": "type: '{type} | None', default: null",
    "optional": "type: '{type}', optional: true",
    "both": "type: '{type} | None', optional: true",
}
HEAD = """\
service: Presence
package: presence_api
version: 1.0.0
doc: Every state of presence.
types:
  Colour: {doc: A colour., enum: {red: Red.}}
  Inner: {doc: Inner., fields: {a: {type: int, default: 1, doc: A number.}}}
"""


class PresenceTypes:
    """The structs by type and state of presence; each has one field `x`."""

    def __init__(self, package: ModuleType) -> None:
        self._package = package

    def __getitem__(self, key: tuple[str, str]) -> Any:
        return getattr(self._package, struct_name(*key))

    def default(self, kind: str) -> Any:
        """What an absent field of the type is, where it has a default."""
        raw = msgspec.json.encode({"x": TYPES[kind]})
        return msgspec.json.Decoder(self[kind, "required"], dec_hook=decode_hook).decode(raw).x


def struct_name(kind: str, presence: str) -> str:
    return f"{kind.capitalize()}{presence.title().replace('_', '')}"


@pytest.fixture(scope="session")
def presence_types(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PresenceTypes]:
    folder: Path = tmp_path_factory.mktemp("presence")
    structs = [
        f"  {struct_name(kind, presence)}: {{doc: X., fields: {{x: {{{form}, doc: X.}}}}}}\n".replace(
            "{type}", NAMES.get(kind, kind)
        ).replace("{default}", msgspec.json.encode(default).decode())
        for kind, default in TYPES.items()
        for presence, form in PRESENCE.items()
    ]
    (folder / "methods.yaml").write_text(HEAD + "".join(structs))
    generate(load(folder / "methods.yaml"), folder)
    sys.path.insert(0, str(folder))
    try:
        yield PresenceTypes(importlib.import_module("presence_api"))
    finally:
        sys.path.remove(str(folder))
