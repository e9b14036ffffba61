"""The conductor at work: starts what the engine decides, and sees every attempt through.

One task turns the wheel (`_turn_wheel`): it asks the scheduler what starts now, starts it, and sleeps until something
moved or a wait is over. Each attempt is a task of its own (`step.Step`). All of it runs in one thread, so that a
decision and its entry in the books are one.
"""

import asyncio
import logging
import os
import shutil
import time
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any

from conductord.config import Settings
from conductord.engine import Engine
from conductord.engine.refusal import Reason, Refused
from conductord.hooks import HookRunner
from conductord.job import Hold
from conductord.recovery import put_in_order, remove_orphans
from conductord.step import PERSIST_AGAIN, Step
from conductord.store import AttemptRow, JobRow, StoreError
from conductord.tree import KILL_PATIENCE

logger = logging.getLogger(__name__)

LOOK_AGAIN = 5.0
"""Seconds after which a daemon that is short of disk looks whether it still is."""
PRUNE_EVERY = 3600.0
"""Seconds between two removals of old events."""


class Conductor:
    """Runs jobs. `start` recovers what an earlier daemon left; `stop` leaves running steps to the next one."""

    def __init__(self, engine: Engine, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self.engine = engine
        self.clock = clock
        self.ready = asyncio.Event()
        """Set when everything that was found at the start is in order."""
        self.draining = False
        """Whether nothing new starts because the daemon is going down."""
        self._settings = settings
        self._store = engine.store
        self._hooks = HookRunner(engine.store, settings, clock)
        self._steps: dict[int, Step] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._others: set[asyncio.Task[None]] = set()
        self._moved = asyncio.Event()
        self._wheel: asyncio.Task[None] | None = None
        self._pruned = 0.0

    # ------------------------------------------------------------------ start and stop

    async def start(self) -> None:
        """Put in order what is found, and begin to work."""
        now = self.clock()
        found = put_in_order(self.engine, now)
        for attempt in found.attempts:
            step = self._adopt(attempt)
            if attempt.job in found.cancelling:
                self._spawn(step.kill(self._settings.grace), f"cancel {attempt.job_id}")
        await asyncio.to_thread(remove_orphans, self._settings.jobs_dir, self._store.jobs.numbers())
        with self._store.transaction():
            self.engine.ledger.note("daemon.started", self.clock(), pid=os.getpid())
        self.ready.set()
        self._wheel = asyncio.create_task(self._turn_wheel(), name="wheel")

    async def drain(self, timeout: float) -> None:
        """Start nothing new, and wait until the running attempts have ended, `timeout` seconds at most."""
        self.draining = True
        self.poke()
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()), timeout=timeout)

    async def stop(self) -> None:
        """Start nothing new, and let go of the running steps: their shims see them through until the next start."""
        self.draining = True
        tasks = [*self._tasks.values(), *self._others, *([self._wheel] if self._wheel else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._hooks.stop(grace=2.0)

    # ------------------------------------------------------------------ the wheel

    def poke(self) -> None:
        """Something moved: look what starts now."""
        self._moved.set()

    @property
    def disk_is_low(self) -> bool:
        """Whether the disk of the state directory is nearly full."""
        return shutil.disk_usage(self._settings.state_dir).free < self._settings.disk_low

    @property
    def holds(self) -> frozenset[Hold]:
        """Holds of the daemon itself, over all jobs."""
        found = {Hold.SHUTDOWN: self.draining, Hold.RESOURCE: self.disk_is_low}
        return frozenset(hold for hold, applies in found.items() if applies)

    def check_accepting(self) -> None:
        """Raises Refused while no new job is taken on."""
        self.check_running()
        if self.disk_is_low:
            low = self._settings.disk_low
            message = f"the disk of {self._settings.state_dir} has less than {low} bytes free (setting disk_low)"
            raise Refused(Reason.RESOURCE_EXHAUSTED, message)

    def check_running(self) -> None:
        """Raises Refused while the daemon is going down."""
        if self.draining:
            raise Refused(Reason.SHUTTING_DOWN, "Daemon is shutting down")

    async def _turn_wheel(self) -> None:
        while True:
            self._moved.clear()
            try:
                delay = self._turn()
            except StoreError as problem:
                logger.error("%s; trying again", problem)
                delay = PERSIST_AGAIN
            except Exception:  # a bug must not stop the wheel, and with it all jobs
                logger.exception("the wheel")
                delay = LOOK_AGAIN
            await asyncio.sleep(0)  # others too, even if there is always something to do
            with suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._moved.wait()

    def _turn(self) -> float | None:
        """Start what may start; seconds until it is time to look again, None when only an event can change anything."""
        now = self.clock()
        blocked = bool(self.holds)
        for attempt in self.engine.scheduler.plan(now, blocked=blocked):
            self._begin(attempt)
        self._hooks.start_pending()
        self._prune(now)
        due = self.engine.scheduler.next_wake()
        delays = [PRUNE_EVERY]
        if due is not None:
            delays.append(max(due - now, 0.0))
        if blocked and not self.draining:
            delays.append(LOOK_AGAIN)
        return min(delays)

    def _prune(self, now: float) -> None:
        if now - self._pruned < PRUNE_EVERY:
            return
        with self._store.transaction():
            more = self._store.events.prune(now - self._settings.event_retention)
        if more:
            self.poke()
        else:
            self._pruned = now

    # ------------------------------------------------------------------ attempts

    def _begin(self, attempt: AttemptRow) -> None:
        step = Step(self.engine, self._settings, attempt, self.clock)
        self._watch(step, step.run())

    def _adopt(self, attempt: AttemptRow) -> Step:
        step = Step(self.engine, self._settings, attempt, self.clock)
        self._watch(step, step.adopt())
        return step

    def _watch(self, step: Step, work: Coroutine[Any, Any, None]) -> None:
        number = step.attempt.id
        self._steps[number] = step
        self._tasks[number] = asyncio.create_task(self._see_to(step, work), name=f"attempt {number}")

    async def _see_to(self, step: Step, work: Coroutine[Any, Any, None]) -> None:
        """An attempt, to its end. A bug on the way costs this attempt and no other job."""
        try:
            await work
        except Exception:
            logger.exception("%s sheet %d attempt %d", step.attempt.job_id, step.attempt.sheet, step.attempt.n)
            await step.kill(self._settings.grace)
            await step.close_broken()
        finally:
            self._steps.pop(step.attempt.id, None)
            self._tasks.pop(step.attempt.id, None)
            self.poke()

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._others.add(task)
        task.add_done_callback(self._others.discard)

    # ------------------------------------------------------------------ what people ask, where processes are touched

    async def cancel(self, job: JobRow, grace: float) -> JobRow:
        """End a job with all its processes. Comes back when they are gone, or when KILL has had its time too. Raises
        Refused."""
        job = self.engine.commands.cancel(job, self.clock())
        self.poke()
        running = [number for number, step in self._steps.items() if step.attempt.job == job.id]
        kills = [self._steps[number].kill(grace) for number in running]
        ends = [self._tasks[number] for number in running]
        await asyncio.gather(*kills)
        if ends:
            await asyncio.wait(ends, timeout=KILL_PATIENCE)
        return self._store.jobs.get(job.id)

    async def clear(self, jobs: Iterable[JobRow]) -> None:
        """Forget ended jobs and remove their directories."""
        numbers = [job.id for job in jobs]
        self.engine.commands.clear(self._store.jobs.get(number) for number in numbers)
        for number in numbers:
            await asyncio.to_thread(shutil.rmtree, self._settings.jobs_dir / str(number), ignore_errors=True)
