"""The `daemonrpc` command as a process against a real server: what stands on stdout, on stderr, and the exit code."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from msgspec import Struct

from daemonrpc import ApplicationError, Context, DaemonServer, Method, RequestHandler, ServiceInfo, StreamMethod
from daemonrpc.cli import main
from support.raw import FakeServer, RawPeer
from support.service import Service
from support.waiting import SECONDS, until


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Awaitable[Ended]]


async def start(*arguments: str | Path) -> asyncio.subprocess.Process:
    command = [sys.executable, "-m", "daemonrpc.cli", *map(str, arguments)]
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe, stdin=asyncio.subprocess.DEVNULL)


async def end(process: asyncio.subprocess.Process) -> Ended:
    async with asyncio.timeout(2 * SECONDS):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def run(*arguments: str | Path) -> Ended:
    return await end(await start(*arguments))


@pytest.fixture
async def service(socket_path: Path) -> AsyncIterator[Service]:
    service = Service()
    async with DaemonServer(socket_path, service.handler):
        yield service


class Greeting(Struct):
    """Params."""

    name: str


class NameTaken(ApplicationError):
    """An error that a schema might declare."""

    code = -32000


GREET: Method[Greeting, str] = Method("greet", python_name="greet", params=Greeting, result=str, errors=(NameTaken,))
COUNT: StreamMethod[Greeting, int, None] = StreamMethod(
    "count", python_name="count", params=Greeting, result=None, item=int, notification="number"
)
DOCUMENT: dict[str, Any] = {
    "openrpc": "1.3.2",
    "info": {"title": "Greeter", "version": "1.2.3"},
    "methods": [
        {
            "name": "greet",
            "summary": "Say hello.",
            "params": [
                {"name": "name", "required": True, "description": "To whom."},
                {"name": "loud", "description": "Whether to shout."},
            ],
            "result": {"name": "result", "description": "What was said."},
        },
        {"name": "count", "summary": "Count for ever.", "params": [], "x-stream": {"item": {}}},
    ],
}


class _Greeter(ServiceInfo, frozen=True):
    def document(self) -> bytes:
        return json.dumps(DOCUMENT).encode()


@pytest.fixture
async def greeter(socket_path: Path) -> AsyncIterator[Path]:
    """A daemon with a document."""

    async def greet(params: Greeting, context: Context) -> str:
        if params.name == "nobody":
            raise NameTaken("there is nobody", data={"name": params.name})
        return f"hello {params.name}"

    async def count(params: Greeting, context: Context) -> AsyncIterator[int]:
        number = 0
        while True:
            yield number
            number += 1
            await asyncio.sleep(0)

    info = _Greeter(name="Greeter", version="1.2.3", fingerprint="", package="", methods=(GREET, COUNT))
    handler = RequestHandler(info)
    handler.register(GREET, greet)
    handler.register(COUNT, count)
    async with DaemonServer(socket_path, handler):
        yield socket_path


class TestCall:
    @pytest.mark.parametrize(
        ("params", "result"), [('{"a": [1, null]}', {"a": [1, None]}), ("[1, 2]", [1, 2]), (None, None), ("null", None)]
    )
    async def test_prints_the_result_on_stdout_and_nothing_else(
        self, service: Service, socket_path: Path, params: str | None, result: Any
    ) -> None:
        ended = await run("call", socket_path, "echo", *([] if params is None else [params]))
        assert (ended.code, ended.err) == (0, "")
        assert json.loads(ended.out) == result

    async def test_prints_the_items_of_a_stream_as_json_lines(self, service: Service, socket_path: Path) -> None:
        ended = await run("call", socket_path, "count", "[3]")
        assert (ended.code, ended.out) == (0, "0\n1\n2\n")
        assert ended.err == "ended after 3 items: null\n"

    async def test_prints_each_item_when_it_comes(self, greeter: Path) -> None:
        process = await start("call", greeter, "count", '{"name": "x"}')
        assert process.stdout is not None
        async with asyncio.timeout(2 * SECONDS):
            lines = [await process.stdout.readline() for _ in range(3)]
        assert lines == [b"0\n", b"1\n", b"2\n"]
        process.kill()
        await process.communicate()

    async def test_an_empty_stream_prints_its_result(self, service: Service, socket_path: Path) -> None:
        assert await run("call", socket_path, "count", "[0]") == (0, "null\n", "")

    async def test_an_error_answer_is_exit_1_with_message_code_and_data(self, greeter: Path) -> None:
        ended = await run("call", greeter, "greet", '{"name": "nobody"}')
        assert (ended.code, ended.out) == (1, "")
        assert ended.err == 'error: there is nobody (code -32000)\n  data: {"name":"nobody"}\n'

    async def test_a_method_that_is_not_there_is_exit_1(self, greeter: Path) -> None:
        ended = await run("call", greeter, "great")
        assert (ended.code, ended.out) == (1, "")
        assert ended.err.startswith("error: method 'great' not found (code -32601); did you mean 'greet'?")

    async def test_params_that_the_daemon_refuses_are_exit_1_and_say_what_was_meant(self, greeter: Path) -> None:
        ended = await run("call", greeter, "greet", '{"nam": "x"}')
        assert ended.code == 1
        assert "did you mean `name`?" in ended.err

    @pytest.mark.parametrize(
        ("params", "says"), [("{", "the params are no JSON"), ("5", "object or array"), ('"x"', "object or array")]
    )
    async def test_params_that_are_none_are_exit_2_and_nothing_is_sent(
        self, socket_path: Path, params: str, says: str
    ) -> None:
        ended = await run("call", socket_path, "echo", params)
        assert (ended.code, ended.out) == (2, "")
        assert says in ended.err

    async def test_no_daemon_is_exit_3(self, socket_path: Path) -> None:
        ended = await run("call", socket_path, "echo")
        assert (ended.code, ended.out) == (3, "")
        assert ended.err.startswith("error: ")
        assert str(socket_path) in ended.err

    async def test_a_socket_path_that_is_too_long_is_exit_3(self, tmp_path: Path) -> None:
        ended = await run("call", tmp_path / ("x" * 120), "echo")
        assert ended.code == 3
        assert "Traceback" not in ended.err

    async def test_no_answer_in_time_is_exit_124(self, service: Service, socket_path: Path) -> None:
        ended = await run("call", socket_path, "hold", '["a"]', "--timeout", "0.2")
        assert (ended.code, ended.out) == (124, "")
        assert "0.2 s" in ended.err
        await until(lambda: service.probe.cancelled["a"] == 1)

    async def test_a_stream_over_its_deadline_is_exit_124_after_its_items(
        self, service: Service, socket_path: Path
    ) -> None:
        ended = await run("call", socket_path, "endless", '["a"]', "--timeout", "0.2")
        assert ended.code == 124
        assert ended.out.startswith('[0,""]\n')
        await until(lambda: service.probe.finished["a"] == 1)

    async def test_a_daemon_that_dies_meanwhile_is_exit_1(self, socket_path: Path) -> None:
        async def serve(peer: RawPeer) -> None:
            request = await peer.line()
            if request["method"] == "rpc.discover":
                peer.answer(request, {"methods": []})
                await peer.rest()

        async with FakeServer(socket_path, serve):
            ended = await run("call", socket_path, "echo")
        assert (ended.code, ended.out) == (1, "")
        assert "may or may not have run" in ended.err

    async def test_interrupt_ends_it_quietly_and_cancels_the_call(self, service: Service, socket_path: Path) -> None:
        process = await start("call", socket_path, "hold", '["a"]')
        await until(lambda: service.probe.started["a"])
        process.send_signal(signal.SIGINT)
        assert await end(process) == (130, "", "")
        await until(lambda: service.probe.cancelled["a"] == 1)

    async def test_a_reader_that_has_seen_enough_ends_it_quietly(self, service: Service, socket_path: Path) -> None:
        """What `| head -1` does."""
        read, write = os.pipe()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "daemonrpc.cli", "call", str(socket_path), "endless", '["a"]'),
            stdout=write,
            stderr=asyncio.subprocess.PIPE,
        )
        os.close(write)
        await until(lambda: service.probe.started["a"])
        os.close(read)
        async with asyncio.timeout(2 * SECONDS):
            _, err = await process.communicate()
        assert (process.returncode, err) == (141, b"")
        await until(lambda: service.probe.finished["a"] == 1)

    @pytest.mark.parametrize("words", [["call", "greet", '{"name": "x"}'], ["describe", "greet"]])
    async def test_an_answer_that_cannot_be_written_is_exit_1(self, greeter: Path, words: list[str]) -> None:
        full = os.open("/dev/full", os.O_WRONLY)
        command = [sys.executable, "-m", "daemonrpc.cli", words[0], str(greeter), *words[1:]]
        process = await asyncio.create_subprocess_exec(*command, stdout=full, stderr=asyncio.subprocess.PIPE)
        os.close(full)
        async with asyncio.timeout(2 * SECONDS):
            _, err = await process.communicate()
        assert (process.returncode, err) == (1, b"error: the answer cannot be written: No space left on device\n")

    async def test_a_daemon_that_answers_nothing_at_all_is_exit_124_in_time(self, socket_path: Path) -> None:
        async def serve(peer: RawPeer) -> None:
            await peer.line()
            await peer.rest()

        async with FakeServer(socket_path, serve):
            ended = await run("call", socket_path, "echo", "--timeout", "0.3")
        assert (ended.code, ended.out) == (124, "")


class TestDescribe:
    async def test_lists_the_methods_with_a_sentence_each(self, greeter: Path) -> None:
        ended = await run("describe", greeter)
        assert ended == (0, "Greeter 1.2.3\n  greet  Say hello.\n  count  Count for ever.\n", "")

    async def test_shows_the_params_of_one_method(self, greeter: Path) -> None:
        ended = await run("describe", greeter, "greet")
        assert ended.code == 0
        assert ended.out.splitlines() == [
            "greet  Say hello.",
            "  --name JSON  (required)",
            "      To whom.",
            "  --loud JSON",
            "      Whether to shout.",
            "  -> What was said.",
        ]

    async def test_prints_the_document_as_json(self, greeter: Path) -> None:
        whole, one = await run("describe", greeter, "--json"), await run("describe", greeter, "count", "--json")
        assert json.loads(whole.out) == DOCUMENT
        assert json.loads(one.out) == DOCUMENT["methods"][1]

    async def test_a_daemon_without_a_schema_still_names_its_methods(self, service: Service, socket_path: Path) -> None:
        ended = await run("describe", socket_path)
        assert ended.code == 0
        assert {"echo", "hold", "count"} <= set(ended.out.split())

    async def test_a_method_that_is_not_there_is_exit_1_and_the_nearest_is_named(self, greeter: Path) -> None:
        assert await run("describe", greeter, "great") == (
            1,
            "",
            "error: the daemon has no method 'great'; did you mean 'greet'?\n",
        )

    async def test_no_daemon_is_exit_3(self, socket_path: Path) -> None:
        assert (await run("describe", socket_path)).code == 3


class TestUsage:
    @pytest.mark.parametrize("arguments", [["call"], ["call", "s"], ["describe"], ["call", "s", "m", "--timeout", "x"]])
    def test_wrong_arguments_are_exit_2(self, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
        assert "usage: daemonrpc" in capsys.readouterr().err

    def test_nothing_to_do_shows_the_help_and_is_exit_2(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main([]) == 2
        assert "call" in capsys.readouterr().out

    def test_a_verb_that_is_not_there_is_exit_2_and_all_are_named(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["frobnicate"]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        start, _, verbs = captured.err.partition("; there are: ")
        assert start == "error: no verb 'frobnicate'"
        assert {"call", "describe", "check", "generate"} <= set(verbs.strip().split(", "))

    def test_a_verb_of_an_installed_extra_runs(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        wrong = tmp_path / "methods.yaml"
        wrong.write_text("service: 5\n")
        assert main(["generate", "--schema", str(wrong), "--out", str(tmp_path / "out")]) == 1
        assert "methods.yaml:1:" in capsys.readouterr().err

    def test_the_help_names_the_verbs_of_installed_extras(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--help"]) == 0
        assert "fuzz, generate" in capsys.readouterr().out

    def test_version(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--version"]) == 0
        assert capsys.readouterr().out.startswith("daemonrpc 0.")
