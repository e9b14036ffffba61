"""Types of the Types service.

Made by `daemonrpc generate` from types.yaml. Do not edit.
"""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from daemonrpc import UNSET, Constraint, OpenEnum, Redacted, Unknown, UnsetType, open_union
from msgspec import Struct, field

Name = Annotated[str, Constraint(max_length=20, pattern=r"\w+")]
"""A name."""

Names = list[Name]
"""Names."""


class State(OpenEnum):
    """Open."""

    ON = "on"
    """Running."""
    HALF_WAY = "half-way"
    """Between. Deprecated: it is either on or off."""
    OFF = "off"
    """Not running."""


class Size(StrEnum):
    """Closed."""

    BIG = "big"
    """Big."""
    SMALL = "small"
    """Small."""


class Text(Redacted, Struct, kw_only=True, tag_field="kind", tag="text"):
    """A text."""

    text: Annotated[str, Constraint(sensitive=True)]
    """The text."""


class File(Struct, kw_only=True, tag_field="kind", tag="file"):
    """A file."""

    data: bytes
    """Its content."""
    modified: datetime
    """When it was written."""
    id: UUID
    """Its identifier."""
    extra: Any = None
    """Whatever else."""


if TYPE_CHECKING:
    Content = Text | File | Unknown
else:
    Content = open_union("Content", tag="kind", of={"text": Text, "file": File})
"""Text or a file."""


class Entry(Struct, kw_only=True):
    """One entry."""

    name: Name
    """Its name."""
    class_: str | None = field(name="class")
    """A keyword."""
    state: State = State.ON
    """Where it stands."""
    size: Annotated[int, Constraint(minimum=0)] | UnsetType = UNSET
    """Its size in bytes."""
    labels: dict[str, Names] = {}
    """Its labels."""
    content: Content | None = None
    """What is in it."""
    inner: "list[Entry]" = []
    """What hangs below."""
