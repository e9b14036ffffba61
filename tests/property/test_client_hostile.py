"""Both clients against a server that mends, breaks, drops, doubles and delays its answers, in pieces.

Each call ends within its deadline with the value that the server sent for its id, or with an error of this package;
and the client serves the next call, on a new connection if need be.
"""

import asyncio
import json
import random
import socket
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daemonrpc import Channel, DaemonError, Limits, SyncChannel, connect, sync_connection
from daemonrpc.testing.fuzz.line_mutation import mutated_line
from fuzz.seeds import answers
from support.callers import Kind
from support.chopped import ChoppedLoop, chopped
from support.oracle import judge_answer
from support.raw import FakeServer, RawPeer
from support.waiting import SECONDS, until

TIMEOUT = 0.2
LIMITS = Limits(line_bytes=2000)
CALLS = 8
POOL = 2


class Hangup(Exception):
    """The connection is over, and what was still to be said with it."""


class Hostile:
    """A server that knows what it should say, and what it said: by connection, as bytes."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.is_honest = False
        self.honesty = chance.choice([0.5, 0.8, 0.95])
        """How often an answer is right before it is honest."""
        self.late = 0
        """Answers that are still to come."""
        self.said: list[bytearray] = []
        self._mouths: list[asyncio.Lock] = []
        self.asked: defaultdict[int, list[tuple[int, bytes, int]]] = defaultdict(list)
        """Connection and id of each try of a call, and how much had been said by then; by the call's tag."""

    async def serve(self, peer: RawPeer) -> None:
        """One connection."""
        number = len(self.said)
        self.said.append(bytearray())
        self._mouths.append(asyncio.Lock())
        try:
            async with asyncio.TaskGroup() as later:
                await self._converse(peer, number, later)
                raise Hangup
        except* (Hangup, ConnectionError):
            pass

    async def _converse(self, peer: RawPeer, number: int, later: asyncio.TaskGroup) -> None:
        while (request := await peer.raw_line()).endswith(b"\n"):
            message = json.loads(request)
            if message["method"] == "rpc.cancel":
                continue
            self.asked[message["params"][0]].append((number, b"%d" % message["id"], len(self.said[number])))
            lines = self._lines(message)
            if not self.is_honest and self.chance.random() < 0.15:
                later.create_task(self._say_late(peer, number, lines))
            else:
                await self._say(peer, number, lines)
            if not self.is_honest and self.chance.random() < 0.05:
                return

    def _lines(self, request: dict[str, Any]) -> list[bytes]:
        id_, tag = request["id"], request["params"][0]
        lines = [b'{"jsonrpc":"2.0","id":%d,"result":[%d,%d]}\n' % (id_, tag, self.chance.randrange(1000))]
        if request["method"] == "items":
            item = b'{"jsonrpc":"2.0","method":"items","params":[%d,%d],"stream":%d}\n'
            lines[:0] = [item % (tag, number, id_) for number in range(self.chance.randint(0, 4))]
        return lines if self.is_honest else self._spoiled(lines)

    def _spoiled(self, lines: list[bytes]) -> list[bytes]:
        chance = self.chance
        if chance.random() < self.honesty:
            return lines
        at, mood = chance.randrange(len(lines)), chance.random()
        if mood < 0.5:
            lines[at] = mutated_line(lines[at][:-1], chance, answers()) + b"\n"
        elif mood < 0.6:
            lines.insert(at, lines[at])
        elif mood < 0.7:
            lines.insert(at, chance.choice(answers()) + b"\n")
        elif mood < 0.8:
            lines.reverse()
        elif mood < 0.9:
            lines[at] = lines[at][: chance.randrange(len(lines[at]))]
        else:
            del lines[at]
        return lines

    async def _say_late(self, peer: RawPeer, number: int, lines: list[bytes]) -> None:
        """Behind the answers of later calls, and perhaps when nobody waits any more."""
        self.late += 1
        try:
            await asyncio.sleep(self.chance.uniform(0, 1.5 * TIMEOUT))
            await self._say(peer, number, lines)
        finally:
            self.late -= 1

    async def _say(self, peer: RawPeer, number: int, lines: list[bytes]) -> None:
        async with self._mouths[number]:
            for line in lines:
                self.said[number] += line
                step = self.chance.choice([1, 7, 5000])
                for at in range(0, len(line), step):
                    peer.write(line[at : at + step])
                    await peer.writer.drain()
                    await asyncio.sleep(0)

    def values(self, tag: int) -> Iterator[Any]:
        """What the server sent first for each try of a call; and answers to ids that it had not been asked for yet.

        Such an id may be that of any call which is on its way, and then this is its answer.
        """
        tries = {(number, id_) for number, id_, _ in self.asked[tag]}
        read = {(number, id_): at for row in self.asked.values() for number, id_, at in row}
        for number, output in enumerate(self.said):
            at, seen = 0, set[bytes]()
            for line in bytes(output).split(b"\n"):
                at += len(line) + 1
                said = judged(line)
                if said.kind != "answer" or said.id in seen:
                    continue
                seen.add(said.id)
                is_early = at <= read.get((number, said.id), at)
                if not said.is_error and ((number, said.id) in tries or is_early):
                    yield json.loads(said.value)

    def items(self, tag: int) -> Iterator[list[Any]]:
        """The items that the server sent for each try of a call."""
        for number, id_, _ in self.asked[tag]:
            lines = map(judged, bytes(self.said[number]).split(b"\n"))
            yield [json.loads(said.value or "null") for said in lines if said.kind == "item" and said.id in (id_, b"")]


