"""The daemon, put together: the only place where the parts meet.

Settings -> lock -> store -> engine -> conductor -> service -> server. The server listens before the state is in
order, so that a client hears "recovering" and not silence; requests wait for the order, looks do not. The service
manager, if one started us, hears "ready" when they wait no more.

An end, by SIGTERM or SIGINT or `daemon.shutdown`: nothing new starts, streams end with `shutting_down`, calls that are
open are answered, the server closes. Running steps go on under their shims, and the next daemon adopts them. Only a
graceful `daemon.shutdown` waits for them first, for as long as `shutdown_grace`. A paused or waiting job keeps nobody
waiting.
"""

import asyncio
import gc
import logging
import os
import signal
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from functools import partial

from conductor_api import request_handler
from conductord.conductor import Conductor
from conductord.config import Settings
from conductord.engine import Bounds, Engine
from conductord.feed import Feed
from conductord.handlers.desk import Desk
from conductord.reader import Reader
from conductord.service import ConductorService
from conductord.snapshots import SnapshotWriter
from conductord.store import StateLock, Store
from conductord.views.machine import snapshot
from daemonrpc import DaemonServer, Limits, Observer, ServiceManager
from daemonrpc.access_log import AccessLog

logger = logging.getLogger(__name__)


class Daemon:
    """One daemon, from its start to its end: await `run()`.

    Args:
        settings: all of them.
        listener: a socket to serve in place of `settings.socket`, from a service manager.
        manager: the service manager that wants to know how the daemon is.
    """

    def __init__(
        self, settings: Settings, listener: socket.socket | None = None, manager: ServiceManager | None = None
    ) -> None:
        self._settings = settings
        self._listener = listener
        self._manager = manager or ServiceManager(None)
        self._ending = asyncio.Event()
        self._drain = False

    def shut_down(self, graceful: bool) -> None:
        """Begin to end. graceful: wait for running attempts first. A second, less patient call wins."""
        self._drain = graceful and (self._drain or not self._ending.is_set())
        self._ending.set()

    async def run(self) -> None:
        """Serve until told to end. Raises StoreError and SocketFileError when it cannot begin."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._manager.watched())
            desk = assemble(self._settings, stack, self.shut_down)
            service = ConductorService(desk)
            server = DaemonServer(
                self._settings.socket,
                request_handler(service),
                permissions=self._settings.socket_permissions,
                max_connections=self._settings.max_connections,
                max_concurrent_requests=self._settings.max_concurrent_requests,
                limits=Limits(backlog=self._settings.backlog),
                listener=self._listener,
                observers=_observers(self._settings.access_log),
            )
            await server.start()
            stack.push_async_callback(server.stop, self._settings.shutdown_grace)
            self._write_pid(stack)
            self._catch_signals(stack)
            self._manager.status("recovering")
            await desk.conductor.start()
            # What there is now stays: the collector need not look at it again each time that a long answer is made.
            gc.freeze()
            self._manager.ready("takes on work")
            logger.info("ready on %s, pid %d", self._settings.socket, os.getpid())
            writer = SnapshotWriter(
                self._settings.state_dir / "top.jsonl",
                lambda: desk.reader.ask(partial(snapshot, facts=desk.facts())),
            )
            stack.push_async_callback(_end_task, asyncio.create_task(writer.run(), name="snapshots"))
            await self._ending.wait()
            await self._end(desk)

    def _write_pid(self, stack: AsyncExitStack) -> None:
        path = self._settings.pid_file
        path.write_text(f"{os.getpid()}\n")
        stack.callback(path.unlink, missing_ok=True)

    def _catch_signals(self, stack: AsyncExitStack) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.shut_down, False)
            stack.callback(loop.remove_signal_handler, number)

    async def _end(self, desk: Desk) -> None:
        """Nothing new starts; what runs is waited for, or let go of; streams end."""
        logger.info("going down%s", ", after what runs has ended" if self._drain else "")
        self._manager.stopping("waits for what runs" if self._drain else "going down")
        desk.conductor.draining = True
        with desk.store.transaction():
            desk.store.events.append("daemon.stopping", desk.now, pid=os.getpid())
        if self._drain:
            await self._wait_for_attempts(desk)
        await desk.conductor.stop()
        desk.feed.close()

    async def _wait_for_attempts(self, desk: Desk) -> None:
        """Until all have ended, the grace is over, or somebody asks again and less patiently."""
        self._ending.clear()
        drained = asyncio.create_task(desk.conductor.drain(self._settings.shutdown_grace))
        hurried = asyncio.create_task(self._hurry())
        await asyncio.wait({drained, hurried}, return_when=asyncio.FIRST_COMPLETED)
        for task in (drained, hurried):
            await _end_task(task)

    async def _hurry(self) -> None:
        while self._drain:
            await self._ending.wait()
            if self._drain:
                self._ending.clear()


def assemble(settings: Settings, stack: AsyncExitStack, shut_down: Callable[[bool], None]) -> Desk:
    """The parts, in order; nothing runs yet. Each closes what it holds when the stack is unwound. Raises StoreError."""
    lock = StateLock(settings.state_dir)
    stack.callback(lock.close)
    store = Store.open(settings.state_dir)
    stack.callback(store.close)
    reader = Reader(settings.state_dir)
    stack.callback(reader.close)
    bounds = Bounds(jobs=settings.max_concurrent_jobs, sheets=settings.max_concurrent_sheets)
    conductor = Conductor(Engine(store, bounds, settings.attempt_dir), settings)
    feed = Feed(store)
    store.on_commit = feed.wake
    return Desk(conductor, reader, feed, settings, shut_down)


def _observers(access_log: str) -> list[Observer]:
    """The access log, if somebody wants one: the logger's level says which calls are worth a line."""
    if access_log == "none":
        return []
    access = logging.getLogger("daemonrpc.access")
    access.setLevel(logging.WARNING if access_log == "problems" else logging.NOTSET)
    return [AccessLog(access)]


async def _end_task(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
