"""Watching one running step: hard timeout, idle timeout, output limit, left-over processes; each its own
cause."""

import asyncio
import contextlib
import enum
import signal
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from conductord.processes import happens, reap, watching
from conductord.quantities import format_duration
from conductord.runner import Exit, LaunchRequest, ProcessRef, output_size, read_exit, start
from conductord.tree import freeze, kill_tree, members, thaw

TICK = 0.25
"""Seconds between two looks at the output of a step. Its end is seen at once, not at a tick."""
LINGER = 2.0
"""Seconds that processes may outlive their step, such as a `tee` that still writes; then they are killed."""


class Cause(enum.StrEnum):
    """Why a step ended."""

    EXIT = "exit"
    """By itself, or by a signal that was not ours (also: `kill_tree` by a caller)."""
    TIMEOUT = "timeout"
    """It ran longer than its hard timeout."""
    IDLE = "idle"
    """It wrote nothing for longer than its idle timeout."""
    OUTPUT_LIMIT = "output_limit"
    """It wrote more than its output limit."""
    INTERRUPTED = "interrupted"
    """It and its shim are gone and left no `exit.json`: killed from outside, or the machine went down."""


class Bounds(Struct, frozen=True, kw_only=True):
    """What an attempt may use. None: no bound."""

    timeout: float | None = None
    """Seconds in all."""
    idle_timeout: float | None = None
    """Seconds without new output."""
    output_limit: int | None = None
    """Bytes of stdout and stderr together."""
    grace: float = 10.0
    """Seconds between TERM and KILL when a bound is broken."""


class Outcome(Struct, frozen=True, kw_only=True):
    """How an attempt ended."""

    cause: Cause
    exit: Exit | None
    """None when interrupted."""
    stdout_bytes: int
    stderr_bytes: int
    leftovers: int = 0
    """Processes that outlived the step and were killed."""
    message: str = ""
    """For a person: `exit code 3`, `killed by SIGKILL`, `no output for 10m00s`, ..."""


class Supervision:
    """One attempt under watch. Make it for a step just started or adopted, and await `outcome()` once."""

    def __init__(
        self,
        ref: ProcessRef,
        directory: Path,
        bounds: Bounds,
        *,
        elapsed: float = 0.0,
        frozen: bool = False,
        on_output: Callable[[int, int], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start the clocks.

        elapsed: seconds the step has run already, frozen: whether it was left frozen (both for adoption).
        on_output: called with the sizes of stdout and stderr whenever they have grown, and so before
        `outcome` returns.
        """
        self.ref = ref
        self.directory = directory
        self.bounds = bounds
        self.on_output = on_output
        self.clock = clock
        now = clock()
        self._started = now - elapsed
        self._last_output = now
        self._frozen_at = now if frozen else None
        self._sizes = (0, 0)
        self._ended_at: float | None = None
        self._leftovers = 0

    async def outcome(self) -> Outcome:
        """Wait for the end, enforcing the bounds.

        Cancelling the wait leaves the step running, as a daemon that stops must.
        """
        breach: tuple[Cause, str] | None = None
        async with watching(self.ref) as gone:
            while breach is None and not await happens(gone, self._next_look()):
                self._look_at_output()
                breach = await self._enforce()
        ended = read_exit(self.directory)
        if ended is None:
            # The shim was killed: what it ran may still go on, and must not when the step is run again.
            await kill_tree(self.ref, self.directory, self.bounds.grace)
        reap(self.ref)
        self._look_at_output()
        return self._result(ended, breach)

    async def freeze(self) -> None:
        """Stop the tree and the clocks of both timeouts. Frozen already: nothing."""
        if self._frozen_at is None:
            self._frozen_at = self.clock()
            await freeze(self.ref, self.directory)

    async def thaw(self) -> None:
        """Let the tree and the clocks go on. Not frozen: nothing."""
        if self._frozen_at is not None:
            pause = self.clock() - self._frozen_at
            self._started += pause
            self._last_output += pause
            self._frozen_at = None
            await thaw(self.ref, self.directory)

    def _next_look(self) -> float:
        """Seconds until there may be something to do."""
        bounds, now = self.bounds, self.clock()
        due = [TICK]
        if bounds.timeout is not None:
            due.append(self._started + bounds.timeout - now)
        if bounds.idle_timeout is not None:
            due.append(self._last_output + bounds.idle_timeout - now)
        return max(min(due), 0.01)

    def _look_at_output(self) -> None:
        sizes = output_size(self.directory)
        if sizes != self._sizes:
            self._sizes = sizes
            self._last_output = self.clock()
            if self.on_output is not None:
                self.on_output(*sizes)

    async def _enforce(self) -> tuple[Cause, str] | None:
        """Kill the tree if a bound is broken, or if it goes on after its step; the bound that was broken."""
        if (self.directory / "exit.json").exists():
            await self._end_leftovers()
            return None
        breach = self._breach()
        if breach is not None:
            await kill_tree(self.ref, self.directory, self.bounds.grace)
        return breach

    def _breach(self) -> tuple[Cause, str] | None:
        bounds, now = self.bounds, self.clock()
        if over := self._over_output_limit():
            return over
        if self._frozen_at is not None:
            return None
        if bounds.timeout is not None and now - self._started >= bounds.timeout:
            return Cause.TIMEOUT, f"ran longer than {format_duration(bounds.timeout)}"
        if bounds.idle_timeout is not None and now - self._last_output >= bounds.idle_timeout:
            return Cause.IDLE, f"no output for {format_duration(bounds.idle_timeout)}"
        return None

    def _over_output_limit(self) -> tuple[Cause, str] | None:
        limit = self.bounds.output_limit
        if limit is None or sum(self._sizes) <= limit:
            return None
        return Cause.OUTPUT_LIMIT, f"wrote {sum(self._sizes)} bytes; the limit is {limit}"

    async def _end_leftovers(self) -> None:
        now = self.clock()
        if self._ended_at is None:
            self._ended_at = now
        elif now - self._ended_at >= LINGER:
            self._leftovers = len(await asyncio.to_thread(members, self.ref, self.directory))
            await kill_tree(self.ref, self.directory, self.bounds.grace)

    def _result(self, ended: Exit | None, breach: tuple[Cause, str] | None) -> Outcome:
        # A step may write too much and end between two looks; the limit holds all the same.
        breach = breach or self._over_output_limit()
        if breach is not None:
            cause, message = breach
        elif ended is None:
            cause, message = Cause.INTERRUPTED, "interrupted: it left no exit code"
        else:
            cause, message = Cause.EXIT, describe_exit(ended)
        return Outcome(
            cause=cause,
            exit=ended,
            stdout_bytes=self._sizes[0],
            stderr_bytes=self._sizes[1],
            leftovers=self._leftovers,
            message=message,
        )


def describe_exit(ended: Exit) -> str:
    """How a step ended, in words: `exit code 3`, `killed by SIGKILL`, `command 'x': No such file or
    directory`."""
    if ended.error is not None:
        return ended.error
    if ended.signal is None:
        return f"exit code {ended.exit}"
    with contextlib.suppress(ValueError):
        return f"killed by {signal.Signals(ended.signal).name}"
    return f"killed by signal {ended.signal}"


async def run(request: LaunchRequest, bounds: Bounds) -> Outcome:
    """Start a command and see it through: for validations and hooks.

    Raises StartError. When cancelled it kills the command's tree first, since nobody would adopt it.
    """
    ref = await start(request)
    try:
        return await Supervision(ref, request.directory, bounds).outcome()
    except asyncio.CancelledError:
        await kill_tree(ref, request.directory, 0)
        raise
