"""Released models: `released/<version>.json` beside the schema, one for each release, never changed again."""

import json
import re
from pathlib import Path
from typing import Any, Final, cast

from daemonrpc_codegen.breaking.history import numbers
from daemonrpc_codegen.breaking.inputs import InputError
from daemonrpc_codegen.dump import dump, fingerprint
from daemonrpc_codegen.model import Api
from daemonrpc_codegen.restore import ModelError, restore

__all__ = ["is_same_release", "read_release", "release_text", "releases_in"]

_FORMAT: Final = "daemonrpc model 1"
_NAME: Final = re.compile(r"\d+\.\d+\.\d+")


def release_text(api: Api) -> str:
    """The file of a release."""
    whole = {"format": _FORMAT, "fingerprint": fingerprint(api), "model": dump(api)}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def read_release(text: str, name: str) -> Api:
    """The model in the text of a file. Raises InputError."""
    try:
        found: Any = json.loads(text)
    except ValueError as error:
        raise InputError(f"{name} is no JSON: {error}") from None
    whole = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    if whole.get("format") != _FORMAT:
        raise InputError(f"{name} is no released model: its format is not '{_FORMAT}'")
    try:
        api = restore(whole.get("model"))
    except (ModelError, TypeError, ValueError, KeyError) as error:
        raise InputError(f"{name} cannot be read: {error}") from None
    if fingerprint(api) != whole.get("fingerprint"):
        raise InputError(f"{name} was changed after its release: its fingerprint is not that of its model")
    return api


def releases_in(folder: Path) -> dict[Path, Api]:
    """The releases in a folder, oldest first. Raises InputError for a file that is none, OSError."""
    found = {file: read_release(file.read_text(encoding="utf-8"), file.name) for file in sorted(folder.glob("*.json"))}
    for file, api in found.items():
        if not _NAME.fullmatch(file.stem) or api.version != file.stem:
            raise InputError(f"{file.name} holds version {api.version}: a release is called after its version")
    return dict(sorted(found.items(), key=lambda item: numbers(item[1].version)))


def is_same_release(left: Api, right: Api) -> bool:
    """Whether two models are one release. What they accept to break does not count."""
    return dump(left) | {"compatibility": None} == dump(right) | {"compatibility": None}