judged = partial(judge_answer, limits=LIMITS)


class Client:
    """Either client; a blocking one is asked in threads."""

    def __init__(self, kind: Kind, path: Path, threads: ThreadPoolExecutor) -> None:
        options: dict[str, Any] = {"pool_size": POOL, "limits": LIMITS}
        self._threads = threads
        self.channel = Channel(path, **options) if kind == "async" else SyncChannel(path, **options)

    async def call(self, tag: int, timeout: float) -> Any:
        if isinstance(self.channel, Channel):
            return await self.channel.call("echo", [tag], timeout=timeout)
        return await self._run(partial(self.channel.call, "echo", [tag], timeout=timeout))

    async def items(self, tag: int, items: list[Any], timeout: float) -> Any:
        """Fills `items`, and returns the result of the stream."""
        if isinstance(self.channel, Channel):
            async with self.channel.stream("items", [tag], timeout=timeout) as stream:
                async for item in stream:
                    items.append(item)  # noqa: PERF401  # what came before a failure is wanted too
            return stream.result
        return await self._run(partial(_drain, self.channel, tag, items, timeout))

    async def close(self) -> None:
        if isinstance(self.channel, Channel):
            await self.channel.close()
        else:
            self.channel.close()

    async def _run(self, function: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)


def _drain(channel: SyncChannel, tag: int, items: list[Any], timeout: float) -> Any:
    with channel.stream("items", [tag], timeout=timeout) as stream:
        items.extend(stream)
        return stream.result


@pytest.mark.parametrize("kind", ["async", "sync"])
def test_each_call_ends_with_its_own_value_or_a_clear_error(
    kind: Kind, socket_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: Counter[str] = Counter()
    chance = random.Random()

    def chopped_connect(path: str) -> socket.socket | None:
        sock = connect.try_connect(path)
        return sock and chopped(sock, chance)

    monkeypatch.setattr(sync_connection, "try_connect_raw", chopped_connect)

    @settings(max_examples=30, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**32))
    def hold(seed: int) -> None:
        chance.seed(seed)
        loop = ChoppedLoop(seed)
        with ThreadPoolExecutor(CALLS) as threads, asyncio.Runner(loop_factory=lambda: loop) as runner:
            counts.update(runner.run(meet(kind, socket_dir / "s", threads, loop)))
        assert not loop.complaints

    hold()
    print(kind, dict(counts))
    assert counts["value"] >= 100
    assert counts.total() - counts["value"] >= 15


async def meet(kind: Kind, path: Path, threads: ThreadPoolExecutor, loop: ChoppedLoop) -> Counter[str]:
    """Calls of all kinds at once, then calls of a server that has become honest. Returns how the first ended."""
    hostile = Hostile(loop.chance)
    async with FakeServer(path, hostile.serve):
        client = Client(kind, path, threads)
        ends = await asyncio.gather(*(call(client, hostile, tag) for tag in range(CALLS)))
        hostile.is_honest = True
        tags = count(CALLS)
        ends += [
            await call(client, hostile, next(tags)) for _ in range(CALLS)
        ]  # late answers to others come in between
        await until(lambda: not hostile.late)
        last = [await call(client, hostile, next(tags), timeout=SECONDS) for _ in range(2 * POOL + 1)]
        assert last[-1] == "value", last
        await client.close()
    return Counter(ends + last)


async def call(client: Client, hostile: Hostile, tag: int, *, timeout: float = TIMEOUT) -> str:
    """How a call ended; every third is a stream."""
    loop = asyncio.get_running_loop()
    begun, items = loop.time(), list[Any]()
    try:
        value = await (client.items(tag, items, timeout) if tag % 3 == 2 else client.call(tag, timeout))
        assert any(value == sent for sent in hostile.values(tag)), (value, tag)
        end = "value"
    except DaemonError as error:
        end = type(error).__name__
    assert loop.time() - begun < timeout + SECONDS
    assert not items or any(items == sent[: len(items)] for sent in hostile.items(tag)), (items, tag)
    return end
