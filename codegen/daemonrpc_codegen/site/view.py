"""What the templates of the site print: plain data, every text ready but for its HTML escapes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

__all__ = ["Call", "Entry", "Example", "Fact", "Group", "NavSection", "Page", "Piece", "Prose", "Row", "Table"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; a link if `href` is there, set as code if `is_code`. `mark` is the CSS class of a token."""

    text: str
    href: str = ""
    is_code: bool = False
    mark: str = ""

    def __html__(self) -> Markup:
        """The text escaped, inside the elements that it asks for."""
        html = escape(self.text)
        if self.is_code:
            html = Markup("<code>{}</code>").format(html)
        if self.href:
            return Markup('<a href="{}">{}</a>').format(self.href, html)
        return Markup('<i class="{}">{}</i>').format(self.mark, html) if self.mark else html


class Prose(tuple[Piece, ...]):
    """Pieces one after the other; a template prints them as it prints a text."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """Without any marks."""
        return "".join(piece.text for piece in self)

    def __html__(self) -> Markup:
        """The HTML of the pieces."""
        return Markup("").join(self)


_NOTHING: Final = Prose()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A param, a field, a value, a variant or an error in a table."""

    anchor: str
    name: str
    type: Prose = _NOTHING
    presence: str = ""
    """Required, optional, or the default."""
    is_required: bool = False
    limits: Sequence[str] = ()
    doc: Prose = _NOTHING
    since: str = ""
    deprecated: Prose = _NOTHING


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a title."""

    title: str
    rows: Sequence[Row]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """What holds for a declaration as a whole: a term, a word, and what the word means here."""

    term: str
    word: Prose
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One form of a call: as a line, in the shell, in Python."""

    form: str
    """Names the form for the reader's choice, which holds for the whole page."""
    title: str
    code: Prose


@dataclass(frozen=True, slots=True)
class Example:
    """A call in every form, and what comes back, a line each."""

    title: str
    doc: Prose
    calls: Sequence[Call]
    answer: Sequence[Prose]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A method, a type or an error."""

    anchor: str
    kind: str
    name: str
    signature: str
    doc: Prose
    since: str
    deprecated: Prose
    facts: Sequence[Fact] = ()
    tables: Sequence[Table] = ()
    examples: Sequence[Example] = ()
    uses: Prose = _NOTHING
    """Links to what uses it."""


@dataclass(frozen=True, slots=True)
class NavSection:
    """Links of the contents, under a title."""

    title: str
    links: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Group:
    """Entries of one kind."""

    anchor: str
    title: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole site."""

    made_from: str
    service: str
    version: str
    fingerprint: str
    doc: Prose
    client: str
    package: str
    counts: str
    has_calls: bool
    groups: Sequence[Group]
    nav: Sequence[NavSection]
