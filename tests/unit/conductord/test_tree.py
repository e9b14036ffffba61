"""Ending, freezing and thawing a whole process tree."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil

from conductord import runner
from conductord.runner import LaunchRequest, ProcessRef
from conductord.tree import freeze, kill_tree, members, thaw

Launch = Callable[..., LaunchRequest]
Living = Callable[[], list[psutil.Process]]
Eventually = Callable[[Callable[[], object]], Awaitable[None]]

STUBBORN = """
(trap '' TERM; echo ready; while :; do sleep 1; done) &
setsid sh -c 'echo ready; sleep 60' &
sh -c 'sh -c "trap \\"\\" TERM; echo ready; sleep 60" &'
echo ready
wait
"""
"""A leader that ends on TERM, a child that ignores it, one in a session of its own, and an orphan that ignores it."""


async def begin(request: LaunchRequest, lines: int, eventually: Eventually) -> ProcessRef:
    ref = await runner.start(request)
    stdout = request.directory / "stdout"
    await eventually(lambda: stdout.exists() and stdout.read_text().count("ready") >= lines)
    return ref


async def test_nothing_of_a_stubborn_tree_survives(launch: Launch, living: Living, eventually: Eventually) -> None:
    request = launch("sh", "-c", STUBBORN)
    ref = await begin(request, 4, eventually)
    assert len(living()) >= 6

    assert await kill_tree(ref, request.directory, grace=0.5) == 0

    assert living() == []
    ended = runner.read_exit(request.directory)
    assert ended is not None
    assert ended.signal == signal.SIGTERM


async def test_a_tree_that_obeys_is_not_kept_waiting(launch: Launch, eventually: Eventually) -> None:
    request = launch("sh", "-c", "echo ready; sleep 60")
    ref = await begin(request, 1, eventually)
    started = time.monotonic()

    assert await kill_tree(ref, request.directory, grace=30) == 0

    assert time.monotonic() - started < 5


async def test_a_step_may_clean_up_within_the_grace(launch: Launch, eventually: Eventually) -> None:
    request = launch("sh", "-c", "trap 'sleep 0.4; echo cleaned; exit 9' TERM; echo ready; while :; do sleep 0.1; done")
    ref = await begin(request, 1, eventually)

    await kill_tree(ref, request.directory, grace=10)

    ended = runner.read_exit(request.directory)
    assert ended is not None
    assert ended.exit == 9
    assert b"cleaned" in runner.read_output(request.directory, "stdout")


async def test_a_step_is_killed_in_the_moment_of_its_start(launch: Launch, living: Living) -> None:
    request = launch("sleep", "60")
    ref = await runner.start(request)

    assert await kill_tree(ref, request.directory, grace=5) == 0

    assert living() == []


async def test_without_grace_it_is_killed_at_once(launch: Launch, eventually: Eventually) -> None:
    request = launch("sh", "-c", "trap '' TERM; echo ready; sleep 60")
    ref = await begin(request, 1, eventually)

    await kill_tree(ref, request.directory, grace=0)

    ended = runner.read_exit(request.directory)
    assert ended is not None
    assert ended.signal == signal.SIGKILL


async def test_the_tree_of_a_shim_that_was_killed_is_found_all_the_same(
    launch: Launch, living: Living, eventually: Eventually
) -> None:
    request = launch("sh", "-c", STUBBORN)
    ref = await begin(request, 4, eventually)
    os.kill(ref.pid, signal.SIGKILL)
    await runner.wait(ref, request.directory)
    assert len(living()) >= 5

    assert await kill_tree(ref, request.directory, grace=0.3) == 0

    assert living() == []


async def test_killing_what_is_gone_is_fine(launch: Launch) -> None:
    request = launch("true")
    ref = await runner.start(request)
    await runner.wait(ref, request.directory)

    assert await kill_tree(ref, request.directory, grace=5) == 0


async def test_two_at_once_may_kill_the_same_tree(launch: Launch, living: Living, eventually: Eventually) -> None:
    request = launch("sh", "-c", STUBBORN)
    ref = await begin(request, 4, eventually)

    survivors = await asyncio.gather(
        kill_tree(ref, request.directory, grace=0.3), kill_tree(ref, request.directory, grace=0.1)
    )

    assert list(survivors) == [0, 0]
    assert living() == []


async def test_other_steps_are_left_alone(launch: Launch, eventually: Eventually) -> None:
    first, second = (launch("sh", "-c", "echo ready; sleep 60") for _ in range(2))
    ref, other = await begin(first, 1, eventually), await begin(second, 1, eventually)

    await kill_tree(ref, first.directory, grace=5)

    assert runner.is_alive(other)
    assert len(members(other, second.directory)) >= 1
    await kill_tree(other, second.directory, grace=5)


async def test_a_frozen_tree_stands_still_and_goes_on_when_thawed(launch: Launch, eventually: Eventually) -> None:
    request = launch("sh", "-c", "echo ready; (while :; do echo x; sleep 0.01; done) & wait")
    ref = await begin(request, 1, eventually)

    await freeze(ref, request.directory)
    statuses = {process.status() for process in members(ref, request.directory)}
    frozen_at = runner.output_size(request.directory)
    await asyncio.sleep(0.15)  # the point is that nothing happens

    assert statuses == {psutil.STATUS_STOPPED}
    assert runner.output_size(request.directory) == frozen_at

    await thaw(ref, request.directory)
    await eventually(lambda: runner.output_size(request.directory) > frozen_at)
    await kill_tree(ref, request.directory, grace=0)


async def test_a_frozen_tree_can_be_ended(launch: Launch, living: Living, eventually: Eventually) -> None:
    request = launch("sh", "-c", "trap 'echo bye; exit 4' TERM; echo ready; while :; do sleep 0.1; done")
    ref = await begin(request, 1, eventually)
    await freeze(ref, request.directory)

    assert await kill_tree(ref, request.directory, grace=10) == 0

    ended = runner.read_exit(request.directory)
    assert ended is not None
    assert ended.exit == 4
    assert living() == []


def test_a_directory_that_nobody_runs_in_has_no_members(tmp_path: Path) -> None:
    assert members(ProcessRef(1, "never"), tmp_path) == []
