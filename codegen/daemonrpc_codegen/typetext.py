"""The text of a type, such as `list[Step] | None`, to a TypeRef.

type  = atom *("|" atom)
atom  = name | "None" | "list" "[" type "]" | "dict" "[" "str" "," type "]"
"""

import re
from typing import Final

from daemonrpc_codegen.model import DictOf, ListOf, Named, Nullable, Scalar, ScalarName, TypeRef
from daemonrpc_codegen.othertypes import advice_on, translated

__all__ = ["TypeTextError", "parse_type", "write_instead"]

_TOKEN: Final = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_.]*|[\[\],|]|\S)")
_NAME: Final = re.compile(r"[A-Za-z_]")
_SCALARS: Final = frozenset(ScalarName)
_TYPES: Final = f"{', '.join(ScalarName)}, list[T], dict[str, T], T | None, or a name under `types`"


class TypeTextError(Exception):
    """The text is no type: `message` and `hint` say why."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def parse_type(text: str) -> TypeRef:
    """The type that a text names. Names are not looked up. Raises TypeTextError."""
    parser = _Parser(text)
    ref = parser.union()
    if parser.peek():
        raise TypeTextError(f"unexpected '{parser.peek()}' in the type '{text}'")
    return ref


def write_instead(text: str) -> str:
    """A hint for a type as other languages have it: `Optional[string]` is `str | None` here; empty for any other."""
    ours = translated(text)
    try:
        known = ours != text and bool(parse_type(ours))
    except TypeTextError:
        known = False
    return f"write {ours}" if known else advice_on(text)


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[str] = _TOKEN.findall(text)
        self._next = 0

    def peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def union(self) -> TypeRef:
        atoms = [self._atom()]
        while self.peek() == "|":
            self._take("|")
            atoms.append(self._atom())
        members = [atom for atom in atoms if atom is not None]
        if len(members) > 1:
            raise TypeTextError(
                f"'{self._text}' is a union without a tag",
                "a union is of structs, with a tag: declare `union: {tag: ..., of: {...}}`",
            )
        if len(atoms) - len(members) > 1 or not members:
            raise TypeTextError(
                f"'{self._text}' has no type beside None" if not members else "None is named twice",
                "write T | None, where T is the type that a value has if it is there",
            )
        return self._nullable(members[0]) if len(atoms) > 1 else members[0]

    def _nullable(self, inner: TypeRef) -> TypeRef:
        if inner == Scalar(ScalarName.ANY):
            raise TypeTextError("'any | None' says the same as 'any'", "write any")
        return Nullable(inner)

    def _atom(self) -> TypeRef | None:
        name = self.peek()
        if not _NAME.match(name):
            found = repr(name) if name else "its end"
            raise TypeTextError(f"expected a type in '{self._text}', found {found}", f"a type is {_TYPES}")
        self._take(name)
        if name in ("None", "null"):
            return None
        if name == "list":
            return ListOf(self._bracketed("list[T]"))
        if name == "dict":
            return DictOf(self._bracketed("dict[str, T]", key=True))
        if name in _SCALARS:
            return Scalar(ScalarName(name))
        return Named(name)

    def _bracketed(self, form: str, *, key: bool = False) -> TypeRef:
        if self.peek() != "[":
            raise TypeTextError(f"'{form.partition('[')[0]}' needs to say of what", f"write {form}")
        self._take("[")
        if key:
            if self.peek() != "str":
                raise TypeTextError("the keys of a dict are text: JSON has no others", f"write {form}")
            self._take("str")
            self._take(",")
        inner = self.union()
        self._take("]")
        return inner

    def _take(self, token: str) -> None:
        if self.peek() != token:
            found = f"'{self.peek()}'" if self.peek() else "its end"
            raise TypeTextError(f"expected '{token}' in the type '{self._text}', found {found}")
        self._next += 1
