"""The API that a schema describes: frozen, free of any target language, dumpable as JSON (see `dump.py`).

`at` points back to the schema file for error messages; it takes no part in comparison and is not dumped.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

from daemonrpc_codegen.errors import Place
from daemonrpc_codegen.load import Node

__all__ = [
    "Accepted",
    "Alias",
    "Api",
    "Compatibility",
    "Constraints",
    "Default",
    "DictOf",
    "Enum",
    "EnumValue",
    "ErrorDef",
    "Example",
    "Field",
    "ListOf",
    "Method",
    "Named",
    "Nullable",
    "Removed",
    "Scalar",
    "ScalarName",
    "StreamDef",
    "Struct",
    "Tombstone",
    "TypeDef",
    "TypeRef",
    "Union",
    "Variant",
]

_NOWHERE = Node(None, Place("", 0, 0), Place("", 0, 0), ())


class ScalarName(StrEnum):
    """The types that the language has without being told."""

    STR = "str"
    INT = "int"
    """64 bits, signed."""
    FLOAT = "float"
    """64 bits; never NaN or infinite."""
    BOOL = "bool"
    BYTES = "bytes"
    """On the wire text in base64 with padding (RFC 4648, section 4)."""
    DATETIME = "datetime"
    """On the wire text of RFC 3339, always with a zone."""
    UUID = "uuid"
    """On the wire text of RFC 9562, with hyphens."""
    ANY = "any"
    """Any JSON value."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One of the built-in types."""

    name: ScalarName


@dataclass(frozen=True, slots=True)
class Named:
    """A type that the schema declares under `types`."""

    name: str


@dataclass(frozen=True, slots=True)
class ListOf:
    """`list[T]`"""

    item: "TypeRef"


@dataclass(frozen=True, slots=True)
class DictOf:
    """`dict[str, T]`"""

    value: "TypeRef"


@dataclass(frozen=True, slots=True)
class Nullable:
    """`T | None`; `inner` is never itself nullable."""

    inner: "TypeRef"


TypeRef = Scalar | Named | ListOf | DictOf | Nullable


@dataclass(frozen=True, slots=True)
class Constraints:
    """Limits of a value: of a number, of the length of a text, list or dict, or of the form of a text."""

    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    """Regular expression that the whole text must match."""


