"""YAML text -> a tree in which every node knows its file, line and column, and its path from the top.

The scalars are those of the YAML 1.2 core schema: `on`, `yes`, `no`, dates and `1:30` are text, and a key is always
text. Duplicate keys, tags and references from a node to itself are errors.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import yaml

from daemonrpc_codegen.context import context_of
from daemonrpc_codegen.errors import InvalidSchemaError, Place, SchemaError
from daemonrpc_codegen.syntax import syntax_error

__all__ = ["Node", "Path", "Scalar", "parse"]

Scalar = str | int | float | bool | None
Path = tuple[str | int, ...]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG: Final = "tag:yaml.org,2002:"


class _CoreSchemaLoader(_Loader):  # type: ignore[misc]  # the C loader, where PyYAML was built with it
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # PyYAML's own name


for _name, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    _CoreSchemaLoader.add_implicit_resolver(_TAG + _name, re.compile(rf"(?:{_pattern})\Z"), _first)


class Node:
    """A value of the schema file, and where it stands.

    `value` is a dict of nodes, a list of nodes or a scalar. `key_place` is the place of the key that leads here
    (for the items of a list and for the top it is the place of the value).
    """

    __slots__ = ("key_place", "path", "place", "value")

    def __init__(
        self, value: "dict[str, Node] | list[Node] | Scalar", place: Place, key_place: Place, path: Path
    ) -> None:
        self.value = value
        self.place = place
        self.key_place = key_place
        self.path = path

    def __repr__(self) -> str:
        return f"Node({'/'.join(map(str, self.path))} at {self.place})"

    def __getitem__(self, key: str) -> "Node":
        """The node under a key of a mapping. Raises KeyError."""
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def get(self, key: str) -> "Node | None":
        """The node under a key, or None if there is none or this is no mapping."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """Keys and nodes of a mapping; of anything else nothing."""
        yield from self.value.items() if isinstance(self.value, dict) else ()

    def children(self, key: str) -> Iterator[tuple[str, "Node"]]:
        """Keys and nodes of the mapping under a key; nothing if it is not there."""
        child = self.get(key)
        yield from child.items() if child else ()

    def elements(self, key: str) -> list["Node"]:
        """The nodes of the list under a key; nothing if it is not there."""
        child = self.get(key)
        return [*child.value] if child and isinstance(child.value, list) else []

    def scalar(self, key: str, default: Any = None) -> Any:
        """The scalar under a key."""
        child = self.get(key)
        return default if child is None else child.value

    def find(self, path: Iterable[str | int]) -> "Node | None":
        """The node at the end of a path from here, or None if there is none (any more)."""
        node: Node | None = self
        for step in path:
            children = node.value if node else None
            if isinstance(children, dict):
                node = children.get(str(step))
            elif isinstance(children, list):
                node = next((child for child in children if child.path[-1] == step), None)
            else:
                return None
        return node

    def remove(self, child: "Node") -> None:
        """Take a child out of the mapping or the list; the places and paths of the others stay."""
        if isinstance(self.value, dict):
            self.value.pop(str(child.path[-1]), None)
        elif isinstance(self.value, list):
            self.value[:] = [item for item in self.value if item is not child]

    def shown(self) -> str:
        """The value in a message: `'soon'`, `null`, `a list`."""
        match self.value:
            case dict():
                return "a mapping"
            case list():
                return "a list"
            case None | bool():
                return {None: "null", True: "true", False: "false"}[self.value]
            case value:
                return repr(value)

    def plain(self) -> Any:
        """The same data without places."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value


def parse(text: str, file: str, errors: list[SchemaError] | None = None) -> Node:
    """The tree of one schema file.

    file: the name that places show.
    errors: takes what is wrong in a text that is YAML, so that the rest can be checked; without it that is raised too.
    Raises InvalidSchemaError.
    """
    try:
        top = yaml.compose(text, Loader=_CoreSchemaLoader)
    except yaml.MarkedYAMLError as error:
        raise InvalidSchemaError([syntax_error(error, text, file)]) from None
    except yaml.YAMLError as error:
        message = f"not YAML: {str(error).splitlines()[0]}"
        raise InvalidSchemaError([SchemaError(Place(file, 1, 1), "", message)]) from None
    if top is None:
        raise InvalidSchemaError([SchemaError(Place(file, 1, 1), "", "the file is empty")])
    reader = _TreeReader(file)
    node = reader.read(top, (), None)
    if errors is not None:
        errors += reader.errors
    elif reader.errors:
        raise InvalidSchemaError(reader.errors)
    return node


def _is_value(path: Path) -> bool:
    """Whether a default or an example is there: data of the service, not words of the schema."""
    return path[4:5] == ("default",) or path[2:3] == ("examples",)


class _TreeReader:
    """Turns the nodes of PyYAML into ours and collects what the schema language does not allow in YAML."""

    def __init__(self, file: str) -> None:
        self.errors: list[SchemaError] = []
        self._file = file
        self._open: set[int] = set()

    def read(self, node: yaml.Node, path: Path, key_place: Place | None) -> Node:
        place = self._place(node)
        return Node(self._value(node, path, place), place, key_place or place, path)

    def _value(self, node: yaml.Node, path: Path, place: Place) -> dict[str, Node] | list[Node] | Scalar:
        if id(node) in self._open:
            self._error(place, path, "the value contains itself", "write it out without the alias (*)")
            return None
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, path)
            if isinstance(node, yaml.SequenceNode):
                return [self.read(child, (*path, index), None) for index, child in enumerate(node.value)]
            if _is_value(path) and node.value == "None" and not getattr(node, "style", None):
                self._error(place, path, "None is a text in YAML", "write null, or put the text in quotes")
            return self._scalar(node, path, place)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Node]:
        result: dict[str, Node] = {}
        for key_node, value_node in node.value:
            place = self._place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                hint = 'inside { } a type with brackets needs quotes: "list[str]"'
                self._error(place, path, "a key must be text", hint)
                continue
            key = str(key_node.value)
            if key in result:
                hint = f"the first one is at line {result[key].key_place.line}"
                self._error(place, (*path, key), f"duplicate key '{key}'", hint)
                continue
            result[key] = self.read(value_node, (*path, key), place)
        return result

    def _scalar(self, node: yaml.Node, path: Path, place: Place) -> Scalar:
        kind, text = str(node.tag).removeprefix(_TAG), str(node.value)
        if kind == "str":
            return text
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind == "int":
            return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
        if kind == "float":
            return float(text)
        message = f"the YAML tag '{node.tag}' is not part of the schema language"
        self._error(place, path, message, "write the plain value")
        return text

    def _place(self, node: yaml.Node) -> Place:
        return Place(self._file, node.start_mark.line + 1, node.start_mark.column + 1)

    def _error(self, place: Place, path: Path, message: str, hint: str) -> None:
        self.errors.append(SchemaError(place, context_of(path), message, hint))
