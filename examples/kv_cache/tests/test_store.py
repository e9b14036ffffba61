"""The entries, with a clock that the test turns."""

import random
import tracemalloc

import pytest

from kv_cache.history import History
from kv_cache.store import ENTRY_COST, Store
from kv_cache_api.errors import EntryTooLarge, KeyMissing, NotANumber, VersionConflict
from kv_cache_api.types import Emptied, Removed, Stored


class Clock:
    """Time as the test wants it."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Store:
    return Store(10 * (ENTRY_COST + 100), 2000, History(1000), clock)


def told(store: Store) -> list[str]:
    """The history in short."""
    lines: list[str] = []
    for seq in range(store.history.last_seq):
        match store.history.after(seq):
            case Stored(key=key, version=version):
                lines.append(f"{key}={version}")
            case Removed(key=key, reason=reason):
                lines.append(f"{key} {reason}")
            case Emptied(entries=entries):
                lines.append(f"-{entries}")
    return lines


def test_a_written_entry_can_be_read_until_its_time_is_over(store: Store, clock: Clock) -> None:
    store.put("a", b"x", ttl=5.0)
    clock.now += 4.9
    assert store.get("a").text == b"x"
    assert store.remaining(store.get("a")) == pytest.approx(0.1)
    clock.now += 0.1
    with pytest.raises(KeyMissing):  # nobody has called `expire`
        store.get("a")
    assert told(store) == ["a=1", "a expired"]


def test_a_new_write_has_a_time_of_its_own(store: Store, clock: Clock) -> None:
    store.put("a", b"x", ttl=5.0)
    store.put("a", b"y", ttl=None)
    store.put("b", b"z", ttl=1.0)
    clock.now += 10
    store.expire()
    assert store.get("a").text == b"y"
    assert told(store) == ["a=1", "a=2", "b=3", "b expired"]


def test_many_that_expire_at_once_go_in_portions(store: Store, clock: Clock) -> None:
    for number in range(5):
        store.put(f"k{number}", b"", ttl=1.0)
    clock.now += 1
    store.expire(at_most=3)
    assert store.statistics().entries == 2
    assert store.next_expiry == clock.now
    store.expire(at_most=3)
    assert store.statistics().entries == 0
    assert store.next_expiry is None


def test_overwriting_without_end_does_not_fill_memory_with_expiries(store: Store) -> None:
    for number in range(10_000):
        store.put("a", b"", ttl=1e6 + number)
    assert len(store._expiries) < 100  # pyright: ignore[reportPrivateUsage]  # nothing else shows it


def test_the_entry_that_was_used_longest_ago_makes_room(store: Store) -> None:
    for number in range(10):
        store.put(f"k{number}", bytes(98), ttl=None)
    store.get("k0")
    _, evicted = store.put("new", bytes(97), ttl=None)
    assert evicted == 1
    with pytest.raises(KeyMissing):
        store.get("k1")
    assert store.get("k0")
    assert told(store)[-2:] == ["new=11", "k1 evicted"]


def test_a_large_entry_makes_several_go_and_never_itself(store: Store) -> None:
    for number in range(10):
        store.put(f"k{number}", bytes(98), ttl=None)
    _, evicted = store.put("big", bytes(1900), ttl=None)
    assert evicted == 4
    assert len(store.get("big").text) == 1900


def test_an_entry_that_is_too_large_changes_nothing(store: Store) -> None:
    store.put("a", b"x", ttl=None)
    with pytest.raises(EntryTooLarge) as caught:
        store.put("a", bytes(2000), ttl=None)
    assert (caught.value.data.size, caught.value.data.max_size) == (2001, 2000)
    assert store.get("a").text == b"x"


def test_a_write_can_be_for_one_version_only(store: Store) -> None:
    with pytest.raises(VersionConflict):
        store.put("a", b"x", ttl=None, if_version=1)
    first, _ = store.put("a", b"x", ttl=None, if_version=0)
    store.put("a", b"y", ttl=None, if_version=first.version)
    with pytest.raises(VersionConflict) as caught:
        store.put("a", b"z", ttl=None, if_version=first.version)
    assert (caught.value.data.expected, caught.value.data.actual) == (1, 2)
    assert store.get("a").text == b"y"


def test_an_entry_that_was_deleted_and_made_again_is_another_one(store: Store) -> None:
    first, _ = store.put("a", b"x", ttl=None)
    store.delete("a")
    store.put("a", b"x", ttl=None)
    with pytest.raises(VersionConflict):
        store.put("a", b"y", ttl=None, if_version=first.version)


def test_adding_keeps_the_time_that_an_entry_has(store: Store, clock: Clock) -> None:
    store.put("n", b"41", ttl=5.0)
    clock.now += 3
    item, total = store.add("n", 1)
    assert total == 42
    assert store.remaining(item) == 2.0
    assert store.add("new", -1)[1] == -1


@pytest.mark.parametrize("text", [b"", b"x", b"1.0", b" 1", b"9223372036854775807", "\u0661".encode()])
def test_what_is_no_number_cannot_be_added_to(store: Store, text: bytes) -> None:
    store.put("n", text, ttl=None)
    with pytest.raises(NotANumber):
        store.add("n", 1)
    assert store.get("n").text == text


def test_entries_are_listed_by_key(store: Store) -> None:
    for key in ("b", "a/2", "a/1", "a", "c"):
        store.put(key, b"", ttl=None)

    def keys(prefix: str, after: str = "", limit: int = 100) -> list[str]:
        return [item.key for item in store.select(prefix, after, limit)]

    assert keys("") == ["a", "a/1", "a/2", "b", "c"]
    assert keys("a") == ["a", "a/1", "a/2"]
    assert keys("a/") == ["a/1", "a/2"]
    assert keys("a", after="a") == ["a/1", "a/2"]
    assert keys("", after="a/1", limit=2) == ["a/2", "b"]
    assert keys("d") == keys("a", after="b") == []


def test_clearing_is_one_change(store: Store) -> None:
    for number in range(5):
        store.put(f"k{number}", b"", ttl=9.0)
    assert store.clear() == 5
    assert store.clear() == 0
    assert told(store)[5:] == ["-5"]
    assert store.statistics().size == 0
    assert store.next_expiry is None


def test_after_any_uses_the_size_is_that_of_the_entries_and_within_its_bound(store: Store, clock: Clock) -> None:
    chance = random.Random(1)
    for _ in range(5000):
        key = f"k{chance.randrange(20)}"
        use = chance.randrange(5)
        if use < 2:
            store.put(key, bytes(chance.randrange(500)), chance.choice([None, 1.0, 20.0]))
        elif use == 2:
            store.delete(key)
        elif use == 3:
            clock.now += chance.random()
            store.expire(at_most=2)
        elif key in [item.key for item in store.select("", "", 100)]:
            store.get(key)
        items = store.select("", "", 100)
        assert store.statistics().size == sum(item.size + ENTRY_COST for item in items) <= 10 * (ENTRY_COST + 100)
    figures = store.statistics()
    assert figures.evicted > 20
    assert figures.expired > 20


def test_memory_stays_below_the_size_that_is_counted() -> None:
    store = Store(8 * 2**20, 2**20, History(10), Clock())
    tracemalloc.start()
    try:
        for number in range(30_000):
            store.put(f"key-{number}", b"%d" % number, ttl=1e6)
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert store.statistics().evicted > 10_000
    assert used < store.statistics().size < 8 * 2**20
