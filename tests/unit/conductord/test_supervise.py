"""Bounds of a running step, each with its own cause."""

import asyncio
import functools
import os
import signal
import time
from collections.abc import Awaitable, Callable

import psutil
import pytest

from conductord import runner, supervise
from conductord.runner import Exit, LaunchRequest
from conductord.supervise import Bounds, Cause, Outcome, Supervision, describe_exit, run

Launch = Callable[..., LaunchRequest]
Living = Callable[[], list[psutil.Process]]
Eventually = Callable[[Callable[[], object]], Awaitable[None]]


async def test_a_step_that_ends_by_itself(launch: Launch) -> None:
    outcome = await run(launch("sh", "-c", "printf abc; printf de >&2; exit 3"), Bounds(timeout=20, idle_timeout=20))

    assert outcome.cause is Cause.EXIT
    assert outcome.exit is not None
    assert outcome.exit.exit == 3
    assert (outcome.stdout_bytes, outcome.stderr_bytes) == (3, 2)
    assert outcome.message == "exit code 3"


async def test_the_end_is_seen_at_once_and_not_at_a_tick(launch: Launch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "TICK", 30.0)

    outcome = await asyncio.wait_for(run(launch("true"), Bounds()), 10)

    assert outcome.cause is Cause.EXIT


async def test_the_hard_timeout_ends_the_whole_tree(launch: Launch, living: Living) -> None:
    request = launch("sh", "-c", "(trap '' TERM; while :; do echo x; sleep 0.05; done) & wait")

    outcome = await run(request, Bounds(timeout=0.5, idle_timeout=20, grace=0.2))

    assert outcome.cause is Cause.TIMEOUT
    assert outcome.message == "ran longer than 0.5s"
    assert outcome.exit is not None
    assert living() == []


async def test_the_idle_timeout_counts_from_the_last_output(launch: Launch) -> None:
    started = time.monotonic()
    request = launch("sh", "-c", "for i in 1 2 3 4 5 6; do echo $i; sleep 0.2; done; sleep 60")

    outcome = await run(request, Bounds(timeout=30, idle_timeout=0.6))

    assert outcome.cause is Cause.IDLE
    assert outcome.message == "no output for 0.6s"
    assert outcome.stdout_bytes == 12
    assert time.monotonic() - started > 1.5


async def test_the_output_limit_counts_both_streams(launch: Launch) -> None:
    request = launch("sh", "-c", "printf 123456; printf 123456 >&2; sleep 60")

    outcome = await run(request, Bounds(output_limit=10, grace=5))

    assert outcome.cause is Cause.OUTPUT_LIMIT
    assert outcome.message == "wrote 12 bytes; the limit is 10"


async def test_the_output_limit_holds_for_a_step_that_ends_between_two_looks(launch: Launch) -> None:
    outcome = await run(launch("printf", "12345678901"), Bounds(output_limit=10))

    assert outcome.cause is Cause.OUTPUT_LIMIT
    assert outcome.exit is not None
    assert outcome.exit.exit == 0


async def test_output_exactly_at_the_limit_is_fine(launch: Launch) -> None:
    assert (await run(launch("printf", "1234567890"), Bounds(output_limit=10))).cause is Cause.EXIT


async def test_a_killed_shim_is_an_interruption_and_nothing_of_the_step_goes_on(
    launch: Launch, living: Living, eventually: Eventually
) -> None:
    request = launch("sh", "-c", "echo ready; sleep 60")
    ref = await runner.start(request)
    watch = asyncio.create_task(Supervision(ref, request.directory, Bounds(grace=0.2)).outcome())
    await eventually(lambda: runner.output_size(request.directory)[0])

    os.kill(ref.pid, signal.SIGKILL)
    outcome = await watch

    assert (outcome.cause, outcome.exit) == (Cause.INTERRUPTED, None)
    assert living() == []


async def test_a_killed_step_is_an_exit_by_signal_and_no_interruption(launch: Launch) -> None:
    outcome = await run(launch("sh", "-c", "kill -KILL $$"), Bounds())

    assert (outcome.cause, outcome.message) == (Cause.EXIT, "killed by SIGKILL")


async def test_what_outlives_its_step_is_ended_after_a_while(
    launch: Launch, living: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "LINGER", 0.3)

    outcome = await run(launch("sh", "-c", "sleep 60 & sleep 60 & exit 0"), Bounds(grace=1))

    assert (outcome.cause, outcome.leftovers) == (Cause.EXIT, 2)
    assert outcome.exit is not None
    assert outcome.exit.exit == 0
    assert living() == []


async def test_what_ends_soon_after_its_step_is_left_in_peace(launch: Launch) -> None:
    outcome = await run(launch("sh", "-c", "(sleep 0.4; echo late) & exit 0"), Bounds())

    assert outcome.leftovers == 0
    assert outcome.stdout_bytes == len("late\n")


