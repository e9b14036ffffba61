import asyncio
from collections.abc import Sequence

import pytest

from daemonrpc.errors import LocalProtocolError, StreamLaggedError
from daemonrpc.limits import Limits
from daemonrpc.method import SlowConsumer
from daemonrpc.request import Request
from daemonrpc.stream_sender import COST_BYTES, JOIN_BYTES, KEPT_COST, TURN_ITEMS, StreamSender
from daemonrpc.turns import Turns

REQUEST = Request(b"1", "m", b"", None)


class Output:
    """A peer that reads when it is told to."""

    def __init__(self) -> None:
        self.is_writable = True
        self.items: list[bytes] = []
        self.flushes = 0
        self._reads = asyncio.Event()

    def put_items(self, request: Request, notification: bytes, items: Sequence[bytes]) -> bool:
        assert (request, notification) == (REQUEST, b'"n"')
        self.items += items
        self.flush()
        return True

    def flush(self) -> None:
        self.flushes += 1

    async def wait_writable(self) -> None:
        await self._reads.wait()

    def read_again(self) -> None:
        self.is_writable = True
        self._reads.set()


def sender(
    output: Output, rule: SlowConsumer, items: int = 3, size: int = 100, turns: Turns | None = None
) -> StreamSender:
    limits = Limits(stream_items=items, output_bytes=size)
    return StreamSender(output, REQUEST, b'"n"', rule, limits, turns or Turns(1000), asyncio.get_running_loop())


async def send(stream: StreamSender, item: bytes) -> None:
    """What a dispatcher does with an item."""
    wait = stream.send(item)
    if wait is not None:
        await wait


@pytest.mark.parametrize("rule", ["block", "drop_oldest", "disconnect"])
async def test_reader_that_keeps_up_gets_every_item_in_order(rule: SlowConsumer) -> None:
    output = Output()
    stream = sender(output, rule)
    for number in range(10):
        await send(stream, b"%d" % number)
    await stream.drain()
    assert output.items == [b"%d" % number for number in range(10)]


async def test_block_waits_for_the_reader() -> None:
    output = Output()
    output.is_writable = False
    sending = asyncio.ensure_future(send(sender(output, "block"), b"1"))
    await asyncio.sleep(0)
    assert (output.items, sending.done()) == ([], False)
    output.read_again()
    await sending
    assert output.items == [b"1"]


async def test_drop_oldest_keeps_the_newest_items() -> None:
    output = Output()
    output.is_writable = False
    stream = sender(output, "drop_oldest")
    for number in range(10):
        await send(stream, b"%d" % number)
    output.read_again()
    stream.flush_kept()
    await send(stream, b"10")
    await stream.drain()
    assert output.items == [b"7", b"8", b"9", b"10"]


async def test_new_item_does_not_overtake_those_that_are_kept() -> None:
    """The reader takes some of what is kept, and is full again before the new one."""

    class Narrow(Output):
        def put_items(self, request: Request, notification: bytes, items: Sequence[bytes]) -> bool:
            super().put_items(request, notification, items)
            self.is_writable = len(self.items) != 2
            return True

    output = Narrow()
    output.is_writable = False
    stream = sender(output, "drop_oldest", items=5, size=10 * JOIN_BYTES)
    items = [b"%d" % number * (JOIN_BYTES + 1) for number in range(5)]
    for item in items[:4]:
        await send(stream, item)
    output.read_again()
    await send(stream, items[4])
    assert output.items == items[:2]
    output.read_again()
    await stream.drain()
    assert output.items == items


async def test_drop_oldest_is_bounded_in_bytes_too() -> None:
    output = Output()
    output.is_writable = False
    stream = sender(output, "drop_oldest", items=1000, size=100)
    for _ in range(50):
        await send(stream, b"x" * 30)
    output.read_again()
    await stream.drain()
    assert len(output.items) == 3


@pytest.mark.parametrize(("items", "size"), [(3, 1000), (1000, 90)])
async def test_disconnect_ends_a_stream_whose_reader_is_too_far_behind(items: int, size: int) -> None:
    output = Output()
    output.is_writable = False
    stream = sender(output, "disconnect", items, size)
    for _ in range(3):
        await send(stream, b"x" * 30)
    with pytest.raises(StreamLaggedError, match="4 items behind"):
        await send(stream, b"x" * 30)


async def test_kept_items_go_out_before_the_end() -> None:
    output = Output()
    output.is_writable = False
    stream = sender(output, "drop_oldest")
    await send(stream, b"1")
    draining = asyncio.ensure_future(stream.drain())
    await asyncio.sleep(0)
    assert not draining.done()
    output.read_again()
    await draining
    assert output.items == [b"1"]


