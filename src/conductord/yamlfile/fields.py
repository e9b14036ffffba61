"""Typed reading of a mapping: each getter takes one key, notes what is wrong with it and goes on.

What no getter asked for is an unknown key, so nothing in a file is ignored. A getter that notes a problem
returns its default; the caller raises at the end when the report holds any problem.
"""

import difflib
import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from conductord.problems import Problem
from conductord.quantities import parse_duration, parse_size
from conductord.yamlfile.nodes import Entry, Listing, Mapping, Node, Scalar, name_of

T = TypeVar("T")
D = TypeVar("D")

_INTEGER = re.compile(r"[+-]?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class Report:
    """The problems of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def add(self, at: Node | Entry, where: Iterable[str], message: str, hint: str | None = None) -> None:
        """Note a mistake. `where`: the path in words, such as ("sheet 'plan'", "'timeout'")."""
        path = ", ".join(where)
        self.problems.append(
            Problem(
                file=self.file,
                line=at.line,
                column=at.column,
                where=f"in {path}" if path else "",
                message=message,
                hint=hint,
            )
        )

    def sorted(self) -> list[Problem]:
        """All problems in the order of the file."""
        return sorted(self.problems, key=lambda problem: (problem.line, problem.column))


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint that names the nearest of `known`, or all of them when none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"known: {', '.join(names)}" if names else None


Check = Callable[[str], T]
"""Turns the text of a value into the value; raises ValueError with the reason."""


class Fields:
    """The keys of one mapping."""

    def __init__(
        self,
        node: Mapping,
        report: Report,
        where: tuple[str, ...] = (),
        *,
        substitute: Callable[[str], str] | None = None,
    ) -> None:
        """substitute: applied to each text that is read; raises ValueError with the reason."""
        self.node = node
        self.report = report
        self.where = where
        self.substitute = substitute
        self.asked: dict[str, None] = {}

    # -- the keys ------------------------------------------------------------------------------

    def get(self, key: str) -> Node | None:
        """The node under `key`, which counts as known from now on."""
        self.asked[key] = None
        entry = self.node.entries.get(key)
        return entry.value if entry else None

    def __contains__(self, key: str) -> bool:
        return key in self.node.entries

    def is_null(self, key: str) -> bool:
        """Whether the key is there with no value: `timeout:` or `timeout: null`."""
        node = self.get(key)
        return isinstance(node, Scalar) and node.kind == "null"

    def entry(self, key: str) -> Entry:
        """Key and value, for a problem at the place of the key. The key must be there."""
        return self.node.entries[key]

    def finish(self) -> None:
        """Note every key that no getter asked for."""
        for key, entry in self.node.entries.items():
            if key not in self.asked:
                self.report.add(entry, self.where, f"unknown key '{key}'", did_you_mean(key, self.asked))

    def problem(self, key: str, message: str, hint: str | None = None, *, at: Node | None = None) -> None:
        """Note a mistake in the value of `key`, or at the mapping when the key is absent."""
        entry = self.node.entries.get(key)
        place = at or (entry.value if entry else self.node)
        self.report.add(place, (*self.where, f"'{key}'"), message, hint)

    def missing(self, key: str, hint: str | None = None) -> None:
        """Note that a required key is absent."""
        self.report.add(self.node, self.where, f"'{key}' is missing", hint)

    # -- single values -------------------------------------------------------------------------

    def text(self, key: str, default: str = "") -> str:
        """Text; a number counts as the text that stands in the file."""
        node = self.get(key)
        return default if node is None else self.text_of(node, key, default)

    def optional_text(self, key: str) -> str | None:
        """Text, or None when the key is absent or null."""
        return None if key not in self or self.is_null(key) else self.text(key)

    def text_of(self, node: Node, key: str, default: str = "") -> str:
        """Text of a node under `key`, variables filled in."""
        if not isinstance(node, Scalar) or node.kind in ("boolean", "null"):
            hint = "put it in quotes to make it text" if isinstance(node, Scalar) else None
            self.problem(key, f"expected text, found {name_of(node)}", hint, at=node)
            return default
        if "\0" in node.text:
            self.problem(key, "text must not hold a NUL character", at=node)
            return default
        return self._filled(node, key, default)

    def _filled(self, node: Scalar, key: str, default: str) -> str:
        if self.substitute is None:
            return node.text
        try:
            return self.substitute(node.text)
        except ValueError as error:
            message, _, hint = str(error).partition("\n")
            self.problem(key, message, hint or None, at=node)
            return default

    def integer(self, key: str, default: int, *, minimum: int = 0, maximum: int = 2**53) -> int:
        """A whole number within bounds."""
        node = self.get(key)
        return default if node is None else self.integer_of(node, key, default, minimum, maximum)

    def integer_of(self, node: Node, key: str, default: int, minimum: int, maximum: int) -> int:
        """A whole number of a node under `key`."""
        if not isinstance(node, Scalar) or not _INTEGER.fullmatch(node.text):
            self.problem(key, f"expected a whole number, found {_shown(node)}", at=node)
            return default
        # Compared by length first: a number of a million digits takes minutes to convert.
        if len(node.text) > 18 or not minimum <= int(node.text) <= maximum:
            self.problem(key, f"must be from {minimum} to {maximum}, not {_shown(node)}", at=node)
            return default
        return int(node.text)

    def boolean(self, key: str, default: bool) -> bool:
        """true or false."""
        node = self.get(key)
        if node is None:
            return default
        if isinstance(node, Scalar) and node.kind == "boolean" and node.text.lower() in _BOOLEANS:
            return _BOOLEANS[node.text.lower()]
        self.problem(key, f"expected true or false, found {_shown(node)}")
        return default

    def choice(self, key: str, default: str, choices: tuple[str, ...]) -> str:
        """One of a few words."""
        value = self.text(key, default)
        if value in choices:
            return value
        self.problem(key, f"'{value}' is not one of {', '.join(choices)}", did_you_mean(value, choices))
        return default

    def number(self, key: str, default: float, *, minimum: float) -> float:
        """A number, not below `minimum`."""

        def check(text: str) -> float:
            if not _NUMBER.fullmatch(text) or not minimum <= float(text) <= 1e15:
                raise ValueError(f"must be a number from {minimum:g}")
            return float(text)

        return self.parsed(key, default, check)

    def duration(self, key: str, default: D) -> float | D:
        """Seconds, above zero."""
        return self.parsed(key, default, _positive_duration)

    def delay(self, key: str, default: D) -> float | D:
        """Seconds, zero allowed."""
        return self.parsed(key, default, parse_duration)

    def size(self, key: str, default: D) -> int | D:
        """Bytes."""
        return self.parsed(key, default, parse_size)

    def parsed(self, key: str, default: D, check: Check[T]) -> T | D:
        """A value that `check` makes from its text."""
        node = self.get(key)
        if node is None:
            return default
        if not isinstance(node, Scalar) or node.kind in ("boolean", "null"):
            self.problem(key, f"expected text or a number, found {name_of(node)}")
            return default
        before = len(self.report.problems)
        text = self._filled(node, key, "")
        if len(self.report.problems) > before:
            return default
        try:
            return check(text)
        except ValueError as error:
            message, _, hint = str(error).partition("; ")
            self.problem(key, message, hint or None)
            return default

    # -- collections ---------------------------------------------------------------------------

    def mapping(self, key: str, *, substitute: bool = True) -> "Fields | None":
        """The mapping under `key` as Fields; None when absent, null or (noted) something else."""
        node = self.get(key)
        if node is None or self.is_null(key):
            return None
        if not isinstance(node, Mapping):
            self.problem(key, f"expected a mapping, found {name_of(node)}")
            return None
        return self.nested(node, f"'{key}'", substitute=substitute)

    def nested(self, node: Mapping, name: str, *, substitute: bool = True) -> "Fields":
        """Fields of a mapping below this one, whose problems say `name` after our own path."""
        fill = self.substitute if substitute else None
        return Fields(node, self.report, (*self.where, name), substitute=fill)

    def items(self, key: str) -> list[Node]:
        """The items of the list under `key`; empty when absent or (noted) not a list."""
        node = self.get(key)
        if node is None:
            return []
        if not isinstance(node, Listing):
            self.problem(key, f"expected a list, found {name_of(node)}")
            return []
        return node.items

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(self.text_of(item, key) for item in self.items(key))

    def text_map(self, key: str) -> dict[str, str]:
        """A mapping of names to texts, such as an environment."""
        inner = self.mapping(key)
        return {} if inner is None else {name: inner.text(name) for name in inner.node.entries}

    def integers(self, key: str, *, minimum: int, maximum: int) -> tuple[int, ...]:
        """One whole number, or a list of them."""
        node = self.get(key)
        items = node.items if isinstance(node, Listing) else [node] if node else []
        if isinstance(node, Listing) and not items:
            self.problem(key, "the list is empty")
        return tuple(self.integer_of(item, key, minimum, minimum, maximum) for item in items)


def _positive_duration(text: str) -> float:
    seconds = parse_duration(text)
    if seconds <= 0:
        raise ValueError("must be longer than zero; leave the key out for no bound")
    return seconds


def _shown(node: Node) -> str:
    if not isinstance(node, Scalar) or node.kind == "null":
        return name_of(node)
    return repr(node.text if len(node.text) <= 40 else node.text[:37] + "...")
