"""The daemon itself: how it is, what it sees, its limits, its end, and the stream of events."""

import os
from collections.abc import AsyncIterator
from functools import partial

import conductor_api as api
from conductord.feed import MAX_STREAMS, End, Wanted
from conductord.handlers.desk import VERSION, Desk, must_find
from conductord.snapshots import INTERVAL
from conductord.store import EventRow, Store
from conductord.views import machine, words
from conductord.views.events import OBSERVER_EVENTS, PROCESS_EVENTS, EventViews, process_event
from conductord.views.insight import patterns
from conductord.views.limits import rate_limits
from daemonrpc import Context, InvalidParamsError


class DaemonQueries:
    """status, health, ready, shutdown, config, top, events, monitor, limits, patterns."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def status(self, params: api.StatusParams, context: Context) -> api.DaemonStatus:
        """What the daemon is doing."""
        desk = self._desk
        return await desk.reader.ask(
            partial(machine.daemon_status, facts=desk.facts(), settings=desk.settings, version=VERSION)
        )

    def health(self, params: api.HealthParams, context: Context) -> api.Health:
        """That the daemon is alive: touches nothing that could keep it waiting."""
        return api.Health(
            status=api.HealthStatus.OK,
            pid=os.getpid(),
            uptime_seconds=self._desk.uptime,
            shutting_down=self._desk.conductor.draining,
        )

    async def readiness(self, params: api.ReadinessParams, context: Context) -> api.Readiness:
        """Whether the daemon takes on work."""
        return await self._desk.reader.ask(partial(machine.readiness, facts=self._desk.facts()))

    async def shutdown(self, params: api.ShutdownParams, context: Context) -> api.ShutdownResult:
        """End the daemon, in a moment: this answer is sent first."""
        self._desk.shut_down(params.graceful)
        return api.ShutdownResult(shutting_down=True, pid=os.getpid())

    async def config(self, params: api.ConfigParams, context: Context) -> api.DaemonConfig:
        """The settings with which the daemon runs."""
        return machine.daemon_config(self._desk.settings)

    async def top(self, params: api.TopParams, context: Context) -> api.SystemSnapshot:
        """The machine and the conductor at this moment."""
        return await self._desk.reader.ask(partial(machine.snapshot, facts=self._desk.facts()))

    async def top_stream(self, params: api.TopStreamParams, context: Context) -> api.SnapshotFile:
        """Where snapshots are written."""
        path = self._desk.settings.state_dir / "top.jsonl"
        return api.SnapshotFile(jsonl_path=str(path), interval_seconds=INTERVAL)

    # ------------------------------------------------------------------ what was seen

    async def events(self, params: api.EventsParams, context: Context) -> api.ProcessEvents:
        """Starts and ends of processes, newest first."""
        return await self._desk.reader.ask(partial(_process_events, params.limit))

    async def observer_events(self, params: api.ObserverEventsParams, context: Context) -> api.ObserverEvents:
        """What was seen of the processes and files of jobs that have not ended, newest first."""
        return await self._desk.reader.ask(partial(_observer_events, params))

    async def monitor(self, params: api.MonitorParams, context: Context) -> AsyncIterator[api.JobEvent | api.StreamEnd]:
        """Events as they happen, stored ones first."""
        desk = self._desk
        job = None if params.job_id is None else must_find(desk.store, params.job_id)
        if params.until_job_ends and job is None:
            raise InvalidParamsError("until_job_ends needs job_id")
        if desk.feed.is_full:
            message = f"{MAX_STREAMS} streams of events are open"
            raise api.ResourceExhausted(message, resource="max_event_streams", limit=MAX_STREAMS)
        wanted = Wanted(
            job=None if job is None else job.id,
            names=tuple(name.value for name in params.events) if params.events else None,
            output=params.include_output,
            until_job_ends=params.until_job_ends,
            follow=params.follow,
        )
        views = EventViews(desk.store)
        async for found in desk.feed.read(params.since_seq, wanted):
            yield self._end(found) if isinstance(found, End) else views.event(found)

    def _end(self, end: End) -> api.StreamEnd:
        return api.StreamEnd(
            reason=api.EndReason(end.reason),
            last_seq=end.last_seq,
            status=None if end.job is None else words.job_status(end.job, self._desk.holds),
        )

    # ------------------------------------------------------------------ limits and patterns

    async def rate_limits(self, params: api.RateLimitsParams, context: Context) -> api.RateLimits:
        """Limits that are waited out now."""
        return await self._desk.reader.ask(partial(rate_limits, now=self._desk.now))

    async def clear_rate_limits(self, params: api.ClearRateLimitsParams, context: Context) -> api.ClearedLimits:
        """Lift limits by hand."""
        await self._desk.conductor.ready.wait()
        cleared = self._desk.commands.lift_limits(params.instrument, self._desk.now)
        self._desk.conductor.poke()
        return api.ClearedLimits(cleared=cleared, instrument=params.instrument)

    async def learning_patterns(self, params: api.LearningPatternsParams, context: Context) -> api.Patterns:
        """What past attempts tell."""
        found = await self._desk.reader.ask(partial(patterns, limit=params.limit, now=self._desk.now))
        return api.Patterns(patterns=found)


def _process_events(limit: int, store: Store) -> api.ProcessEvents:
    rows = store.events.newest(limit, names=PROCESS_EVENTS)
    views = EventViews(store)
    return api.ProcessEvents(events=[process_event(row, views.job_id(row)) for row in rows])


def _observer_events(params: api.ObserverEventsParams, store: Store) -> api.ObserverEvents:
    views = EventViews(store)
    return api.ObserverEvents(events=[views.event(row) for row in _observed(params, store)])


def _observed(params: api.ObserverEventsParams, store: Store) -> list[EventRow]:
    if params.job_id is None:
        return store.events.newest_of_open_jobs(params.limit, OBSERVER_EVENTS)
    job = must_find(store, params.job_id)
    return store.events.newest_of_open_jobs(params.limit, OBSERVER_EVENTS, job.id)
