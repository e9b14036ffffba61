"""The table of all changes: whom each breaks, why, and what to do instead. docs/evolution.md shows it.

Params travel to a strict server (`param-...`, at any depth); results, items of streams and data of errors travel to a
tolerant client (`result-...`). A type that travels both ways obeys both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["RULES", "Category", "Rule", "Verdict"]


class Category(StrEnum):
    """What a change may break."""

    SOURCE = "SOURCE"
    """Names and types in generated Python; the wire stays."""
    WIRE = "WIRE"
    """A message is refused, or not understood."""
    BEHAVIOR = "BEHAVIOR"
    """Every message is understood and means something else."""


class Verdict(StrEnum):
    """What a change does to one pair of peers."""

    OK = "ok"
    HAZARD = "hazard"
    """It breaks only who uses what is new, or what was announced to go."""
    BREAKS = "breaks"


_OK, _H, _B = Verdict.OK, Verdict.HAZARD, Verdict.BREAKS


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of change."""

    name: str
    category: Category
    old_client: Verdict
    """An old client with a new server."""
    new_client: Verdict
    """A new client with an old server."""
    why: str
    advice: str = ""
    is_fault: bool = False
    """The change breaks no peer today and is still wrong, because it leaves no trace in the schema."""

    @property
    def breaks(self) -> bool:
        """Whether a schema with this change is to be refused."""
        return self.is_fault or _B in (self.old_client, self.new_client) or self.category is Category.SOURCE


_ADD_INSTEAD: Final = "add a new one beside it, mark the old one as deprecated, and serve both"
_RETIRE: Final = "mark it as deprecated and keep it; remove it in a later release, with a tombstone under `removed`"
_MAJOR: Final = "undo it, raise the major version, or raise compatibility.oldest_peer"
_GIVE_DEFAULT: Final = "give it a default, or make it optional"

