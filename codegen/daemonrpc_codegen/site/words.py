"""The words of the schema language, explained to who calls a method."""

from typing import Final

from daemonrpc_codegen.model import Method, StreamDef
from daemonrpc_codegen.site.view import Fact, Piece, Prose

__all__ = ["method_facts", "stream_facts"]

_SAFETY: Final = {
    "safe": "It only reads. After a lost connection a client may send it again.",
    "idempotent": "Twice is the same as once. After a lost connection a client may send it again.",
    "keyed": "A client that gives the key {key} may send it again: the same key is the same call.",
    "unsafe": "Once it may have run, a client never sends it again by itself.",
}
_ACCESS: Final = {
    "any": ("anyone", "Whoever can open the socket may call it."),
    "group": ("group", "The daemon's user, root, and members of the group that owns the socket may call it."),
    "owner": ("owner", "Only the daemon's user and root may call it."),
}
_ADMISSION: Final = {
    "slots": "It takes one of the daemon's slots; when all are taken it waits for one.",
    "always": "It is answered even when every slot is taken.",
}
_LOST: Final = {
    False: ("cancelled", "When the connection of its caller is lost, it is stopped."),
    True: ("goes on", "When the connection of its caller is lost, it goes on to its end."),
}
_DEADLINE: Final = (
    "30 s unless said",
    "A client's timeout travels with the call; what is late is stopped, and the answer is -32091.",
)
_STREAM_DEADLINE: Final = ("none unless said", "A stream has no deadline, unless its caller gives a timeout.")
_SLOW: Final = {
    "block": "The stream waits for a client that reads too slowly; nothing is left out.",
    "drop_oldest": "For a client that reads too slowly the oldest unread items are left out.",
    "disconnect": "For a client that reads too slowly the stream ends with the error -32095.",
}


def method_facts(method: Method) -> list[Fact]:
    """What a caller of a method can rely on."""
    access, who = _ACCESS[method.access]
    lost, what = _LOST[method.detached]
    facts = [
        _fact("Safety", method.safety, _SAFETY[method.safety].format(key=method.key)),
        _fact("Access", access, who),
        _fact("Deadline", *(_STREAM_DEADLINE if method.stream else _DEADLINE)),
    ]
    if method.stream is None:
        facts += [
            _fact("Admission", method.admission, _ADMISSION[method.admission]),
            _fact("Lost caller", lost, what),
        ]
    return facts


def stream_facts(stream: StreamDef) -> list[Fact]:
    """What a reader of a stream can rely on."""
    return [
        _fact("Slow reader", stream.slow_consumer.replace("_", " "), _SLOW[stream.slow_consumer]),
        _fact("Items come as", stream.notification, "The method name of the notification that carries an item."),
    ]


def _fact(term: str, word: str, meaning: str) -> Fact:
    return Fact(term, Prose([Piece(word)]), meaning)
