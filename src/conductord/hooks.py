"""Runs the commands that job files want run when a job ends (`on_event`)."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec

from conductord.config import Settings, step_environment
from conductord.runner import LaunchRequest, StartError, step_identity
from conductord.step import persist
from conductord.store import HookRow, Store
from conductord.supervise import Bounds, run

TIMEOUT = 60.0
"""Seconds that a hook may take."""


class HookRunner:
    """Runs hooks, each at most once."""

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], float]) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    def start_pending(self) -> None:
        """Start every hook that is written down and not begun."""
        for hook in self._store.hooks.in_state("pending"):
            with self._store.transaction():
                self._store.hooks.started(hook.id)
            task = asyncio.create_task(self._run(hook, self._request(hook)), name=f"hook {hook.id}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def stop(self, grace: float) -> None:
        """Let the hooks that run end for `grace` seconds, then end them."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _request(self, hook: HookRow) -> LaunchRequest:
        job = self._store.jobs.get(hook.job)
        workspace = Path(job.workspace)
        identity = step_identity(job_id=job.job_id, sheet=0, attempt=0, workspace=workspace)
        return LaunchRequest(
            directory=self._settings.jobs_dir / str(job.id) / "hooks" / str(hook.id),
            argv=tuple(msgspec.json.decode(hook.argv, type=list[str])),
            workspace=workspace,
            env={**step_environment(), **identity},
        )

    async def _run(self, hook: HookRow, request: LaunchRequest) -> None:
        try:
            outcome = await run(request, Bounds(timeout=TIMEOUT, grace=self._settings.grace))
            result = outcome.message
        except StartError as error:
            result = str(error)
        await persist(lambda: self._end(hook, result))

    def _end(self, hook: HookRow, result: str) -> None:
        with self._store.transaction():
            self._store.hooks.ended(hook.id, result, self._clock())
