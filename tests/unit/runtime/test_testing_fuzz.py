"""`daemonrpc fuzz` against a sound daemon, and against one whose answers are spoilt in each way that it must find."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from conductor_api import request_handler
from conductor_api.fakes import FakeDaemonService
from daemonrpc import DaemonServer, RequestHandler
from daemonrpc.cli import main
from daemonrpc.testing import SocketFor
from support.waiting import SECONDS

Json = dict[str, Any]
Lie = Callable[[Json, int], list[bytes] | None]
"""Makes of an answer, and its number, the lines that are sent instead; None ends the connection."""

SEED = ["--seed", "7"]
SAFE, UNSAFE, STREAM = "job.list", "job.cancel", "daemon.monitor.stream"


def line(message: Any) -> bytes:
    return json.dumps(message).encode() + b"\n"


@asynccontextmanager
async def lying(socket_dir: Path, lie: Lie, *, lives: bool = True) -> AsyncIterator[str]:
    """The path of a daemon all of whose answers pass through `lie`; without `lives` the first lie is its death.

    It accepts by itself: a Server of asyncio that is closed just after it has accepted loses the connection unclosed.
    """
    count = 0
    loop = asyncio.get_running_loop()
    accepted: dict[socket.socket, asyncio.Task[None]] = {}
    listener = socket.socket(socket.AF_UNIX)

    def accept() -> None:
        with suppress(BlockingIOError):
            sock, _ = listener.accept()
            sock.setblocking(False)
            accepted[sock] = asyncio.create_task(serve(sock))

    def die() -> None:
        loop.remove_reader(listener)
        listener.close()

    async def serve(sock: socket.socket) -> None:
        reader, writer = await asyncio.open_unix_connection(sock=sock, limit=2**24)
        back, forth = await asyncio.open_unix_connection(socket_dir / "honest", limit=2**24)
        try:
            async with asyncio.TaskGroup() as both:
                copying = both.create_task(copy(reader, forth))
                await answer(back, writer)
                copying.cancel()
        finally:
            forth.close()
            writer.close()

    async def answer(back: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        while sent := await back.readline():
            message = json.loads(sent)
            lines: list[bytes] | None = [sent]
            if not (isinstance(message, dict) and "openrpc" in str(message.get("result"))[:20]):
                count += 1
                lines = lie(message, count)
            if lines is None:
                if not lives:
                    die()
                return
            writer.write(b"".join(lines))

    fake = FakeDaemonService(seed=1)
    fake.list_jobs.returns([])
    async with DaemonServer(socket_dir / "honest", request_handler(fake)):
        listener.bind(str(socket_dir / "lying"))
        listener.listen()
        listener.setblocking(False)
        loop.add_reader(listener, accept)
        try:
            yield str(socket_dir / "lying")
        finally:
            if listener.fileno() >= 0:
                die()
            # Each call ends with its client, who has gone by now.
            await asyncio.wait_for(asyncio.gather(*accepted.values(), return_exceptions=True), SECONDS)
            for sock in accepted:
                sock.close()
            await asyncio.sleep(0)


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.write_eof()


async def fuzzed(path: str, *options: str) -> int:
    """The exit code of the command."""
    return await asyncio.to_thread(main, ["fuzz", path, *SEED, "--timeout", "0.3", *options])


def is_refusal(message: Any) -> bool:
    return isinstance(message, dict) and message.get("error", {}).get("code") == -32602


def accept_all(message: Json, _: int) -> list[bytes]:
    return [line({"jsonrpc": "2.0", "id": message["id"], "result": []} if is_refusal(message) else message)]


def refuse_all(message: Json, _: int) -> list[bytes]:
    error = {"code": -32602, "message": "no", "data": {"path": "$"}}
    return [line({"jsonrpc": "2.0", "id": message["id"], "error": error})]


def fail_inside(message: Json, _: int) -> list[bytes]:
    error = {"code": -32603, "message": "division by zero"}
    return [line({"jsonrpc": "2.0", "id": message["id"], "error": error} if "result" in message else message)]


def refuse_by_another_code(message: Json, _: int) -> list[bytes]:
    return [line(message | {"error": {"code": -32000, "message": "no"}} if is_refusal(message) else message)]


def break_results(message: Json, _: int) -> list[bytes]:
    return [line(message | {"result": [{"job_id": 5}]} if "result" in message else message)]


def answer_twice(message: Json, number: int) -> list[bytes]:
    return [line(message)] * (2 if number == 5 else 1)


def answer_not(message: Json, number: int) -> list[bytes]:
    return [] if number == 5 else [line(message)]


def answer_another(message: Json, number: int) -> list[bytes]:
    return [line(message | {"id": 4711} if number == 5 else message)]


def send_garbage(message: Json, number: int) -> list[bytes]:
    return [*([b"Segmentation fault\n"] if number == 5 else []), line(message)]


def hang_up(message: Json, number: int) -> list[bytes] | None:
    return None if number == 5 else [line(message)]


@pytest.mark.parametrize(
    ("lie", "what"),
    [
        (accept_all, "accepts what its schema refuses"),
        (refuse_all, "refuses what its schema allows"),
        (fail_inside, "fails inside"),
        (refuse_by_another_code, "answers invalid params with -32000 and not with -32602"),
        (break_results, "answers what its schema does not allow"),
        (answer_twice, "answers one call twice"),
        (answer_not, "does not answer"),
        (answer_another, "answers what nobody asked"),
        (send_garbage, "sends a line that is no answer"),
        (hang_up, "ends the connection"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_what_a_daemon_does_wrong_is_found(
    socket_dir: Path, capsys: pytest.CaptureFixture[str], lie: Lie, what: str
) -> None:
    async with lying(socket_dir, lie) as path:
        assert await fuzzed(path, "--method", SAFE, "--examples", "10", "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert what in {found["what"] for found in report["wrong"]}
    assert all(SAFE in found["sent"] for found in report["wrong"] if found["method"] == SAFE)


def end_twice(message: Json, _: int) -> list[bytes]:
    return [line(message)] * (2 if "result" in message else 1)


def go_on_after_the_end(message: Json, _: int) -> list[bytes]:
    item = {"jsonrpc": "2.0", "method": "monitor.event", "params": {}, "stream": message.get("id")}
    return [line(message), *([line(item)] if "result" in message else [])]


def break_items(message: Json, _: int) -> list[bytes]:
    return [line(message | {"params": {"seq": "one"}} if "stream" in message else message)]


@pytest.mark.parametrize(
    ("lie", "what"),
    [
        (end_twice, "answers one call twice"),
        (go_on_after_the_end, "sends an item after the end"),
        (break_items, "sends an item that its schema does not allow"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_what_a_daemon_does_wrong_with_streams_is_found(
    socket_dir: Path, capsys: pytest.CaptureFixture[str], lie: Lie, what: str
) -> None:
    async with lying(socket_dir, lie) as path:
        assert await fuzzed(path, "--method", STREAM, "--examples", "5", "--json") == 1
    assert {(found["method"], found["what"]) for found in json.loads(capsys.readouterr().out)["wrong"]} == {
        (STREAM, what)
    }


async def test_a_daemon_that_dies_is_found_with_the_call_that_was_in_flight(
    socket_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with lying(socket_dir, hang_up, lives=False) as path:
        assert await fuzzed(path, "--method", SAFE, "--examples", "10") == 1
    captured = capsys.readouterr()
    assert "wrong: job.list ends the connection (1 times)" in captured.out
    assert '"method":"job.list"' in captured.out
    assert captured.err.startswith("error: the daemon is gone: ")


def skip_null_ids(message: Any, _: int) -> list[bytes]:
    is_null = isinstance(message, dict) and "id" in message and message["id"] is None
    return [] if is_null else [line(message)]


def end_at_null_ids(message: Any, number: int) -> list[bytes] | None:
    return skip_null_ids(message, number) or None


def answer_null_twice(message: Any, number: int) -> list[bytes]:
    return [line(message)] * (2 if skip_null_ids(message, number) == [] else 1)


@pytest.mark.parametrize(
    ("lie", "what"),
    [
        (skip_null_ids, "does not answer: null"),
        (end_at_null_ids, "ends the connection: "),
        (answer_null_twice, "answers null more often than it was asked"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_what_a_daemon_does_wrong_with_broken_lines_is_found(
    socket_dir: Path, capsys: pytest.CaptureFixture[str], lie: Lie, what: str
) -> None:
    async with lying(socket_dir, lie) as path:
        assert await fuzzed(path, "--lines", "--examples", "12", "--json") == 1
    found = json.loads(capsys.readouterr().out)["wrong"]
    assert any(one["method"] == "(lines)" and what in one["what"] for one in found)


class TestSoundDaemon:
    """All of its methods answer random values that its schema allows."""

    @pytest.fixture
    def fake(self) -> FakeDaemonService:
        return FakeDaemonService(seed=1)

    def test_nothing_is_found_and_both_verdicts_are_counted(
        self, fake: FakeDaemonService, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with SocketFor(request_handler(fake)) as path:
            assert main(["fuzz", str(path), *SEED, "--all", "--examples", "4", "--json"]) == 0
        report = json.loads(capsys.readouterr().out)
        methods = report["methods"]
        assert (report["wrong"], report["seed"]) == ([], 7)
        assert len(methods) == 26
        assert sum(tally["accepted"] for tally in methods.values()) >= 60
        assert sum(tally["refused"] for tally in methods.values()) >= 80
        for tally in methods.values():
            assert tally["accepted"] > 0
            assert tally["refused"] > 0
            assert tally["sent"] == sum(tally[name] for name in ("accepted", "refused", "errors", "wrong"))

    def test_what_is_not_safe_is_never_called_unless_it_is_asked_for(self, fake: FakeDaemonService) -> None:
        with SocketFor(request_handler(fake)) as path:
            assert main(["fuzz", str(path), *SEED, "--examples", "2"]) == 0
            assert len(fake.list_jobs.calls) == 2
            for method in (fake.cancel_job, fake.submit_job, fake.shutdown, fake.clear_jobs, fake.pause_job):
                assert method.calls == []
            assert main(["fuzz", str(path), *SEED, "--examples", "2", "--method", UNSAFE]) == 0
            assert len(fake.cancel_job.calls) == 2
            assert fake.submit_job.calls == []

    def test_the_same_seed_sends_the_same_and_another_one_does_not(self, fake: FakeDaemonService) -> None:
        with SocketFor(request_handler(fake)) as path:
            for seed in ("1", "1", "2"):
                assert main(["fuzz", str(path), "--seed", seed, "--method", UNSAFE, "--examples", "15"]) == 0
        first, again, other = (fake.cancel_job.calls[at : at + 15] for at in (0, 15, 30))
        assert first == again
        assert first != other

    def test_it_stops_when_its_time_is_over(self, fake: FakeDaemonService, capsys: pytest.CaptureFixture[str]) -> None:
        with SocketFor(request_handler(fake)) as path:
            assert main(["fuzz", str(path), *SEED, "--method", SAFE, "--seconds", "0.5"]) == 0
        assert "seed 7" in capsys.readouterr().out
        assert len(fake.list_jobs.calls) >= 10

    def test_a_rule_of_the_handler_itself_is_not_held_against_the_schema(
        self, fake: FakeDaemonService, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from daemonrpc import InvalidParamsError

        fake.cancel_job.raises(InvalidParamsError("grace_seconds needs more than that"))
        with SocketFor(request_handler(fake)) as path:
            assert main(["fuzz", str(path), *SEED, "--method", UNSAFE, "--examples", "10", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["methods"][UNSAFE]["errors"] == 10


class TestUsage:
    def test_no_daemon_is_exit_3(self, socket_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["fuzz", str(socket_path)]) == 3
        assert str(socket_path) in capsys.readouterr().err

    def test_a_method_that_is_not_there_is_exit_2(self, capsys: pytest.CaptureFixture[str]) -> None:
        with SocketFor(request_handler(FakeDaemonService())) as path:
            assert main(["fuzz", str(path), "--method", "job.lits"]) == 2
        assert "no method 'job.lits'" in capsys.readouterr().err

    @pytest.mark.parametrize(
        "words",
        [[], ["s", "--examples", "0"], ["s", "--seed", "x"], ["s", "--nope"], ["s", "--lines", "--method", "m"]],
    )
    def test_wrong_words_are_exit_2(self, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as ended:
            main(["fuzz", *words])
        assert ended.value.code == 2

    def test_a_daemon_without_a_schema_gets_broken_lines(self, capsys: pytest.CaptureFixture[str]) -> None:
        handler = RequestHandler()
        handler.register("echo", lambda params, context: params)
        with SocketFor(handler) as path:
            assert main(["fuzz", str(path), *SEED, "--examples", "10"]) == 0
        out = capsys.readouterr().out
        assert "echo" in out
        assert "(lines)" in out

    def test_a_report_that_cannot_be_written_is_exit_1(self) -> None:
        with SocketFor(request_handler(FakeDaemonService(seed=1))) as path, open("/dev/full", "wb") as full:
            command = [sys.executable, "-m", "daemonrpc.cli", "fuzz", str(path), "--method", SAFE, "--examples", "1"]
            ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=50, check=False)
        assert (ended.returncode, ended.stderr) == (1, "error: the answer cannot be written: No space left on device\n")

    def test_without_hypothesis_it_says_what_to_install(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for name in [name for name in sys.modules if name.startswith(("daemonrpc.testing", "hypothesis"))]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "hypothesis", None)  # type: ignore[arg-type]  # how Python says: not there
        assert main(["fuzz", "s"]) == 2
        assert "pip install 'daemonrpc[testing]'" in capsys.readouterr().err
