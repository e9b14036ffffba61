"""Every call that the reference site prints is made: the line by `nc`, the line by position, the command, the Python.

What is sent is the text of the page. `nc` is a shell function here that hands the line on; a fake of the service
answers the example's result over a real socket, and remembers the params.
"""

import asyncio
import contextlib
import importlib
import io
import json
import shlex
import socket
import subprocess
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from daemonrpc import InternalError, Method
from daemonrpc.cli.command import main
from daemonrpc.testing import SocketFor
from daemonrpc.values import decode_hook
from daemonrpc_codegen import generate, load
from daemonrpc_codegen.site import reference_site

ROOT = Path(__file__).parents[2]
SCHEMAS = [
    ROOT / "schema/methods.yaml",
    *sorted(ROOT.glob("tests/golden/good/*.yaml")),
    *sorted(ROOT.glob("examples/*/schema/methods.yaml")),
    ROOT / "tests/generated/methods.yaml",
    ROOT / "tests/typing/torture.yaml",
]
SECONDS = 10.0
FAILED = -32603


@dataclass
class Printed:
    """One example of the page: the code of each form, and the lines of the answer."""

    method: str
    calls: dict[str, str] = field(default_factory=dict)
    answer: list[str] = field(default_factory=list)


class Examples(HTMLParser):
    """Reads the examples of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Printed] = []
        self._method = ""
        self._form: str | None = None
        self._text: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "article":
            self._method = str(values["data-name"])
        elif tag == "div" and values.get("class") == "example":
            self.found.append(Printed(self._method))
        elif "form" in str(values.get("class")).split():
            self._form = values.get("data-form")
        elif tag == "pre":
            self._text = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre" and self._text is not None:
            text = "".join(self._text)
            if self._form is None:
                self.found[-1].answer = text.splitlines()
            else:
                self.found[-1].calls[self._form] = text
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)


class Service:
    """A generated package, its fake on a socket, and what its page prints."""

    def __init__(self, api: ModuleType, examples: list[Printed]) -> None:
        self.api = api
        self.examples = examples
        self._fakes = importlib.import_module(f"{api.__name__}.fakes")
        module = importlib.import_module(f"{api.__name__}.methods")
        self.methods = {item.name: item for item in vars(module).values() if isinstance(item, Method)}

    def scripted(self, example: Printed) -> tuple[Any, Any]:
        """A fake service that answers as the example says, and the method of it that does."""
        fake = getattr(self._fakes, f"Fake{self.api.SERVICE.name}Service")()
        method = self.methods[example.method]
        own = getattr(fake, method.python_name)
        if example.answer:
            *items, result = self.answered(example.method, example.answer)
            own.yields(*items, result=result) if method.is_stream else own.returns(result)
        return fake, own

    def answered(self, name: str, lines: list[str]) -> list[Any]:
        """The items and the result in the lines of an answer, as a client reads them."""
        method, read = self.methods[name], [json.loads(line) for line in lines]
        items = [self._typed(line["params"], method.item) for line in read[:-1]]
        assert all(line["stream"] == 1 and line["method"] == method.notification for line in read[:-1])
        assert read[-1]["id"] == 1
        return [*items, self._typed(read[-1]["result"], method.result)]

    def _typed(self, value: Any, kind: Any) -> Any:
        return msgspec.json.decode(json.dumps(value), type=kind, dec_hook=decode_hook)


@pytest.fixture(scope="module", params=SCHEMAS, ids=lambda path: path.relative_to(ROOT).as_posix())
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    schema = load(request.param)
    out = tmp_path_factory.mktemp("printed")
    generate(schema, out)
    sys.path.insert(0, str(out))
    kept = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == schema.package}
    for name in kept:
        del sys.modules[name]
    try:
        api = importlib.import_module(schema.package)
        yield Service(api, Examples(reference_site(schema)).found)
    finally:
        sys.path.remove(str(out))
        for name in [name for name in sys.modules if name.partition(".")[0] == schema.package]:
            del sys.modules[name]
        sys.modules.update(kept)


def piped_to_netcat(commands: list[str]) -> list[str]:
    """The line that each command sends into `nc`, as the shell says it."""
    script = 'nc() { printf "%s " "$*" >&2; cat; }; SOCKET=there\n' + "\n".join(commands)
    run = subprocess.run(["sh", "-eu", "-c", script], capture_output=True, text=True, timeout=SECONDS, check=True)
    assert run.stderr == "-NU there " * len(commands)
    return run.stdout.splitlines()


def answers(path: Path, line: str) -> list[str]:
    """What a daemon answers to a line from a client that then closes its side, as `nc -N` does."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(SECONDS)
        client.connect(str(path))
        client.sendall(f"{line}\n".encode())
        client.shutdown(socket.SHUT_WR)
        return client.makefile(encoding="utf-8").read().splitlines()