def told_at_least(told: list[tuple[int, int]], count: int) -> bool:
    return len(told) >= count


async def test_growth_of_the_output_is_told_up_to_the_last_byte(launch: Launch, eventually: Eventually) -> None:
    told: list[tuple[int, int]] = []
    request = launch("sh", "-c", "echo a; read line < go1; echo b >&2; read line < go2; printf c")
    request.workspace.mkdir()
    for name in ("go1", "go2"):
        os.mkfifo(request.workspace / name)
    supervision = Supervision(
        await runner.start(request), request.directory, Bounds(), on_output=lambda out, err: told.append((out, err))
    )
    watch = asyncio.create_task(supervision.outcome())

    for number in (1, 2):
        await eventually(functools.partial(told_at_least, told, number))
        await asyncio.to_thread((request.workspace / f"go{number}").write_text, "go\n")
    outcome = await watch

    assert told == [(2, 0), (2, 2), (3, 2)]
    assert told[-1] == (outcome.stdout_bytes, outcome.stderr_bytes)


async def test_cancelling_the_watch_leaves_the_step_running_for_the_next_daemon(
    launch: Launch, eventually: Eventually
) -> None:
    request = launch("sh", "-c", "read line < go; exit 6")
    request.workspace.mkdir()
    os.mkfifo(request.workspace / "go")
    ref = await runner.start(request)
    first = asyncio.create_task(Supervision(ref, request.directory, Bounds()).outcome())
    await eventually(lambda: (request.directory / "claim").exists())
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert runner.is_alive(ref)

    adopted = asyncio.create_task(Supervision(ref, request.directory, Bounds(), elapsed=3600).outcome())
    await asyncio.to_thread((request.workspace / "go").write_text, "go\n")
    outcome = await adopted

    assert outcome.cause is Cause.EXIT
    assert outcome.exit is not None
    assert outcome.exit.exit == 6


async def test_time_before_the_adoption_counts(launch: Launch) -> None:
    request = launch("sleep", "60")
    ref = await runner.start(request)

    outcome = await Supervision(ref, request.directory, Bounds(timeout=100, grace=1), elapsed=100.5).outcome()

    assert outcome.cause is Cause.TIMEOUT


async def test_both_timeouts_stand_still_while_the_tree_is_frozen(launch: Launch, eventually: Eventually) -> None:
    now = [0.0]
    request = launch("sh", "-c", "echo ready; sleep 0.5; exit 2")
    ref = await runner.start(request)
    supervision = Supervision(
        ref, request.directory, Bounds(timeout=10, idle_timeout=10, grace=0), clock=lambda: now[0]
    )
    watch = asyncio.create_task(supervision.outcome())
    await eventually(lambda: runner.output_size(request.directory)[0])

    await supervision.freeze()
    await supervision.freeze()
    now[0] = 1000.0
    await asyncio.sleep(2 * supervise.TICK)  # time for two looks, which must not find a timeout
    assert not watch.done()
    await supervision.thaw()
    await supervision.thaw()

    outcome: Outcome = await watch
    assert (outcome.cause, outcome.message) == (Cause.EXIT, "exit code 2")


async def test_a_step_that_was_left_frozen_is_adopted_frozen(launch: Launch) -> None:
    request = launch("sleep", "60")
    ref = await runner.start(request)
    supervision = Supervision(ref, request.directory, Bounds(timeout=0.2, grace=0), frozen=True)
    watch = asyncio.create_task(supervision.outcome())
    await asyncio.sleep(0.5)  # longer than the timeout
    assert not watch.done()

    await supervision.thaw()

    assert (await watch).cause is Cause.TIMEOUT


async def test_cancelling_run_kills_what_it_started(launch: Launch, living: Living, eventually: Eventually) -> None:
    request = launch("sh", "-c", "echo ready; sleep 60")
    task = asyncio.create_task(run(request, Bounds()))
    await eventually(lambda: runner.output_size(request.directory)[0])

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert living() == []


def ended(**fields: object) -> Exit:
    base: dict[str, object] = {"exit": None, "signal": None, "duration": 0.0, "utime": 0.0, "stime": 0.0}
    return Exit(**{**base, "maxrss_kb": 0, "started": 0.0, "ended": 0.0, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (ended(exit=0), "exit code 0"),
        (ended(signal=9), "killed by SIGKILL"),
        (ended(signal=40), "killed by signal 40"),
        (ended(exit=127, error="command 'x': No such file or directory"), "command 'x': No such file or directory"),
    ],
)
def test_an_end_in_words(how: Exit, words: str) -> None:
    assert describe_exit(how) == words
