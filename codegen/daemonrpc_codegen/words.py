"""The words of the schema language, explained to who calls a method."""

from dataclasses import dataclass
from typing import Final

from daemonrpc_codegen.model import Constraints, Method, StreamDef

__all__ = ["Fact", "limit_words", "method_facts", "stream_facts"]


@dataclass(frozen=True, slots=True)
class Fact:
    """What holds for a method: a term, a word, and what the word means here."""

    term: str
    word: str
    meaning: str


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
        Fact("Safety", method.safety, _SAFETY[method.safety].format(key=method.key)),
        Fact("Access", access, who),
        Fact("Deadline", *(_STREAM_DEADLINE if method.stream else _DEADLINE)),
    ]
    if method.stream is None:
        facts += [
            Fact("Admission", method.admission, _ADMISSION[method.admission]),
            Fact("Lost caller", lost, what),
        ]
    return facts


def stream_facts(stream: StreamDef) -> list[Fact]:
    """What a reader of a stream can rely on."""
    return [
        Fact("Slow reader", stream.slow_consumer.replace("_", " "), _SLOW[stream.slow_consumer]),
        Fact("Items come as", stream.notification, "The method name of the notification that carries an item."),
    ]


def limit_words(limits: Constraints) -> list[str]:
    """Constraints in words, one each."""
    words = {
        "at least {}": limits.minimum,
        "at most {}": limits.maximum,
        "length at least {}": limits.min_length,
        "length at most {}": limits.max_length,
        "matches {}": limits.pattern,
    }
    return [text.format(value) for text, value in words.items() if value is not None]
