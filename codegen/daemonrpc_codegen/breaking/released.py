"""Released models: `released/<version>.json` beside the schema, one for each release, never changed again."""

import hashlib
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
    model = dump(api)
    whole = {"format": _FORMAT, "sha256": _checksum(model), "fingerprint": fingerprint(api), "model": model}
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
    if _checksum(whole.get("model")) != whole.get("sha256"):
        raise InputError(f"{name} was changed after its release: its sha256 is not that of its model")
    try:
        return restore(whole.get("model"))
    except (ModelError, TypeError, ValueError, KeyError) as error:
        raise InputError(f"{name} cannot be read: {error}") from None


def _checksum(model: Any) -> str:
    """Of what is stored, not of what it means: a later generator may see more in a model."""
    return hashlib.sha256(json.dumps(model, sort_keys=True).encode()).hexdigest()


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