def by_line(service: Service, form: str) -> dict[int, Any]:
    """The params that arrive, by example, when the printed lines of this form are sent."""
    numbers = [number for number, example in enumerate(service.examples) if form in example.calls]
    arrived: dict[int, Any] = {}
    lines = piped_to_netcat([service.examples[number].calls[form] for number in numbers])
    for number, line in zip(numbers, lines, strict=True):
        example = service.examples[number]
        fake, own = service.scripted(example)
        with SocketFor(service.api.request_handler(fake)) as path:
            heard = answers(path, line)
        if example.answer:
            assert service.answered(example.method, heard) == service.answered(example.method, example.answer)
        else:
            assert [json.loads(text)["error"]["code"] for text in heard] == [FAILED], heard
        (arrived[number],) = own.calls
    return arrived


@pytest.fixture(scope="module")
def named(service: Service) -> dict[int, Any]:
    """By example, the params of the printed line, as the service got them."""
    return by_line(service, "nc")


def test_the_line_is_answered_as_the_page_says(service: Service, named: dict[int, Any]) -> None:
    assert list(named) == list(range(len(service.examples)))


def test_the_line_by_position_says_the_same(service: Service, named: dict[int, Any]) -> None:
    positional = by_line(service, "position")
    assert positional == {number: named[number] for number in positional}
    with_params = [number for number, example in enumerate(service.examples) if '"params"' in example.calls["nc"]]
    assert set(positional) <= set(with_params)


def test_the_command_says_the_same(service: Service, named: dict[int, Any]) -> None:
    for number, example in enumerate(service.examples):
        fake, own = service.scripted(example)
        with SocketFor(service.api.request_handler(fake)) as path, contextlib.redirect_stdout(io.StringIO()) as output:
            words = shlex.split(example.calls["command"].replace('"$SOCKET"', shlex.quote(str(path))))
            assert words.pop(0) == "daemonrpc"
            with contextlib.redirect_stderr(io.StringIO()) as complaint:
                code = main(words)
        assert (code == 0) == bool(example.answer), (words, complaint.getvalue())
        assert own.calls == [named[number]], words
        assert bool(output.getvalue()) == bool(example.answer), words


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # deprecated methods are printed too, and warn
def test_the_python_says_the_same(service: Service, named: dict[int, Any]) -> None:
    for number, example in enumerate(service.examples):
        fake, own = service.scripted(example)
        code = "async def run(path):\n" + textwrap.indent(example.calls["python"], "    ")
        scope: dict[str, Any] = {"print": lambda item: None}
        exec(compile(code, example.method, "exec"), scope)
        with SocketFor(service.api.request_handler(fake)) as path:
            if example.answer:
                asyncio.run(scope["run"](path))
            else:
                with pytest.raises(InternalError):
                    asyncio.run(scope["run"](path))
        assert own.calls == [named[number]], code


def test_every_form_is_printed_often_enough() -> None:
    """Or the tests above would show little."""
    forms: defaultdict[str, int] = defaultdict(int)
    answered = made_up = 0
    for path in SCHEMAS:
        for example in Examples(reference_site(load(path))).found:
            answered += bool(example.answer)
            made_up += not example.answer
            for form in example.calls:
                forms[form] += 1
    print(f"{answered} examples with an answer, {made_up} calls made up, by form: {dict(forms)}")
    assert forms["nc"] == forms["command"] == forms["python"] == answered + made_up
    assert answered >= 20
    assert made_up >= 10
    assert forms["position"] >= 20


def test_every_method_of_the_conductor_has_a_call() -> None:
    api = load(ROOT / "schema/methods.yaml")
    printed = {example.method for example in Examples(reference_site(api)).found}
    assert printed == {method.name for method in api.methods}
