"""The `traceparent` header: what is one, and where it holds (W3C trace context, section 3.2)."""

import asyncio

import pytest

from daemonrpc.trace import current_traceparent, parse_traceparent, traceparent

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
HEADER = f"00-{TRACE}-{SPAN}-01"


@pytest.mark.parametrize("flags", ["00", "01", "03", "ff"])
def test_good_header_is_passed_on_as_it_came(flags: str) -> None:
    header = f"00-{TRACE}-{SPAN}-{flags}"
    assert parse_traceparent(header) == header


@pytest.mark.parametrize(
    "header",
    [
        "",
        "00",
        "00-1-2-01",
        HEADER[:-1],
        HEADER + "0",
        HEADER + "-",
        HEADER + "-what-the-future-will-be-like",
        HEADER + "\n",
        " " + HEADER,
        HEADER.upper(),
        HEADER.replace("-", "_"),
        f"ff-{TRACE}-{SPAN}-01",
        f"0g-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[:-1]}g-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-0G",
        f"00-{TRACE}-{SPAN[:-1]}\u0661-01",
        f"00-{TRACE}-{SPAN[:-1]}\n-01",
        f"01-{TRACE}-{SPAN}-01x",
        f"01-{TRACE}-{SPAN}-011",
        f"00-{TRACE[:-1]}-{SPAN}-001",
        "-" * 55,
    ],
)
def test_malformed_header_is_ignored(header: str) -> None:
    assert parse_traceparent(header) is None


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (f"01-{TRACE}-{SPAN}-01", HEADER),
        (f"cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like", HEADER),
        (f"01-{TRACE}-{SPAN}-01-", HEADER),
        (f"fe-{TRACE}-{SPAN}-ff", f"00-{TRACE}-{SPAN}-03"),
        (f"01-{TRACE}-{SPAN}-02" + "-x" * 10_000, f"00-{TRACE}-{SPAN}-02"),
    ],
)
def test_header_of_a_later_version_becomes_one_of_ours(header: str, known: str) -> None:
    assert parse_traceparent(header) == known


def test_block_sets_the_header_and_takes_it_back() -> None:
    assert current_traceparent() is None
    with traceparent(HEADER):
        assert current_traceparent() == HEADER
        with traceparent(None):
            assert current_traceparent() is None
        assert current_traceparent() == HEADER
    assert current_traceparent() is None


def test_block_is_left_by_an_error_too() -> None:
    with pytest.raises(KeyError), traceparent(HEADER):
        raise KeyError
    assert current_traceparent() is None


def test_block_refuses_what_is_no_header() -> None:
    with pytest.raises(ValueError, match="no traceparent"):
        traceparent("00-1-2-01")


async def test_header_holds_in_the_tasks_that_a_block_starts_and_in_no_other() -> None:
    async def seen() -> str | None:
        await asyncio.sleep(0)
        return current_traceparent()

    before = asyncio.create_task(seen())
    with traceparent(HEADER):
        inside = asyncio.create_task(seen())
    after = asyncio.create_task(seen())
    assert await asyncio.gather(before, inside, after) == [None, HEADER, None]
