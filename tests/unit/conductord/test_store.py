"""The store: transactions, migrations, locks, and what the statements promise."""

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from conductord.job import Cause, JobState, SheetState
from conductord.store import LimitRow, StateLock, Store, StoreError
from conductord.store.database import FILE_NAME
from support.engine import World, job_text


def test_a_state_directory_has_one_daemon(tmp_path: Path) -> None:
    lock = StateLock(tmp_path)
    with pytest.raises(StoreError, match="another conductord uses"):
        StateLock(tmp_path)
    lock.close()
    StateLock(tmp_path).close()


def test_the_state_is_readable_by_nobody_else(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        Store.open(tmp_path / "state").close()
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "state" / FILE_NAME).stat().st_mode) == 0o600


def test_a_commit_survives_a_power_cut_but_for_notes_of_output(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    level = lambda: store._database.connection.execute("PRAGMA synchronous").fetchone()[0]  # noqa: E731  # the one way to see it
    with store.transaction():
        pass
    assert level() == 2
    with store.transaction(durable=False):
        pass
    assert level() == 1
    with store.transaction():
        pass
    assert level() == 2
    store.close()


def test_a_transaction_is_all_or_nothing_and_nests(tmp_path: Path) -> None:
    store = Store.open(tmp_path)

    def half() -> None:
        with store.transaction():
            store.events.append("daemon.started", 1.0)
            with store.transaction():
                store.events.append("daemon.stopping", 2.0)
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert store.events.after(0, 10) == []
    with store.transaction(), store.transaction():
        store.events.append("daemon.started", 1.0)
    assert len(store.events.after(0, 10)) == 1
    store.close()


def test_readers_are_told_after_each_commit_and_only_then(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    told: list[int] = []
    store.on_commit = lambda: told.append(len(store.events.after(0, 10)))
    with store.transaction():
        store.events.append("daemon.started", 1.0)
        store.events.append("daemon.stopping", 1.0)
    assert told == [2]
    store.close()


def test_a_broken_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"this is no database, and it is long enough to be read as one" * 50)
    with pytest.raises(StoreError, match="cannot use"):
        Store.open(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes().startswith(b"this is no database")


def test_a_file_of_a_newer_conductor_is_refused(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="schema 99"):
        Store.open(tmp_path)


def test_migrations_run_once(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    Store.open(tmp_path).close()


def test_a_reader_sees_what_was_committed_and_cannot_write(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    reader = Store.open_reader(tmp_path)
    with store.transaction():
        store.events.append("daemon.started", 1.0)
        assert reader.events.after(0, 10) == []
    with reader.snapshot():
        assert len(reader.events.after(0, 10)) == 1
        with store.transaction():
            store.events.append("daemon.stopping", 1.0)
        assert len(reader.events.after(0, 10)) == 1, "a snapshot is one state"
    assert len(reader.events.after(0, 10)) == 2
    with pytest.raises(StoreError), reader.transaction():
        reader.events.append("daemon.started", 1.0)
    reader.close()
    store.close()


def test_events_are_numbered_for_ever(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    for _ in range(3):
        with store.transaction():
            store.events.append("daemon.started", 1.0)
    with store.transaction():
        assert not store.events.prune(before=5.0)
    assert store.events.after(0, 10) == []
    assert store.events.last_seq() == 3
    with store.transaction():
        assert store.events.append("daemon.started", 9.0) == 4
    assert [event.seq for event in store.events.after(1, 10)] == [4]
    store.close()


def test_events_of_a_running_job_are_never_pruned(tmp_path: Path) -> None:
    world = World(tmp_path)
    running, ended = world.submit(job_text("a")), world.submit(job_text("a"))
    (first, second) = world.start()
    world.end(second)
    assert world.job(ended).state is JobState.COMPLETED
    with world.store.transaction():
        assert world.store.events.prune(before=world.now + 1000, most=1), "there may be more"
        assert not world.store.events.prune(before=world.now + 1000, most=1)
    assert world.events(running)
    assert not world.events(ended)
    world.end(first)


def test_the_same_job_file_is_kept_once(tmp_path: Path) -> None:
    world = World(tmp_path)
    for _ in range(20):
        world.submit(job_text("a"))
    count = lambda: world.store._database.connection.execute("SELECT count(*) FROM texts").fetchone()[0]  # noqa: E731
    assert count() == 2, "its text and the compiled job"
    world.run()
    world.commands.clear(world.store.jobs.in_state(JobState.COMPLETED))
    assert count() == 0


def test_a_cleared_job_leaves_figures_and_no_words(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a"))
    (attempt,) = world.start()
    world.end(attempt, Cause.EXIT, retriable=False)
    world.commands.clear([world.job(job)])
    assert world.store.jobs.find(job.id) is None
    assert world.store.sheets.of_job(job.id) == []
    left = world.store.attempts.get(attempt.id)
    assert (left.dir, left.error, left.checks) == ("", None, None)
    (record,) = world.store.statistics.records(10)
    assert (record.runs, record.successes) == (1, 0)


def test_job_numbers_are_never_used_twice(tmp_path: Path) -> None:
    world = World(tmp_path)
    first = world.submit(job_text("a"))
    world.run()
    world.commands.clear([world.job(first)])
    assert world.submit(job_text("a")).id == first.id + 1


def test_a_limit_that_is_seen_again_ends_later_and_began_at_first(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    with store.transaction():
        store.limits.put(LimitRow("claude", 10.0, 100.0, "a", "x"))
        limit = store.limits.put(LimitRow("claude", 20.0, 50.0, "b", "y"))
    assert (limit.since, limit.until, limit.reason) == (10.0, 100.0, "b")
    store.close()


def test_counts_of_a_job_follow_its_sheets(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a", "b", "c"))
    (attempt,) = world.start()
    assert (world.job(job).done, world.job(job).busy, world.job(job).current) == (0, 1, 1)
    world.end(attempt)
    assert (world.job(job).done, world.job(job).busy, world.job(job).current) == (1, 0, None)
    assert world.states(job) == [SheetState.COMPLETED, SheetState.READY, SheetState.PENDING]


def test_quantiles_are_nearest_rank_over_successes(tmp_path: Path) -> None:
    world = World(tmp_path)
    for seconds in range(1, 11):
        world.submit(job_text("a"))
        (attempt,) = world.start()
        world.end(attempt, seconds=float(seconds))
    found = world.store.statistics.quantiles("demo")["a"]
    assert (found.p50, found.p90, found.runs) == (pytest.approx(5.0), pytest.approx(9.0), 10)