@dataclass(frozen=True, slots=True)
class Default:
    """The value that an absent field has, as plain JSON data; None is a value like any other."""

    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """The mark of something that was there once: its name on the wire is never given to anything else."""

    name: str
    reason: str
    since: str
    """The first version without it."""
    code: int | None = None
    """Of an error: neither is its code."""
    at: Node = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A member of a struct, of an error's data or of a method's params.

    It is required; or has a `default`; or is `optional` (absent is a state of its own, never None).
    """

    name: str
    doc: str
    type: TypeRef
    optional: bool = False
    default: Default | None = None
    constraints: Constraints = Constraints()
    sensitive: bool = False
    since: str = ""
    widened: str = ""
    """The last version that made it accept more."""
    deprecated: str = ""
    python_name: str = ""
    at: Node = field(default=_NOWHERE, compare=False, repr=False)

    @property
    def required(self) -> bool:
        """True if a sender must always send it."""
        return not self.optional and self.default is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A name for a type, with constraints of its own."""

    name: str
    doc: str
    type: TypeRef
    constraints: Constraints = Constraints()
    sensitive: bool = False
    since: str = ""
    widened: str = ""
    """The last version that made it accept more."""
    deprecated: str = ""
    at: Node = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Struct:
    """An object with named fields."""

    name: str
    doc: str
    fields: tuple[Field, ...]
    since: str = ""
    deprecated: str = ""
    removed: tuple[Tombstone, ...] = ()
    at: Node = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumValue:
    """A text that an enum allows."""

    value: str
    doc: str
    since: str = ""
    deprecated: str = ""
    python_name: str = ""
    at: Node = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enum:
    """A text out of a list; a receiver of an open one keeps values that it does not know."""

    name: str
    doc: str
    values: tuple[EnumValue, ...]
    closed: bool = False
    since: str = ""
    deprecated: str = ""
    removed: tuple[Tombstone, ...] = ()
    at: Node = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A struct that a union can be, and the tag that says so."""

    tag: str
    struct: str
    at: Node = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Union:
    """One of several structs, told apart by the text in the field `tag`."""

    name: str
    doc: str
    tag: str
    variants: tuple[Variant, ...]
    closed: bool = False
    since: str = ""
    widened: str = ""
    """The last version that made a struct of the schema one more variant."""
    deprecated: str = ""
    removed: tuple[Tombstone, ...] = ()
    at: Node = field(default=_NOWHERE, compare=False, repr=False)


TypeDef = Alias | Struct | Enum | Union


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorDef:
    """An error that a method may answer with; `data` is empty if the error carries none."""

    name: str
    doc: str
    code: int
    data: tuple[Field, ...] = ()
    since: str = ""
    deprecated: str = ""
    removed: tuple[Tombstone, ...] = ()
    at: Node = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamDef:
    """What a stream sends before its result: items, each in a notification of this name."""

    item: TypeRef
    notification: str
    slow_consumer: Literal["block", "drop_oldest", "disconnect"] = "block"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One exchange, as plain JSON data."""

    params: Any
    result: Any
    items: tuple[Any, ...] = ()
    doc: str = ""
    at: Node = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method of the service; a stream if `stream` is there."""

    name: str
    doc: str
    params: tuple[Field, ...]
    result: TypeRef
    stream: StreamDef | None = None
    errors: tuple[str, ...] = ()
    safety: Literal["safe", "idempotent", "keyed", "unsafe"] = "unsafe"
    key: str = ""
    """The param that makes a repeated call the same call; only where `safety` is `keyed`."""
    handler: Literal["async", "sync"] = "async"
    admission: Literal["slots", "always"] = "slots"
    access: Literal["any", "group", "owner"] = "any"
    detached: bool = False
    examples: tuple[Example, ...] = ()
    since: str = ""
    deprecated: str = ""
    python_name: str = ""
    removed: tuple[Tombstone, ...] = ()
    at: Node = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What the service had once: names and codes that stay taken."""

    methods: tuple[Tombstone, ...] = ()
    errors: tuple[Tombstone, ...] = ()
    notifications: tuple[Tombstone, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One finding of `daemonrpc breaking` that is meant: a rule, the element that broke it, and why that is right."""

    rule: str
    element: str
    """Path of the element in the schema: `methods/job.list/params/limit`."""
    since: str
    """The version that made the change."""
    reason: str
    at: Node = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compatibility:
    """Whom the schema must not break, and what breaks nevertheless."""

    oldest_peer: str = ""
    """The oldest version of client and server that must still be understood; empty: the first of the same major."""
    deprecated_releases: int = 1
    """Releases in which something is marked as deprecated before it may go."""
    accepted: tuple[Accepted, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Api:
    """All that a schema and the files it includes declare, in the order in which they stand there."""

    service: str
    package: str
    version: str
    doc: str
    types: tuple[TypeDef, ...]
    errors: tuple[ErrorDef, ...]
    methods: tuple[Method, ...]
    removed: Removed = Removed()
    compatibility: Compatibility = Compatibility()
    source: str = field(default="", compare=False)
    """The schema file as generated headers name it."""
    at: Node = field(default=_NOWHERE, compare=False, repr=False)

    @cached_property
    def type_by_name(self) -> dict[str, TypeDef]:
        """The declared types."""
        return {item.name: item for item in self.types}

    @cached_property
    def error_by_name(self) -> dict[str, ErrorDef]:
        """The declared errors."""
        return {item.name: item for item in self.errors}

    @cached_property
    def tag_by_struct(self) -> dict[str, tuple[str, str]]:
        """For each variant of a union the field that marks it, and its value there."""
        unions = (item for item in self.types if isinstance(item, Union))
        return {variant.struct: (item.tag, variant.tag) for item in unions for variant in item.variants}
