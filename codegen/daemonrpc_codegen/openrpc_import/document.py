"""The document itself: read, checked for its version, and its references followed."""

import json
import re
from pathlib import Path
from typing import Any, Final

from daemonrpc_codegen.openrpc_import.jsondata import Json, is_list, is_object, object_in

__all__ = ["Document", "DocumentError", "read_document"]

_VERSION: Final = re.compile(r"1\.[0-4]\.[0-9]+(?:-.*)?")


class DocumentError(Exception):
    """The file is no OpenRPC document that can be read at all."""


class Document:
    """The document as JSON data, and what its references stand for."""

    def __init__(self, data: Json) -> None:
        self.data = data
        self.is_ours = "x-fingerprint" in object_in(data, "info")
        """Whether `daemonrpc generate` made it: then a type that travels both ways stands there twice."""
        self.used: set[str] = set()
        """The references that were followed."""

    def components(self, section: str) -> Json:
        """The components of a kind by name; empty if there are none."""
        return object_in(object_in(self.data, "components"), section)

    def target(self, reference: Any) -> Any:
        """What a reference inside the document leads to; None if it leads nowhere or outside."""
        if not isinstance(reference, str) or not reference.startswith("#"):
            return None
        self.used.add(reference)
        value: Any = self.data
        for step in reference.removeprefix("#").split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            if is_object(value):
                value = value.get(step)
            elif is_list(value) and step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
            else:
                return None
        return value

    def followed(self, value: Any, pointer: str) -> tuple[Any, str]:
        """The value behind references, and its own pointer; None if one leads nowhere or in a circle."""
        seen: set[str] = set()
        while is_object(value) and "$ref" in value:
            pointer = str(value["$ref"])
            value = None if pointer in seen else self.target(pointer)
            seen.add(pointer)
        return value, pointer


def read_document(path: Path) -> Document:
    """The document in a file. Raises DocumentError with the reason if it is none, OSError if it cannot be read."""
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeError as error:
        raise DocumentError(f"{path}: not UTF-8: {error}") from None
    except json.JSONDecodeError as error:
        raise DocumentError(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
    except RecursionError:
        raise DocumentError(f"{path}: nested too deeply") from None
    problem = _problem(data)
    if problem:
        raise DocumentError(f"{path}: {problem}")
    return Document(data)


def _problem(data: Any) -> str:
    if not is_object(data) or "openrpc" not in data:
        return "no OpenRPC document: it has no member 'openrpc'"
    if not _VERSION.fullmatch(str(data["openrpc"])):
        return f"OpenRPC {data['openrpc']!r} is not known; known are 1.0 to 1.4"
    if not is_object(data.get("info")):
        return "no OpenRPC document: 'info' is missing or no object"
    if not is_list(data.get("methods")):
        return "no OpenRPC document: 'methods' is missing or no array"
    return ""
