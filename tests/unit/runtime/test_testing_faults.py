import asyncio
import contextlib
import gc
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from daemonrpc.testing import Fault, FaultProxy, Faults, Way
from support.raw import FakeServer, RawPeer, connect
from support.waiting import until

TEXT = bytes(range(65, 91))  # 26 letters, each place another one


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


class Bench:
    """A server that keeps what it reads, behind a proxy, and a client of the proxy."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.seen: list[bytes] = []
        self.ends = 0
        self.peers: list[RawPeer] = []
        self.answer = b""

    async def serve(self, peer: RawPeer) -> None:
        number = len(self.seen)
        self.seen.append(b"")
        self.peers.append(peer)
        if self.answer:
            peer.write(self.answer)
        try:
            while data := await peer.reader.read(1 << 20):
                self.seen[number] += data
            self.ends += 1
            await asyncio.Event().wait()  # it leaves no sooner than the test says
        except ConnectionError:
            self.ends += 1

    def proxy(self, faults: Faults = ()) -> FaultProxy:
        return FaultProxy(self._directory / "p", self._directory / "s", faults)


@pytest.fixture
async def bench(socket_path: Path) -> AsyncIterator[Bench]:
    made = Bench(socket_path.parent)
    async with FakeServer(socket_path, made.serve):
        yield made


async def test_sound_connection_passes_everything_both_ways(bench: Bench) -> None:
    bench.answer = TEXT
    async with bench.proxy() as proxy, await connect(proxy.path) as client:
        client.write(TEXT)
        assert await client.reader.readexactly(26) == TEXT
        await until(lambda: bench.seen == [TEXT])
        assert (proxy.requests.size, proxy.replies.size, proxy.connections) == (26, 26, 1)


async def test_large_transfer_arrives_whole(bench: Bench) -> None:
    bench.answer = os.urandom(3_000_000)
    async with bench.proxy() as proxy, await connect(proxy.path) as client:
        assert await client.reader.readexactly(3_000_000) == bench.answer


@pytest.mark.parametrize("size", range(28))
async def test_request_is_cut_after_any_number_of_bytes(bench: Bench, size: int) -> None:
    async with bench.proxy(Fault(request=Way(end_at=size))) as proxy, await connect(proxy.path) as client:
        client.write(TEXT)
        if size <= 26:
            assert await client.rest() == b""
            await until(lambda: bench.ends == 1)
        else:
            await until(lambda: len(bench.seen[0]) == 26 if bench.seen else False)
        assert bench.seen == [TEXT[:size]]


@pytest.mark.parametrize("size", [0, 1, 25, 26])
async def test_reply_is_cut_after_any_number_of_bytes_and_those_still_arrive(bench: Bench, size: int) -> None:
    bench.answer = TEXT
    async with bench.proxy(Fault(reply=Way(end_at=size))) as proxy, await connect(proxy.path) as client:
        assert await client.rest() == TEXT[:size]
        await until(lambda: bench.ends == 1)


async def test_cut_is_an_end_and_abort_is_a_reset_for_the_sender(bench: Bench) -> None:
    outcomes: list[object] = []
    faults = [Fault(request=Way(end_at=5)), Fault(request=Way(end_at=5, end="abort"))]
    async with bench.proxy(faults) as proxy:
        for _ in faults:
            async with await connect(proxy.path) as client:
                client.write(TEXT)
                try:
                    outcomes.append(await client.reader.read())
                except ConnectionResetError:
                    outcomes.append("reset")
        await until(lambda: bench.ends == 2)
    assert outcomes == [b"", "reset"]
    assert bench.seen == [TEXT[:5]] * 2


async def test_half_close_of_the_request_leaves_the_reply(bench: Bench) -> None:
    async with bench.proxy(Fault(request=Way(end_at=5, end="half_close"))) as proxy:
        async with await connect(proxy.path) as client:
            client.write(TEXT)
            await until(lambda: bench.ends == 1)
            bench.peers[0].write(TEXT)
            assert await client.reader.readexactly(26) == TEXT
            client.write(TEXT)  # nobody reads it, and nobody minds
        assert bench.seen == [TEXT[:5]]


async def test_half_close_of_the_reply_leaves_the_request(bench: Bench) -> None:
    bench.answer = TEXT
    fault = Fault(reply=Way(end_at=5, end="half_close"))
    async with bench.proxy(fault) as proxy, await connect(proxy.path) as client:
        assert await client.rest() == TEXT[:5]
        client.write(TEXT)
        await until(lambda: bench.seen == [TEXT])


async def test_half_close_of_an_end_is_passed_on_as_such_and_so_is_its_close(bench: Bench) -> None:
    async with bench.proxy() as proxy:
        async with await connect(proxy.path) as client:
            client.write(TEXT)
            client.half_close()
            await until(lambda: bench.ends == 1)
            bench.peers[0].write(TEXT)
            assert await client.reader.readexactly(26) == TEXT
        await until(lambda: not [task for task in asyncio.all_tasks() if "_pass_on" in repr(task)])
    assert bench.seen == [TEXT]


@pytest.mark.parametrize("place", [0, 1, 13, 26])
async def test_bytes_are_put_in_anywhere(bench: Bench, place: int) -> None:
    bench.answer = TEXT
    way = Way(insert_at=place, insert=b"!!")
    async with bench.proxy(Fault(request=way, reply=way)) as proxy, await connect(proxy.path) as client:
        client.write(TEXT)
        wanted = TEXT[:place] + b"!!" + TEXT[place:]
        assert await client.reader.readexactly(28) == wanted
        await until(lambda: bench.seen == [wanted])
        assert proxy.replies.size == 26


@pytest.mark.parametrize("way", [Way(split=1), Way(split=7, seed=1), Way(split=100)])
async def test_split_changes_the_pieces_and_no_byte(bench: Bench, way: Way) -> None:
    bench.answer = TEXT * 10
    async with bench.proxy(Fault(request=way, reply=way)) as proxy, await connect(proxy.path) as client:
        client.write(TEXT)
        assert await client.reader.readexactly(260) == TEXT * 10
        await until(lambda: bench.seen == [TEXT])


async def test_pieces_have_the_length_that_was_asked_for(bench: Bench) -> None:
    bench.answer = TEXT
    async with bench.proxy(Fault(reply=Way(split=10, delay=0.03))) as proxy, await connect(proxy.path) as client:
        assert [len(await client.reader.read(100)) for _ in range(3)] == [10, 10, 6]


async def test_delay_holds_each_piece_back(bench: Bench) -> None:
    bench.answer = TEXT
    loop = asyncio.get_running_loop()
    begin = loop.time()
    async with bench.proxy(Fault(reply=Way(delay=0.1))) as proxy, await connect(proxy.path) as client:
        assert await client.reader.readexactly(26) == TEXT
        assert loop.time() - begin >= 0.1


@pytest.mark.parametrize("place", [0, 5, 26])
async def test_stalled_way_goes_on_when_it_is_released(bench: Bench, place: int) -> None:
    async with bench.proxy(Fault(request=Way(stall_at=place))) as proxy, await connect(proxy.path) as client:
        client.write(TEXT)
        client.half_close()
        await until(lambda: proxy.stalled == 1)
        await until(lambda: bench.seen == [TEXT[:place]])
        assert not bench.ends, "not even the end passes"
        proxy.release()
        await until(lambda: bench.ends == 1)
        assert (bench.seen, proxy.stalled) == ([TEXT], 0)


async def test_stall_may_end_by_itself(bench: Bench) -> None:
    way = Way(stall_at=5, stall_seconds=0.01)
    async with bench.proxy(Fault(request=way)) as proxy, await connect(proxy.path) as client:
        client.write(TEXT)
        await until(lambda: bench.seen == [TEXT])
        assert proxy.stalled == 0


async def test_way_that_is_not_read_slows_its_sender_down(bench: Bench) -> None:
    async with bench.proxy(Fault(request=Way(stall_at=0))) as proxy, await connect(proxy.path) as client:
        client.write(bytes(8_000_000))
        await until(lambda: proxy.stalled == 1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.writer.drain()
        proxy.release()
        await until(lambda: len(bench.seen[0]) == 8_000_000)


@pytest.mark.parametrize(
    "faults",
    [
        [Fault(reply=Way(end_at=0))],
        lambda number: Fault(reply=Way(end_at=0 if number == 0 else None)),
    ],
)
async def test_faults_differ_by_connection(bench: Bench, faults: Faults) -> None:
    bench.answer = TEXT
    async with bench.proxy(faults) as proxy:
        async with await connect(proxy.path) as client:
            assert await client.rest() == b""
        for _ in range(2):
            async with await connect(proxy.path) as client:
                assert await client.reader.readexactly(26) == TEXT
        assert proxy.connections == 3


async def test_faults_may_be_changed_for_later_connections(bench: Bench) -> None:
    bench.answer = TEXT
    async with bench.proxy() as proxy:
        async with await connect(proxy.path) as client:
            assert await client.reader.readexactly(26) == TEXT
        proxy.faults = Fault(reply=Way(end_at=3))
        async with await connect(proxy.path) as client:
            assert await client.rest() == TEXT[:3]


async def test_last_words_of_a_server_that_reads_nothing_come_through(bench: Bench, socket_dir: Path) -> None:
    """Passing on the request fails, and the refusal that was said before must still be heard."""

    async def serve(peer: RawPeer) -> None:
        peer.write(b"full\n")
        await peer.close()

    async with FakeServer(socket_dir / "r", serve), FaultProxy(socket_dir / "q", socket_dir / "r") as proxy:
        for _ in range(50):
            async with await connect(proxy.path) as client:
                client.write_past_the_stream(b"x" * 100_000)
                assert await client.rest() == b"full\n"


async def test_nobody_behind_it_is_an_end(socket_dir: Path) -> None:
    async with FaultProxy(socket_dir / "p", socket_dir / "nobody") as proxy, await connect(proxy.path) as client:
        assert await client.rest() == b""


async def test_open_connections_can_be_cut_at_any_time(bench: Bench) -> None:
    async with bench.proxy() as proxy:
        async with await connect(proxy.path) as client:
            client.write(TEXT)
            await until(lambda: bench.seen == [TEXT])
            proxy.cut()
            assert await client.rest() == b""
        async with await connect(proxy.path) as client:
            client.write(TEXT)
            await until(lambda: bench.seen == [TEXT] * 2)


@pytest.mark.parametrize(
    "way", [Way(), Way(stall_at=0), Way(stall_at=9), Way(delay=60), Way(end_at=0), Way(end_at=9, end="half_close")]
)
@pytest.mark.parametrize("data", [b"", TEXT, bytes(1_000_000)])
async def test_end_of_the_block_leaves_nothing(bench: Bench, way: Way, data: bytes) -> None:
    fds = descriptors()
    for turn in range(8):
        async with bench.proxy(Fault(request=way)) as proxy:
            client = await connect(proxy.path)
            client.write(data)
            for _ in range(turn):  # the proxy has come so far
                await asyncio.sleep(0)
            if turn % 2:
                client.abort()
        client.abort()
        assert not proxy.path.exists()
        assert not proxy.stalled
    for peer in bench.peers:
        peer.abort()
    assert not [task for task in asyncio.all_tasks() if "FaultProxy" in repr(task)]
    await until(lambda: descriptors() <= fds)


@pytest.mark.parametrize("turns", range(6))
async def test_end_of_the_block_while_clients_connect_leaves_nothing(bench: Bench, turns: int) -> None:
    fds = descriptors()
    for _ in range(20):
        with contextlib.ExitStack() as clients:
            async with bench.proxy() as proxy:
                for _ in range(3):
                    sock = clients.enter_context(socket.socket(socket.AF_UNIX))
                    sock.connect(str(proxy.path))
                for _ in range(turns):
                    await asyncio.sleep(0)
    for peer in bench.peers:
        peer.abort()
    await until(lambda: descriptors() <= fds)
    gc.collect()  # an unclosed socket complains


async def test_function_of_faults_that_fails_closes_its_connection(bench: Bench) -> None:
    def faults(_number: int) -> Fault:
        raise LookupError("no such fault")

    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context.get("exception")))
    async with bench.proxy(faults) as proxy, await connect(proxy.path) as client:
        assert await client.rest() == b""
    assert [type(error) for error in told] == [LookupError]


async def test_proxy_can_be_started_again(bench: Bench) -> None:
    proxy = bench.proxy()
    for _ in range(2):
        async with proxy, await connect(proxy.path) as client:
            client.write(TEXT)
            await until(lambda: TEXT in bench.seen)
    await proxy.stop()


async def test_place_that_is_taken_is_an_error(bench: Bench, socket_dir: Path) -> None:
    fds = descriptors()
    with pytest.raises(OSError, match="in use"):
        await FaultProxy(socket_dir / "s", socket_dir / "t").start()
    assert descriptors() == fds


@pytest.mark.parametrize(
    "members", [{"split": 0}, {"seed": 1}, {"stall_seconds": 1.0}, {"end_at": -1}, {"stall_at": -1}, {"delay": -0.1}]
)
def test_senseless_faults_are_refused(members: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        Way(**members)  # type: ignore[arg-type]
