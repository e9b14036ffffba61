"""The whole stack over sockets that move a few bytes at a time, beside the model: right lines, wrong lines, and cuts.

Each line that is a request with an id gets exactly one answer with that id, every other line what docs/protocol.md
says; what else must hold stands in `fuzz_stack`.
"""

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daemonrpc.line_protocol import LineProtocol
from daemonrpc.testing.fuzz.line_mutation import mutated_line
from fuzz import seeds
from fuzz.fuzz_stack import serve_one_client, stop_with_one_client

LINES = [line for line in seeds.LINES + seeds.calls() if b"\n" not in line]
BIG = [b'{"jsonrpc":"2.0","id":"big-%d","method":"echo","params":["%b"]}' % (n, b"x" * 2700) for n in range(3)]
WAITING = [b'{"jsonrpc":"2.0","id":"w%d","method":"later","params":[%d]}' % (n, n) for n in range(9)]
CANCELS = [b'{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":"w%d"}}' % n for n in range(9)]
BATCH = b'[%b,%b,{"jsonrpc":"2.0","id":"w1","method":"items"},5]' % (WAITING[0], CANCELS[0])
TOO_LONG = b"z" * 3001
FLOOD = b"z" * 9001
"""Without a newline: the server closes the connection, and the client need not."""


def lines_of(chance: random.Random) -> list[bytes]:
    """What a client of some mood sends."""
    kinds = chance.choice([(LINES,), (LINES, BIG, WAITING, CANCELS, [BATCH]), (BIG, WAITING), (WAITING, CANCELS)])
    lines = [chance.choice(chance.choice(kinds)) for _ in range(chance.randint(1, 30))]
    lines = [mutated_line(line, chance, LINES) if chance.random() < 0.4 else line for line in lines]
    lines = [line[: len(FLOOD) - 2] for line in lines]  # a longer one would end the connection
    return [TOO_LONG if chance.random() < 0.02 else line for line in lines]


def test_each_request_is_answered_once_over_chopped_sockets(socket_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts: Counter[str] = Counter()
    pause_writing = LineProtocol.pause_writing

    def pause_and_count(protocol: LineProtocol) -> None:
        counts["paused"] += 1
        pause_writing(protocol)

    monkeypatch.setattr(LineProtocol, "pause_writing", pause_and_count)

    @settings(max_examples=120, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**32))
    def hold(seed: int) -> None:
        chance = random.Random(seed)
        lines, end = lines_of(chance), chance.choice([b"", b"\n"])
        if is_flooded := chance.random() < 0.1:
            lines, end = [*lines, FLOOD], b""
        payload = b"\n".join(lines) + end
        counts.update(serve_one_client(socket_path, payload, seed=seed, half_close=not is_flooded).messages)

    hold()
    print(dict(counts))
    assert counts["request"] >= 300
    assert counts["refused"] >= 300
    assert counts["notification"] >= 30
    assert counts["paused"] >= 30


def test_nothing_is_answered_twice_when_the_server_stops_in_the_middle(socket_path: Path) -> None:
    answers: list[int] = []

    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**32))
    def hold(seed: int) -> None:
        payload = b"\n".join(lines_of(random.Random(seed))) + b"\n"
        answers.append(stop_with_one_client(socket_path, payload, seed=seed))

    hold()
    print(f"answers: {sum(answers)}")
    assert sum(answers) >= 100
