"""A whole conductor in the event loop of a test: real store, real steps, the generated client; only no socket."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from conductor_api import DaemonClient, JobState, request_handler
from conductord.config import Settings
from conductord.daemon import assemble
from conductord.handlers.desk import Desk
from conductord.service import ConductorService
from daemonrpc.testing import ChannelFor

__all__ = ["Office", "office"]


class Office:
    """A client, and what stands behind it."""

    def __init__(self, place: Path, client: DaemonClient, desk: Desk, ends: list[bool]) -> None:
        self.place = place
        self.work = place / "work"
        self.client = client
        self.desk = desk
        self.ends = ends
        """How the daemon was told to end: graceful or not."""

    async def submit(self, sheets: str, *, name: str = "demo", rest: str = "") -> str:
        """Identifier of a new job. sheets: the list of sheets, in YAML."""
        text = f"name: {name}\nworkspace: {self.work}\n{rest}\nsheets:\n{sheets}"
        answer = await self.client.submit_job(config_text=text)
        assert answer.status == "accepted", answer
        return answer.job_id

    async def ended(self, job_id: str) -> JobState:
        """The job, once it has ended."""
        async with asyncio.timeout(20), self.client.monitor(0, job_id, until_job_ends=True) as events:
            async for _ in events:
                pass
        return await self.client.get_job_status(job_id)

    async def seen(self, job_id: str, event: str, sheet: int | None = None) -> None:
        """Comes back when the job has had this event."""
        async with asyncio.timeout(20), self.client.monitor(0, job_id) as events:
            async for found in events:
                if found.event == event and sheet in {None, found.sheet_num}:
                    return
        raise AssertionError(f"no {event}")

    async def events(self, job_id: str) -> list[str]:
        """Names of the events of a job so far, but for what was observed."""
        async with self.client.monitor(0, job_id, follow=False) as events:
            return [event.event async for event in events if not event.event.startswith("observer.")]


@asynccontextmanager
async def office(place: Path, *, start: bool = True, **settings: object) -> AsyncGenerator[Office]:
    """A conductor at work in a directory; what it runs when it stops goes on, as with the real one."""
    ends: list[bool] = []
    async with AsyncExitStack() as stack:
        values = {"socket": place / "s", "state_dir": place / "state", "config_file": place / "none", "grace": 2.0}
        desk = assemble(Settings(**{**values, **settings}), stack, ends.append)  # type: ignore[arg-type]  # any setting
        stack.push_async_callback(desk.conductor.stop)
        if start:
            await desk.conductor.start()
        client = await stack.enter_async_context(ChannelFor(request_handler(ConductorService(desk)), DaemonClient))
        yield Office(place, client, desk, ends)
