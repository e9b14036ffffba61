"""YAML text -> nodes that know their place.

Built from PyYAML's events and not from its composer: that one recurses, and in the C library ends the whole
process on text such as 100,000 opening brackets. Depth and size are bounded here instead, so that a daemon
may be given any text.
"""

from collections.abc import Iterator
from typing import Any, Literal

from msgspec import Struct, field

from conductord.problems import FileProblemsError, Problem

MAX_DEPTH = 40
"""Mappings and lists within each other."""
MAX_BYTES = 4 * 2**20
"""Length of the text in UTF-8."""

_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
_TOO_DEEP_FOR_LIBYAML = "exceeded maximum nesting depth"
"""Newer releases of the C library count too, and look further ahead than the events that are counted here."""

Kind = Literal["text", "integer", "number", "boolean", "null"]

_TAG_PREFIX = "tag:yaml.org,2002:"
_SCALAR_TAGS: dict[str, Kind] = {
    _TAG_PREFIX + "str": "text",
    _TAG_PREFIX + "timestamp": "text",
    _TAG_PREFIX + "merge": "text",
    _TAG_PREFIX + "value": "text",
    _TAG_PREFIX + "int": "integer",
    _TAG_PREFIX + "float": "number",
    _TAG_PREFIX + "bool": "boolean",
    _TAG_PREFIX + "null": "null",
}
_COLLECTION_TAGS = (None, "!", _TAG_PREFIX + "map", _TAG_PREFIX + "seq")
_KIND_NAMES: dict[Kind, str] = {
    "text": "text",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "null": "nothing",
}


class Scalar(Struct):
    """A single value. `text` is what stands in the file, without its quotes."""

    line: int
    column: int
    text: str
    kind: Kind


class Listing(Struct):
    """A list."""

    line: int
    column: int
    items: list["Node"] = field(default_factory=list["Node"])


class Entry(Struct):
    """One key of a mapping, with the place of the key."""

    line: int
    column: int
    key: str
    value: "Node"


class Mapping(Struct):
    """A mapping; its keys are text and no key is there twice."""

    line: int
    column: int
    entries: dict[str, Entry] = field(default_factory=dict[str, Entry])


Node = Scalar | Listing | Mapping


def name_of(node: Node) -> str:
    """What the node is, for messages: `text`, `an integer`, `a list`, ..."""
    if isinstance(node, Listing):
        return "a list"
    if isinstance(node, Mapping):
        return "a mapping"
    return _KIND_NAMES[node.kind]


def load(text: str, file: str) -> Node:
    """The root node of one YAML document. Raises FileProblemsError when the text is not one YAML document."""
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise _wrong(file, *_place_of(text, error.start), "a lone surrogate is not text") from None
    if len(data) > MAX_BYTES:
        raise _wrong(file, 0, 0, f"the file has {len(data)} bytes; {MAX_BYTES} are the limit")
    return _Composer(file).compose(_events(text, file))


def _wrong(file: str, line: int, column: int, message: str, hint: str | None = None) -> FileProblemsError:
    return FileProblemsError([Problem(file=file, line=line, column=column, where="", message=message, hint=hint)])


def _place_of(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")


def _events(text: str, file: str) -> Iterator[Any]:
    # Imported here: it costs more than everything else a `conductor` verb loads, and most verbs read no YAML.
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.reader.ReaderError as error:
        place = _place_of(text, error.position)
        raise _wrong(file, *place, f"character {error.character!r} is not allowed in YAML") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        if error.problem == _TOO_DEEP_FOR_LIBYAML:
            raise _wrong(file, line, column, _TOO_DEEP) from None
        context = f"{error.context}: " if error.context else ""
        raise _wrong(file, line, column, f"not YAML: {context}{error.problem}") from None


class _Composer:
    """Builds nodes from events; one stack, no recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.open: list[Listing | Mapping] = []
        self.keys: list[Scalar | None] = []
        """For each open node: the key that waits for its value."""
        self.anchors: dict[str, Node] = {}
        self.root: Node | None = None

    def compose(self, events: Iterator[Any]) -> Node:
        import yaml
        from yaml.resolver import Resolver

        self.scalar_node = yaml.ScalarNode
        resolver: Any = Resolver()
        self.resolve = resolver.resolve
        for event in events:
            handler = getattr(self, "on_" + type(event).__name__, None)
            if handler is not None:
                handler(event)
        if self.root is None:
            raise _wrong(self.file, 1, 1, "the file is empty")
        return self.root

    def fail(self, event: Any, message: str, hint: str | None = None) -> FileProblemsError:
        return _wrong(self.file, event.start_mark.line + 1, event.start_mark.column + 1, message, hint)

    def on_DocumentStartEvent(self, event: Any) -> None:
        if self.root is not None:
            raise self.fail(event, "a second document; one file holds one document")

    def on_ScalarEvent(self, event: Any) -> None:
        node = Scalar(*_place(event), event.value, self.kind_of(event))
        self.anchor(event, node)
        self.add(event, node)

    def on_AliasEvent(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            raise self.fail(event, f"alias '*{event.anchor}' has no anchor before it")
        node = self.anchors[event.anchor]
        if any(node is parent for parent in self.open):
            raise self.fail(event, f"alias '*{event.anchor}' is within its own anchor")
        self.add(event, node)

    def on_SequenceStartEvent(self, event: Any) -> None:
        self.begin(event, Listing(*_place(event)))

    def on_MappingStartEvent(self, event: Any) -> None:
        self.begin(event, Mapping(*_place(event)))

    def on_SequenceEndEvent(self, event: Any) -> None:
        self.end()

    def on_MappingEndEvent(self, event: Any) -> None:
        self.end()

    def begin(self, event: Any, node: Listing | Mapping) -> None:
        if event.tag not in _COLLECTION_TAGS:
            raise self.fail(event, f"tag {event.tag!r} is not supported")
        if len(self.open) >= MAX_DEPTH:
            raise self.fail(event, _TOO_DEEP)
        self.anchor(event, node)
        self.add(event, node)
        self.open.append(node)
        self.keys.append(None)

    def anchor(self, event: Any, node: Node) -> None:
        if event.anchor is not None:
            self.anchors[event.anchor] = node

    def end(self) -> None:
        self.open.pop()
        self.keys.pop()

    def add(self, event: Any, node: Node) -> None:
        """Put a node where it belongs: the root, the next item, a key, or a value."""
        if not self.open:
            self.root = node
        elif isinstance(parent := self.open[-1], Listing):
            parent.items.append(node)
        elif (key := self.keys[-1]) is None:
            self.keys[-1] = self.key_from(event, parent, node)
        else:
            parent.entries[key.text] = Entry(key.line, key.column, key.text, node)
            self.keys[-1] = None

    def key_from(self, event: Any, parent: Mapping, node: Node) -> Scalar:
        if not isinstance(node, Scalar) or node.kind == "null":
            raise self.fail(event, "a key must be text")
        if node.text == "<<":
            raise self.fail(event, "merge keys ('<<') are not supported", "write the keys out")
        if node.text in parent.entries:
            first = parent.entries[node.text]
            raise self.fail(event, f"key '{node.text}' is there twice; the first is on line {first.line}")
        # A key read from an alias stands where the alias stands.
        return Scalar(*_place(event), node.text, node.kind)

    def kind_of(self, event: Any) -> Kind:
        tag: str | None = event.tag
        if tag is None or tag == "!":
            tag = str(self.resolve(self.scalar_node, event.value, event.implicit))
        if tag not in _SCALAR_TAGS:
            raise self.fail(event, f"tag {tag!r} is not supported")
        return _SCALAR_TAGS[tag]


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
