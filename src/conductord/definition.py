"""A job file as it was read, and how to read it again.

What runs is the compiled job, kept in the store when the file is read: a file that is deleted or changed later changes
nothing until somebody says so (resume, modify).
"""

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from conductord.problems import Problem
from conductord.spec import JobFileError, JobSpec, parse_job

INLINE = "<text>"
"""Name of a job file that was given as text, in messages."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where a definition comes from: enough to read it again."""

    config_path: str | None
    """Absolute path; None for a text."""
    base_dir: str
    """Directory against which a relative workspace in the file is taken."""
    workspace: str | None = None
    """Absolute; takes the place of the one in the file."""
    variables: dict[str, str] | None = None
    job_name: str | None = None
    """Takes the place of the name in the file."""


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """A job file, read and compiled."""

    source: Source
    text: str
    spec: JobSpec

    @property
    def file_hash(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_definition(source: Source, text: str | None = None, *, again: bool = False) -> Definition:
    """Read (unless `text` is given) and compile a job file. Raises JobFileError with every problem.

    again: it is read for a job that there is already. A variable that was given once and that the file does not use
    any more is no mistake then.
    """
    name = source.config_path or INLINE
    if text is None:
        text = _read(Path(name))
    variables = source.variables
    if again and variables is not None:
        variables = {variable: value for variable, value in variables.items() if f"{{{variable}}}" in text}
    spec = parse_job(
        text,
        source=name,
        base_dir=Path(source.base_dir),
        variables=variables,
        workspace=Path(source.workspace) if source.workspace is not None else None,
    )
    if source.job_name is not None:
        spec = msgspec.structs.replace(spec, name=source.job_name)
    return Definition(source=source, text=text, spec=spec)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        problem = Problem(file=str(path), line=0, column=0, where="", message=f"cannot read it: {reason}")
        raise JobFileError([problem]) from error


def encode_spec(spec: JobSpec) -> str:
    """A compiled job as text."""
    return msgspec.json.encode(spec, enc_hook=str).decode()


def decode_spec(text: str) -> JobSpec:
    """A compiled job from its text."""
    return msgspec.json.decode(text, type=JobSpec, dec_hook=_path)


def _path(type_: type, value: Any) -> Any:
    """msgspec's hook for types that are not its own; what it does not know it refuses."""
    if type_ is Path:
        return Path(value)
    raise TypeError(f"a compiled job has no {type_}")
