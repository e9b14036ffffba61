"""A stream goes on by sequence number after `kill -9` of either side: no gap, no repeat."""

import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from support.process import DaemonProcess, daemon_process

FOLLOWER = Path(__file__).with_name("follower.py")
JOURNAL = Path(__file__).with_name("journal.py")
PATIENCE = 60.0
"""Seconds: several processes start, and each entry is on disk before the next one."""
STEPS = "".join(f"  - {{name: s{n}, command: 'echo begin {n}; sleep 0.02; echo end {n}'}}\n" for n in range(12))


class Program:
    """A program that is started, killed and started again."""

    def __init__(self, *command: object) -> None:
        self._command = [sys.executable, *map(str, command)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL)

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        assert self._process is not None
        return self._process.poll()

    def kill(self) -> None:
        """kill -9, if it still runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(PATIENCE)

    def restart(self) -> None:
        """Dies and comes back."""
        assert self.exit_code is None, f"ended by itself: {self._command}"
        self.kill()
        self.start()


def wait_for(condition: Callable[[], object]) -> None:
    """Returns when it holds: what other processes do is announced by nobody."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"not within {PATIENCE} s"
        time.sleep(0.005)


# -- the conductor -----------------------------------------------------------------------------------------------------


@pytest.fixture
def daemon() -> Iterator[DaemonProcess]:
    with daemon_process() as found:
        yield found


class Followed:
    """A conductord with jobs, and a follower of its events."""

    def __init__(self, daemon: DaemonProcess, jobs: int) -> None:
        self.daemon = daemon
        self._file = daemon.place / "seen"
        self._file.touch()
        self.follower = Program(FOLLOWER, daemon.place / "s", self._file)
        daemon.start()
        self._jobs: list[str] = []
        for _ in range(jobs):
            self.submit()

    def submit(self) -> None:
        """One job more."""
        self._jobs.append(self.daemon.submit(STEPS, name=f"j{len(self._jobs)}"))

    def seen(self) -> list[int]:
        """The numbers that the follower wrote down."""
        return [int(line) for line in self._file.read_text().split()]

    def flows(self, events: int) -> None:
        """Returns when so many more events have come: what is killed then is killed at work."""
        before = len(self.seen())
        wait_for(lambda: len(self.seen()) >= before + events)

    def restart_daemon(self) -> None:
        self.daemon.kill()
        self.daemon.start()

    def end(self) -> None:
        """Lets the jobs end, and checks that each event was seen once."""
        for job in self._jobs:
            assert self.daemon.ended(job).status == "completed"
        with self.daemon.client.monitor(0, include_output=True, follow=False) as events:
            stored = [event.seq for event in events]
        wait_for(lambda: self.seen()[-1:] >= stored[-1:])
        self.follower.kill()
        self.daemon.kill()
        seen = self.seen()
        with closing(sqlite3.connect(self.daemon.place / "state" / "conductor.db")) as store:
            rows = [row[0] for row in store.execute("SELECT seq FROM events ORDER BY seq")]
        assert seen == list(range(1, len(seen) + 1)), "no gap, no repeat, in order"
        assert seen == rows[: len(seen)], "and what the store has"
        assert len(seen) >= len(stored)


def test_events_go_on_after_kill_9_of_the_conductor(daemon: DaemonProcess) -> None:
    followed = Followed(daemon, jobs=3)
    with ExitStack() as stack:
        stack.callback(followed.follower.kill)
        followed.follower.start()
        for events in (1, 10, 25):
            followed.flows(events)
            followed.restart_daemon()
        followed.end()


def test_events_go_on_after_kill_9_of_their_reader(daemon: DaemonProcess) -> None:
    followed = Followed(daemon, jobs=3)
    with ExitStack() as stack:
        stack.callback(followed.follower.kill)
        followed.follower.start()
        for events in (1, 7, 13, 2, 20, 5):
            followed.flows(events)
            followed.follower.restart()
        followed.end()


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_events_go_on_after_many_deaths_of_either_side(daemon: DaemonProcess) -> None:
    followed, chance = Followed(daemon, jobs=5), random.Random(3)
    with ExitStack() as stack:
        stack.callback(followed.follower.kill)
        followed.follower.start()
        for _ in range(100):
            followed.submit()
            followed.flows(chance.randint(1, 20))
            chance.choice([followed.restart_daemon, followed.follower.restart])()
        followed.end()


# -- any service with numbers and a store ------------------------------------------------------------------------------


@pytest.mark.timeout(180)
def test_journal_is_copied_exactly_over_kill_9_of_both_sides(socket_dir: Path) -> None:
    copy_over_deaths(socket_dir, deaths=8, most=800)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_journal_is_copied_exactly_over_hundreds_of_deaths(socket_dir: Path) -> None:
    copy_over_deaths(socket_dir, deaths=400, most=40_000)


def copy_over_deaths(place: Path, deaths: int, most: int) -> None:
    """The offset is kept in the transaction of the entry; a number that came twice would end the reader."""
    chance = random.Random(deaths)
    socket, theirs, ours = place / "s", place / "journal.db", place / "copy.db"
    service = Program(JOURNAL, "serve", socket, theirs, most)
    reader = Program(JOURNAL, "read", socket, ours, most)
    with ExitStack() as stack:
        stack.callback(service.kill)
        stack.callback(reader.kill)
        service.start()
        reader.start()
        for death in range(deaths):
            wanted = count(ours) + chance.randint(1, most // deaths)
            wait_for(lambda wanted=wanted: count(ours) >= wanted or reader.exit_code == 0)
            if reader.exit_code == 0:
                break
            (service if death % 2 else reader).restart()
        while reader.exit_code is None:  # a slow disk may take its time, as long as it goes on
            before = count(ours)
            wait_for(lambda before=before: count(ours) > before or reader.exit_code is not None)
        assert reader.exit_code == 0
    copy = entries(ours)
    assert [seq for seq, _ in copy] == list(range(1, most + 1))
    assert copy == entries(theirs)


def count(path: Path) -> int:
    """How many entries a journal holds."""
    found = select(path, "SELECT count(*) FROM entries")
    return int(found[0][0]) if found else 0


def entries(path: Path) -> list[Any]:
    """What a journal holds."""
    return select(path, "SELECT seq, text FROM entries ORDER BY seq")


def select(path: Path, query: str) -> list[Any]:
    """Rows of a journal; none before there is one."""
    if not path.exists():
        return []
    with closing(sqlite3.connect(path, timeout=PATIENCE)) as database:
        is_made = database.execute("SELECT 1 FROM sqlite_master").fetchone()
        return database.execute(query).fetchall() if is_made else []
