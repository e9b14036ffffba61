"""What `daemonrpc breaking` compares: a schema file, a file in a git revision, a released model, all releases."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from daemonrpc_codegen.breaking.inputs import InputError
from daemonrpc_codegen.breaking.released import read_release, releases_in
from daemonrpc_codegen.breaking.revision import Revision
from daemonrpc_codegen.model import Api
from daemonrpc_codegen.paths import shown
from daemonrpc_codegen.schema import load

__all__ = ["Origin", "Side", "read_releases", "read_side"]


class Origin(Enum):
    """Where a model comes from."""

    FILE = "file"
    REVISION = "revision"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Side:
    """A model, and what messages call it."""

    name: str
    api: Api
    origin: Origin


def read_side(text: str) -> Side:
    """The side that an argument means. Raises InputError, InvalidSchemaError, OSError."""
    path = Path(text)
    if path.is_dir():
        raise InputError(f"{text} is a folder: only the old side can be one, that of the released models")
    if path.exists():
        return _read_file(path)
    revision, colon, name = text.partition(":")
    if not colon or not name:
        raise InputError(f"there is no file '{text}'; a git revision is written HEAD~1:schema/methods.yaml")
    return _read_revision(Revision(revision, Path.cwd()), name)


def read_releases(folder: Path) -> list[Side]:
    """All releases in a folder, oldest first. Raises InputError, OSError."""
    return [Side(api.version, api, Origin.RELEASE) for api in releases_in(folder).values()]


def _read_file(path: Path) -> Side:
    if path.suffix == ".json":
        api = read_release(path.read_text(encoding="utf-8"), shown(path))
        return Side(api.version, api, Origin.RELEASE)
    return Side(shown(path), load(path), Origin.FILE)


def _read_revision(revision: Revision, name: str) -> Side:
    path = revision.path(name)
    if path.suffix == ".json":
        api = read_release(revision.text(path), revision.shown(path))
        return Side(api.version, api, Origin.RELEASE)
    return Side(revision.shown(path), load(path, files_from=revision), Origin.REVISION)
