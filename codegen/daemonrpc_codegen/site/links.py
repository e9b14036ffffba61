"""Where things stand on the page: anchors, and text whose names lead there."""

from collections.abc import Iterable
from urllib.parse import quote

from daemonrpc_codegen.model import Api, DictOf, ListOf, Named, Nullable, Scalar, TypeRef
from daemonrpc_codegen.site.view import Piece, Prose

__all__ = ["Links", "joined", "member"]


def member(anchor: str, name: str) -> str:
    """The anchor of a param, a field or a value of an entry."""
    return f"{anchor}:{_safe(name)}"


def joined(parts: Iterable[Piece], separator: str) -> Prose:
    """Pieces with a text between them."""
    pieces: list[Piece] = []
    for part in parts:
        pieces += [Piece(separator), part] if pieces else [part]
    return Prose(pieces)


class Links:
    """Knows what the schema declares."""

    def __init__(self, api: Api) -> None:
        types = {item.name: self.type_anchor(item.name) for item in api.types}
        errors = {error.name: self.error_anchor(error.name) for error in api.errors}
        self._declared = types | errors
        self._targets = {method.name: self.method_anchor(method.name) for method in api.methods} | self._declared

    def method_anchor(self, name: str) -> str:
        """Where a method stands."""
        return f"method/{_safe(name)}"

    def type_anchor(self, name: str) -> str:
        """Where a type stands."""
        return f"type/{_safe(name)}"

    def error_anchor(self, name: str) -> str:
        """Where an error stands."""
        return f"error/{_safe(name)}"

    def method(self, name: str) -> Piece:
        """A link to a method."""
        return Piece(name, f"#{self.method_anchor(name)}")

    def named(self, name: str) -> Piece:
        """A link to a type or an error."""
        return Piece(name, f"#{self._declared[name]}")

    def type(self, ref: TypeRef) -> Prose:
        """A type in words, with links to what is declared."""
        match ref:
            case Scalar(name):
                return Prose([Piece(name.value)])
            case Named(name):
                return Prose([self.named(name)])
            case ListOf(item):
                return Prose([Piece("list of "), *self.type(item)])
            case DictOf(value):
                return Prose([Piece("dict of "), *self.type(value)])
            case Nullable(inner):
                return Prose([*self.type(inner), Piece(" or null")])

    def prose(self, text: str) -> Prose:
        """A doc: what stands in backticks is code, and leads to what it names."""
        parts = text.split("`")
        if len(parts) % 2 == 0:  # a backtick without its other half is a character like any other
            return Prose([Piece(text)])
        pieces = [
            Piece(part, f"#{self._targets[part]}" if part in self._targets else "", is_code=True)
            if number % 2
            else Piece(part)
            for number, part in enumerate(parts)
        ]
        return Prose(piece for piece in pieces if piece.text)


def _safe(name: str) -> str:
    """An id has no spaces, and a fragment no characters that a browser would escape."""
    return quote(name, safe="/$@+")
