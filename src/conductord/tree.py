"""The process tree of one step: end it whole, freeze it, thaw it.

While the shim lives every descendant is below it, double forks and new sessions included, because it is their
subreaper; and its own end means that none is left. If the shim was killed from outside, its descendants are
found by the mark in their environment.
"""

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from conductord.processes import ProcessRef, everyone, happens, is_alive, reap, watching

MARK = "CONDUCTOR_ATTEMPT_DIR"
"""Variable that every process of a step inherits: the directory of its attempt."""

KILL_PATIENCE = 5.0
"""Seconds to go on with KILL. Only a process stuck in the kernel outlives that."""
LOOK_AGAIN = 0.1
"""Seconds between two snapshots while a tree is being killed."""


def members(ref: ProcessRef, directory: Path) -> list[psutil.Process]:
    """The living processes of a step, without its shim."""
    if is_alive(ref):
        with contextlib.suppress(psutil.NoSuchProcess):
            return [p for p in psutil.Process(ref.pid).children(recursive=True) if _runs(p)]
    return [p for p in everyone() if _environment(p).get(MARK) == str(directory) and _runs(p)]


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return False


def _environment(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except (psutil.Error, OSError):
        return {}  # ended meanwhile, or somebody else's: not of this step


def _signal(processes: list[psutil.Process], *numbers: signal.Signals) -> None:
    for process in processes:
        for number in numbers:
            # psutil checks the start time first, so a pid that was taken over is not hit.
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)


async def kill_tree(ref: ProcessRef, directory: Path, grace: float) -> int:
    """End a step and all its descendants: TERM, up to `grace` seconds, then KILL until none is left.

    Returns the number of survivors: 0, but for processes stuck in the kernel. A frozen tree is woken, so
    that it can obey. Safe to call for a tree that is gone already, and for one that is only just starting.
    """
    async with watching(ref) as gone:
        if grace > 0:
            await _terminate(ref, directory, gone, grace)
        return await _kill(ref, directory, gone)


async def _terminate(ref: ProcessRef, directory: Path, gone: asyncio.Event, grace: float) -> None:
    """TERM, once: what a dying process starts to clean up after itself has the rest of the grace for it."""
    deadline = time.monotonic() + grace
    told = False
    while time.monotonic() < deadline:
        tree = await asyncio.to_thread(members, ref, directory)
        if not tree and gone.is_set():
            return
        if tree and not told:
            # CONT after TERM: a stopped process takes TERM only once it goes on.
            _signal(tree, signal.SIGTERM, signal.SIGCONT)
            told = True
        await _pause(gone, min(LOOK_AGAIN, deadline - time.monotonic()))


async def _kill(ref: ProcessRef, directory: Path, gone: asyncio.Event) -> int:
    """KILL until nothing is left; the number of processes that are left all the same."""
    deadline = time.monotonic() + KILL_PATIENCE
    while True:
        tree = await asyncio.to_thread(members, ref, directory)
        if not tree and gone.is_set():
            reap(ref)
            return 0
        if time.monotonic() > deadline:
            # The shim goes last, and only if it hangs: it still has `exit.json` to write.
            _kill_shim(ref)
            return len(tree) or int(not await happens(gone, LOOK_AGAIN))
        _signal(tree, signal.SIGKILL)
        await _pause(gone, LOOK_AGAIN)


async def _pause(gone: asyncio.Event, seconds: float) -> None:
    """Wait for the shim to end, which tells that all have; a shim that has ended already tells nothing
    more."""
    if gone.is_set():
        await asyncio.sleep(seconds)
    else:
        await happens(gone, seconds)


def _kill_shim(ref: ProcessRef) -> None:
    if is_alive(ref):
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(ref.pid).kill()


async def freeze(ref: ProcessRef, directory: Path) -> None:
    """SIGSTOP a step and all its descendants, those too that are born meanwhile."""
    await asyncio.to_thread(_until_none, ref, directory, lambda p: p.status() != psutil.STATUS_STOPPED, signal.SIGSTOP)


async def thaw(ref: ProcessRef, directory: Path) -> None:
    """SIGCONT a step and all its descendants."""
    await asyncio.to_thread(_until_none, ref, directory, lambda p: p.status() == psutil.STATUS_STOPPED, signal.SIGCONT)


def _until_none(
    ref: ProcessRef, directory: Path, wrong: Callable[[psutil.Process], bool], number: signal.Signals
) -> None:
    """Signal the members that are in the wrong state, until there is none; two seconds at most."""
    deadline = time.monotonic() + 2.0
    while time.monotonic() < deadline:
        tree: list[psutil.Process] = []
        for process in members(ref, directory):
            with contextlib.suppress(psutil.NoSuchProcess):
                if wrong(process):
                    tree.append(process)
        if not tree:
            return
        _signal(tree, number)
        time.sleep(0.01)  # the state changes when the process is next scheduled