_WIRE: Final = (
    # -- methods -------------------------------------------------------------------------------------------------------
    ("method-added", _OK, _H, "an old server answers -32601", ""),
    ("method-removed", _B, _OK, "an old client that calls it gets -32601", _RETIRE),
    ("method-retired", _H, _OK, "an old client that ignored the deprecation gets -32601", ""),
    ("method-renamed", _B, _B, "each side calls a name that the other answers with -32601", _ADD_INSTEAD),
    ("method-stream-changed", _B, _B, "one side waits for items that never come, or meets some it did not ask for",
     _ADD_INSTEAD),
    ("notification-renamed", _B, _B, "a client that knows items by the name of their notification drops them",
     "keep the name, or add another stream"),
    ("params-reordered", _B, _B, "params may be given by position, and their values now land in other params",
     "keep the order, and add new params at the end"),
    ("error-added", _H, _OK, "an old client sees it as a plain RpcError with its code", ""),
    ("error-dropped", _OK, _H, "an old server still sends it, and a new client sees a plain RpcError", ""),
    ("error-code-changed", _B, _B, "each side takes the code of the other for an error that it does not know",
     "keep the code: it is the identity of an error"),
    ("error-code-reused", _B, _B, "each side takes the error of the other for its own",
     "choose a code that never stood for anything else"),
    # -- what travels to the server ------------------------------------------------------------------------------------
    ("param-added", _OK, _H, "an old server refuses it with -32602, if a client sends it", ""),
    ("param-added-required", _B, _B, "an old client does not send it and a new server demands it; a new client does,"
     " and an old server refuses what it does not know", _GIVE_DEFAULT),
    ("param-removed", _B, _OK, "an old client may send it, and a new server refuses it with -32602", _RETIRE),
    ("param-removed-required", _B, _B, "an old client always sends it, and an old server demands it",
     "make it optional first"),
    ("param-retired", _H, _OK, "an old client that ignored the deprecation gets -32602", ""),
    ("param-renamed", _B, _B, "each server refuses the name that the other's clients send with -32602", _ADD_INSTEAD),
    ("param-made-required", _B, _OK, "an old client may leave it out, and a new server refuses that with -32602",
     "keep it optional, and refuse in the handler what cannot be done without it"),
    ("param-made-optional", _OK, _H, "an old server demands it", ""),
    ("param-widened", _OK, _H, "an old server refuses the new values with -32602", ""),
    ("param-narrowed", _B, _OK, "a new server refuses with -32602 what an old client may send", _ADD_INSTEAD),
    ("param-type-changed", _B, _B, "neither server accepts what the other's clients send", _ADD_INSTEAD),
    ("param-value-added", _OK, _H, "an old server refuses the new value with -32602", ""),
    ("param-value-removed", _B, _OK, "a new server refuses the value with -32602", _RETIRE),
    ("param-value-retired", _H, _OK, "an old client that ignored the deprecation gets -32602", ""),
    ("param-value-renamed", _B, _B, "each server refuses the value of the other with -32602", _ADD_INSTEAD),
    ("param-tag-added", _OK, _H, "an old server refuses the new tag with -32602", ""),
    ("param-tag-removed", _B, _OK, "a new server refuses the tag with -32602", _RETIRE),
    ("param-tag-retired", _H, _OK, "an old client that ignored the deprecation gets -32602", ""),
    ("param-tag-renamed", _B, _B, "each server refuses the tag of the other with -32602", _ADD_INSTEAD),
    ("param-struct-tagged", _OK, _B, "it is now sent with a tag, which an old server refuses as an unknown field",
     "make a struct of its own for the union"),
    ("param-struct-untagged", _B, _OK, "an old client sends it with its tag, which a new server refuses",
     "keep it in its union"),
    # -- what travels to the client ------------------------------------------------------------------------------------
    ("result-field-added", _OK, _OK, "an old client ignores it, and an old server leaves it out", ""),
    ("result-field-added-required", _OK, _B, "an old server does not send it, and a new client cannot do without",
     f"{_GIVE_DEFAULT}, or raise compatibility.oldest_peer to its `since`"),
    ("result-field-removed-required", _B, _OK, "an old client cannot do without it", "keep it"),
    ("result-field-renamed", _B, _B, "each client looks for a name that the other server does not send", _ADD_INSTEAD),
    ("result-made-optional", _B, _OK, "an old client cannot do without it", "keep sending it"),
    ("result-made-required", _OK, _B, "an old server may leave it out, and a new client cannot do without",
     "keep it as it is; servers may send it always"),
    ("result-null-added", _B, _OK, "an old client expects a value and cannot read null",
     "make it optional from the start, or send an empty value"),
    ("result-null-removed", _OK, _B, "an old server may send null, which a new client cannot read", "keep null"),
    ("result-type-widened", _B, _OK, "an old client cannot read the new kind of value", _ADD_INSTEAD),
    ("result-type-narrowed", _OK, _B, "a new client cannot read what an old server sends", _ADD_INSTEAD),
    ("result-type-changed", _B, _B, "neither client can read what the other's server sends", _ADD_INSTEAD),
    ("result-constraint-changed", _OK, _OK, "clients check no constraints", ""),
    ("result-value-added", _OK, _OK, "the enum is open: an old client keeps a value that it does not know", ""),
    ("result-value-added-closed", _B, _OK, "the enum was closed: an old client refuses the answer",
     "open the enum (remove `closed`), release, and add the value in a later major version"),
    ("result-value-removed", _OK, _OK, "the enum is open: a new client keeps a value that it does not know", ""),
    ("result-value-removed-closed", _OK, _B, "the enum is closed: a new client refuses the answer", "keep the value"),
    ("result-tag-added", _OK, _OK, "the union is open: an old client keeps a tag that it does not know", ""),
    ("result-tag-added-closed", _B, _OK, "the union was closed: an old client refuses the answer",
     "open the union (remove `closed`), release, and add the tag in a later major version"),
    ("result-tag-removed", _OK, _OK, "the union is open: a new client keeps a tag that it does not know", ""),
    ("result-tag-removed-closed", _OK, _B, "the union is closed: a new client refuses the answer", "keep the tag"),
    ("result-opened", _OK, _OK, "a new client also keeps what it does not know", ""),
    ("result-closed", _OK, _OK, "a new client refuses what it does not know: nothing can be added later", ""),
    # -- both ways -----------------------------------------------------------------------------------------------------
    ("struct-became-union", _B, _B, "values without a tag meet a peer that demands one",
     "make it a union from the start, or add a field of the union beside it"),
    ("union-became-struct", _B, _B, "values with different fields meet a peer that knows one kind only", _ADD_INSTEAD),
    ("union-tag-field-renamed", _B, _B, "each side looks for the tag in another field", "keep the name of the field"),
    ("struct-tag-changed", _B, _B, "each side refuses the tag of the other", "keep the tag"),
)  # fmt: skip

