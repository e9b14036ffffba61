"""Lines that are wrong in one or a few places: bytes, tokens and members of a valid line are changed."""

import random
import re
from collections.abc import Callable

__all__ = ["mutated_line"]

TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null|[\[\]{}:,]', re.DOTALL)

VALUES: list[bytes] = [
    *(b"null", b"true", b"0", b"-0", b"1", b"1.0", b"1e0", b"-1", b"1e400", b"9007199254740993", b"NaN", b"-Infinity"),
    *(b"18446744073709551616", b"9" * 130, b"9" * 5000, b"0." + b"1" * 400, b'""', b'"1"', b'"2.0"', b'"\\u0000"'),
    *(b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\ud83d\\ude00"', b'"\xc3\xa9"', b"[]", b"{}", b"[[]]", b'{"a":{}}'),
    *(b"[" * 60 + b"]" * 60, b"[" * 66 + b"]" * 66, b'{"a":' * 65 + b"1" + b"}" * 65, b"[" * 3000, b'"rpc.cancel"'),
    *(b'{"id":1}', b'{"timeout_ms":0}', b'{"timeout_ms":"x"}', b'{"key":7}', b'"' + b"k" * 300 + b'"'),
]
PIECES: list[bytes] = [
    *(b"\xef\xbb\xbf", b"\x00", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xff", b"\x80", b"\r", b"\n"),
    *(b"\t", b"\x0b", b"\xc2\xa0", b"\xe2\x80\xa8", b"\\", b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\u", b"//"),
]
MEMBERS: list[bytes] = [
    *(b'"id":', b'"jsonrpc":', b'"method":', b'"params":', b'"meta":', b'"stream":', b'"result":', b'"error":'),
    *(b'"x":', b'"\\u0069d":', b'"ID":', b'"":'),
]


def _flip(line: bytearray, chance: random.Random) -> None:
    if line:
        line[chance.randrange(len(line))] ^= 1 << chance.randrange(8)


def _delete(line: bytearray, chance: random.Random) -> None:
    start = chance.randint(0, len(line))
    del line[start : start + chance.choice([1, 1, 2, 8, 64])]


def _repeat(line: bytearray, chance: random.Random) -> None:
    start = chance.randint(0, len(line))
    line[start:start] = line[start : start + chance.randint(1, 40)] * chance.choice([1, 1, 2, 20])


def _insert(line: bytearray, chance: random.Random) -> None:
    at = chance.randint(0, len(line))
    line[at:at] = chance.choice(PIECES)


def _replace_token(line: bytearray, chance: random.Random) -> None:
    tokens = list(TOKENS.finditer(line))
    if tokens:
        token = chance.choice(tokens)
        start, end = token.span()  # the match holds the buffer: nothing may be resized while it lives
        del tokens, token
        line[start:end] = chance.choice(VALUES)


def _swap_tokens(line: bytearray, chance: random.Random) -> None:
    spans = [token.span() for token in TOKENS.finditer(line)]
    if len(spans) > 1:
        (a, b), (c, d) = sorted(chance.sample(spans, 2))
        line[a:d] = line[c:d] + line[b:c] + line[a:b]


def _add_member(line: bytearray, chance: random.Random) -> None:
    """A further member, often one that stands there already, at the beginning or the end of an object."""
    places = [(at, byte == 0x7B) for at, byte in enumerate(line) if byte in b"{}"]
    if places:
        at, opens = chance.choice(places)
        member = chance.choice(MEMBERS) + chance.choice(VALUES)
        where = at + 1 if opens else at
        line[where:where] = member + b"," if opens else b"," + member


def _escape(line: bytearray, chance: random.Random) -> None:
    """A letter as \\u: another spelling of the same name."""
    letters = [at for at, byte in enumerate(line) if chr(byte).isalnum() and byte < 128]
    if letters:
        at = chance.choice(letters)
        line[at : at + 1] = b"\\u%04x" % line[at]


def _wrap(line: bytearray, chance: random.Random) -> None:
    left, right = chance.choice(
        [(b"[", b"]"), (b" ", b" "), (b"[1,", b"]"), (b'{"x":', b"}"), (b"\r", b"\r"), (b"", b"\r")]
    )
    line[:] = left + line + right


MUTATIONS: list[Callable[[bytearray, random.Random], None]] = [
    *(_flip, _delete, _repeat, _insert, _replace_token, _replace_token, _swap_tokens, _add_member, _add_member),
    *(_escape, _wrap),
]


def mutated_line(line: bytes, chance: random.Random, others: list[bytes] | None = None) -> bytes:
    """The line after one to three changes; with `others`, sometimes spliced with one of them."""
    changed = bytearray(line)
    if others and chance.random() < 0.1:
        other = chance.choice(others)
        changed[chance.randint(0, len(changed)) :] = other[chance.randint(0, len(other)) :]
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        chance.choice(MUTATIONS)(changed, chance)
    return bytes(changed)
