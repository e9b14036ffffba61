"""The fuzz targets themselves: they run for a moment here, so that they cannot rot, and for hours by `make fuzz`."""

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemonrpc.testing.fuzz.line_mutation import mutated_line
from fuzz.__main__ import NAMES
from fuzz.fuzz_server import LIMITS, expected_of
from fuzz.regressions import regressions
from fuzz.script import Script, script_bytes
from fuzz.seeds import LINES, calls
from fuzz.targets import TARGETS

every_target = pytest.mark.parametrize("name", TARGETS)
FOUND = [(name, case, data) for name in TARGETS for case, data in regressions(name)]
MUTANTS = 1500


def test_targets_have_names_that_the_command_knows() -> None:
    assert tuple(TARGETS) == NAMES


@every_target
def test_target_survives_its_seeds(name: str) -> None:
    seeds = TARGETS[name].seeds()
    assert len(seeds) >= 10
    for seed in seeds[:: 20 if TARGETS[name].is_slow else 1]:
        TARGETS[name].run(seed)


@every_target
def test_target_survives_any_bytes(name: str) -> None:
    @settings(max_examples=30 if TARGETS[name].is_slow else 300)
    @given(st.binary(max_size=300))
    def run(data: bytes) -> None:
        TARGETS[name].run(data)

    run()


@every_target
def test_target_survives_lines_that_are_wrong_in_places(name: str) -> None:
    target, chance = TARGETS[name], random.Random(name)
    seeds = target.seeds()
    for _ in range(MUTANTS // 50 if target.is_slow else MUTANTS):
        steering, text = target.lines(chance.choice(seeds))
        lines = text.split(b"\n")
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(lines))
            lines[at] = mutated_line(lines[at], chance, LINES)
        target.run(steering + b"\n".join(lines))


@pytest.mark.parametrize(("name", "data"), [pytest.param(n, data, id=f"{n}-{case}") for n, case, data in FOUND])
def test_what_was_found_once_stays_mended(name: str, data: bytes) -> None:
    TARGETS[name].run(data)


def test_regressions_belong_to_targets() -> None:
    folders = {path.name for path in Path(__file__).parent.joinpath("regressions").iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} <= set(TARGETS)
    assert FOUND


def test_small_stack_is_enough() -> None:
    """RULES 2.27: deep nesting is a SIGSEGV on thread stacks up to 256 KiB."""
    done = subprocess.run(
        [sys.executable, "-m", "fuzz.small_stack"],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert done.returncode == 0, (done.returncode, done.stderr[-2000:])
    assert int(done.stdout) > 1000


def test_oracle_sees_both_sides() -> None:
    """An oracle that calls everything refused, or everything open, would prove nothing."""
    chance = random.Random(1)
    kinds: Counter[str] = Counter()
    for _ in range(3000):
        line = chance.choice(LINES + calls())
        if chance.random() < 0.7:
            line = mutated_line(line, chance, LINES)
        kinds += expected_of(line, LIMITS).messages
    assert kinds["request"] >= 500
    assert kinds["notification"] >= 20
    assert kinds["refused"] >= 500
    assert kinds["open"] <= 100


ANSWER = b'{"jsonrpc":"2.0","id":1,"result":[7]}\n'
ITEM = b'{"jsonrpc":"2.0","method":"echo","params":[7],"stream":1}\n'


@pytest.mark.parametrize(
    "output",
    [
        pytest.param(b"", id="none"),
        pytest.param(ANSWER * 2, id="twice"),
        pytest.param(ANSWER.replace(b":1,", b":1.0,"), id="other-number"),
        pytest.param(ANSWER.replace(b":1,", b':"1",'), id="text"),
        pytest.param(ANSWER.replace(b"[7]", b"[8]"), id="other-result"),
        pytest.param(ANSWER.replace(b"}", b',"error":null}'), id="both"),
        pytest.param(b'{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"m"}}\n', id="refused"),
        pytest.param(ANSWER + b'{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m"}}\n', id="one-more"),
        pytest.param(ANSWER[:-1], id="no-end"),
        pytest.param(ANSWER + b"\n", id="blank"),
        pytest.param(ANSWER + ITEM, id="item-after-the-end"),
        pytest.param(ITEM + ANSWER, id="item-of-no-stream"),
    ],
)
def test_oracle_refuses_wrong_answers(output: bytes) -> None:
    tally = expected_of(b'{"jsonrpc":"2.0","id":1,"method":"echo","params":[7]}\n', LIMITS)
    tally.check(ANSWER)
    with pytest.raises((AssertionError, ValueError)):
        tally.check(output)


@given(st.binary(max_size=200), st.binary(max_size=255))
def test_script_gives_back_what_it_was_made_of(payload: bytes, steering: bytes) -> None:
    script = Script(script_bytes(payload, steering))
    assert script.payload == payload
    assert b"".join(script.pieces()) == payload