async def test_generator_that_never_waits_lets_others_run() -> None:
    stream, turns = sender(Output(), "block"), 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.ensure_future(others())
    for _ in range(10 * TURN_ITEMS):
        await send(stream, b"1")
    task.cancel()
    assert turns >= 9


async def test_items_of_one_pass_are_written_together_at_its_end() -> None:
    output = Output()
    stream = sender(output, "block")
    for number in range(3):
        await send(stream, b"%d" % number)
    assert output.items == []
    await asyncio.sleep(0)
    assert (output.items, output.flushes) == ([b"0", b"1", b"2"], 1)


@pytest.mark.parametrize("item", [b'"%b"' % (b"x" * 1000), b"[" * 64 + b"]" * 64], ids=["long", "deep"])
async def test_item_that_fits_no_line_is_refused(item: bytes) -> None:
    limits = Limits(line_bytes=1000)
    stream = StreamSender(Output(), REQUEST, b'"n"', "block", limits, Turns(1000), asyncio.get_running_loop())
    with pytest.raises(LocalProtocolError):
        stream.send(item)


async def test_large_items_are_written_before_the_turn_ends() -> None:
    output = Output()
    stream = sender(output, "block")
    await send(stream, b"x")
    assert output.flushes == 0
    await send(stream, b"x" * JOIN_BYTES)
    assert output.flushes == 1


class Watch:
    """Sees how many items were sent between two passes of the event loop."""

    def __init__(self, outputs: list[Output]) -> None:
        self._outputs = outputs
        self._before = 0
        self.most = 0
        self.passes = 0

    async def run(self) -> None:
        while True:
            sent = sum(len(output.items) for output in self._outputs)
            self.most, self._before = max(self.most, sent - self._before), sent
            self.passes += 1
            await asyncio.sleep(0)


async def test_streams_share_each_pass_of_the_loop() -> None:
    """However many there are, a pass has the room of one of them, and a single item more for each."""
    turns, outputs = Turns(100), [Output() for _ in range(50)]
    watch = Watch(outputs)
    watching = asyncio.ensure_future(watch.run())

    async def send_all(output: Output) -> None:
        stream = sender(output, "block", turns=turns)
        for number in range(500):
            await send(stream, b"%d" % number)

    senders = [asyncio.ensure_future(send_all(output)) for output in outputs]
    for _ in range(3):  # in their first turn none knows of the others
        await asyncio.sleep(0)
    watch.most = 0
    await asyncio.gather(*senders)
    watching.cancel()
    assert [len(output.items) for output in outputs] == [500] * 50
    assert watch.most <= 100 + 50 + TURN_ITEMS


async def test_large_items_make_short_turns() -> None:
    output = Output()
    watch = Watch([output])
    watching = asyncio.ensure_future(watch.run())
    stream = sender(output, "block")
    for _ in range(20):
        await send(stream, b"x" * TURN_ITEMS * COST_BYTES)
    watching.cancel()
    assert watch.passes >= 20, "a turn is one such item"


async def test_what_is_kept_is_counted_by_the_connection_as_it_grows() -> None:
    output = Output()
    output.is_writable = False
    stream = sender(output, "drop_oldest", items=1000, size=100 * JOIN_BYTES)
    for _ in range(10):
        await send(stream, b"x" * JOIN_BYTES)
    assert (stream.kept_bytes, output.flushes) == (10 * (JOIN_BYTES + KEPT_COST), 10)
    before = output.flushes
    for _ in range(100):
        await send(stream, b"x")
    assert output.flushes == before, "not for every small item"


async def test_item_of_a_blocked_stream_is_counted_while_it_waits() -> None:
    output = Output()
    output.is_writable = False
    stream = sender(output, "block")
    sending = asyncio.ensure_future(send(stream, b"x" * 1000))
    await asyncio.sleep(0)
    assert (stream.kept_bytes, output.flushes) == (1000, 1)
    output.read_again()
    await sending
    assert stream.kept_bytes == 0


async def test_item_of_a_blocked_stream_that_is_cancelled_is_counted_no_more() -> None:
    output = Output()
    output.is_writable = False
    stream = sender(output, "block")
    sending = asyncio.ensure_future(send(stream, b"x" * 1000))
    await asyncio.sleep(0)
    sending.cancel()
    await asyncio.wait([sending])
    assert (stream.kept_bytes, output.items) == (0, [])