_BEHAVIOR: Final = (
    ("safety-weakened", _B, _OK, "old clients still send the call again after a lost connection, so it may run twice",
     "keep it repeatable, or add another method"),
    ("safety-strengthened", _OK, _B, "new clients send the call again to an old server, where it may run twice",
     "raise compatibility.oldest_peer, or accept the finding if old servers were as safe"),
    ("key-changed", _B, _B, "each side knows a repeated call by another param", "keep the key"),
    ("access-narrowed", _B, _OK, "who was allowed to call is refused", _MAJOR),
    ("access-widened", _OK, _H, "an old server refuses who is allowed now", ""),
    ("admission-narrowed", _B, _OK, "a full server refuses a call that it used to answer", "keep `admission: always`"),
    ("admission-widened", _OK, _H, "an old server that is full refuses it", ""),
    ("detached-changed", _B, _B, "a call whose connection is lost ends where it went on, or goes on where it ended",
     _ADD_INSTEAD),
    ("slow-consumer-changed", _B, _B, "a reader that is slow loses other items than it was promised", _ADD_INSTEAD),
    ("param-default-changed", _B, _B, "who leaves the param out, and no default is ever sent, gets something else",
     "add another param, or another method"),
    ("result-default-changed", _H, _H, "a server that leaves it out means another value", ""),
    ("absent-doc-changed", _H, _H, "the doc says what its absence means, and it may say something else now", ""),
    ("result-field-removed", _B, _OK, "an old client reads its absence as a statement of the server", _RETIRE),
    ("result-field-retired", _H, _OK, "an old client that ignored the deprecation finds it absent", ""),
)  # fmt: skip

_SOURCE: Final = (
    ("python-name-changed", "code that uses the old name fails", "keep the name with `name:`"),
    ("python-type-changed", "code that was checked against the old type is wrong", _ADD_INSTEAD),
    ("type-renamed", "code that imports the old name fails; the wire has no names of types", "keep the name"),
    ("type-removed", "code that imports it fails; the wire has no names of types", "mark it as deprecated first"),
    ("error-renamed", "code that catches the old name fails; the wire has the code only", "keep the name"),
    ("error-removed", "code that catches it fails", _RETIRE),
    ("value-name-removed", "code that uses the member of the enum fails", _RETIRE),
)  # fmt: skip

_FAULTS: Final = (
    ("since-missing", _OK, _H, "nobody can tell which servers know it", "give it `since` with the next version"),
    ("widened-missing", _OK, _H, "nobody can tell which servers accept it", "give it `widened` with the next version"),
    ("tombstone-missing", _OK, _OK, "the name or the code is free to be used again, with another meaning",
     "put it under `removed`, with `since` and `reason`"),
    ("tombstone-dropped", _OK, _OK, "the name or the code is free to be used again, with another meaning",
     "put the tombstone back"),
    ("name-reused", _B, _B, "peers from before its removal know it with another meaning", "choose another name"),
    ("version-not-raised", _OK, _OK, "two releases of one version would mean different things on the wire",
     "raise `version`"),
)  # fmt: skip


def _rules() -> Mapping[str, Rule]:
    wire = [Rule(name, Category.WIRE, old, new, why, advice) for name, old, new, why, advice in _WIRE]
    behavior = [Rule(name, Category.BEHAVIOR, old, new, why, advice) for name, old, new, why, advice in _BEHAVIOR]
    source = [Rule(name, Category.SOURCE, _OK, _OK, why, advice) for name, why, advice in _SOURCE]
    faults = [Rule(name, Category.WIRE, old, new, why, advice, True) for name, old, new, why, advice in _FAULTS]
    return {rule.name: rule for rule in (*wire, *behavior, *source, *faults)}


RULES: Final = _rules()
