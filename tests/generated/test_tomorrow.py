"""The service of tomorrow: answers grow, what is deprecated is gone, and a client of today does not notice."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from daemonrpc import Channel, InvalidParamsError, MethodNotFoundError, RequestHandler
from daemonrpc.testing import ChannelFor, tomorrow
from daemonrpc_codegen import generate, load

SCHEMA = """\
service: Later
package: later_api
version: 1.0.0
doc: What changes, and what does not.
types:
  Part: {doc: X., fields: {name: {type: str, default: none, doc: X.}}}
  Box: {doc: X., fields: {jobId: {type: str, doc: X.}, parts: {type: "dict[str, list[Part | None]]", doc: X.}}}
  Put: {doc: X., fields: {part: {type: Part, doc: X.}}}
  Drop: {doc: X., fields: {}}
  Change: {doc: X., union: {tag: kind, of: {put: Put, drop: Drop}}}
  End: {doc: X., fields: {seen: {type: int, default: 0, doc: X.}}}
methods:
  box.get:
    doc: X.
    params:
      name: {type: str, doc: X.}
      oldName: {type: str, default: "", deprecated: use name, doc: X.}
      old: {type: int, optional: true, deprecated: it does nothing, doc: X.}
    result: Box
  box.count: {doc: X., result: int, handler: sync}
  box.old: {doc: X., deprecated: use box.get, result: Part}
  box.watch: {doc: X., stream: true, item: Change, notification: box.change, result: End}
"""


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder: Path = tmp_path_factory.mktemp("later")
    (folder / "methods.yaml").write_text(SCHEMA)
    generate(load(folder / "methods.yaml"), folder)
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module("later_api")
    finally:
        sys.path.remove(str(folder))


@pytest.fixture
def fake(later: ModuleType) -> Any:
    made = importlib.import_module("later_api.fakes").FakeLaterService()
    made.box_get.returns(later.Box(job_id="a", parts={"x": [later.Part(name="y"), None]}))
    made.box_count.returns(3)
    made.box_old.returns(later.Part())
    made.box_watch.yields(later.Put(part=later.Part(name="z")), later.Drop(), result=later.End(seen=2))
    return made


async def test_a_client_of_today_gets_what_it_always_got(later: ModuleType, fake: Any) -> None:
    async with ChannelFor(tomorrow(later.request_handler(fake)), later.LaterClient) as client:
        box = later.Box(job_id="a", parts={"x": [later.Part(name="y"), None]})
        assert await client.box_get("n") == box
        assert await client.box_count() == 3
        stream = client.box_watch()
        assert [item async for item in stream] == [later.Put(part=later.Part(name="z")), later.Drop()]
        assert stream.result == later.End(seen=2)
    assert fake.box_get.calls == [later.BoxGetParams(name="n")]


async def test_each_object_of_an_answer_has_a_field_that_nobody_knows(later: ModuleType, fake: Any) -> None:
    async with ChannelFor(tomorrow(later.request_handler(fake)), Channel) as client:
        part = {"name": "y", "x-tomorrow": True}
        assert await client.call("box.get", {"name": "n"}) == {
            "jobId": "a",
            "parts": {"x": [part, None]},
            "x-tomorrow": True,
        }
        assert await client.call("box.count") == 3
        stream = client.stream("box.watch")
        assert [item async for item in stream] == [
            {"kind": "put", "part": {"name": "z", "x-tomorrow": True}, "x-tomorrow": True},
            {"kind": "drop", "x-tomorrow": True},
        ]
        assert stream.result == {"seen": 2, "x-tomorrow": True}


async def test_what_is_deprecated_is_gone(later: ModuleType, fake: Any) -> None:
    async with ChannelFor(tomorrow(later.request_handler(fake)), later.LaterClient) as client:
        with pytest.raises(InvalidParamsError, match="'oldName' was deprecated: use name"):
            await client.box_get("n", "other")
        with pytest.raises(InvalidParamsError, match="'old' was deprecated: it does nothing"):
            await client.box_get("n", old=0)
        with pytest.warns(DeprecationWarning, match="box.old"), pytest.raises(MethodNotFoundError):
            await client.box_old()
    assert fake.box_get.calls == []


async def test_each_of_both_can_be_left_out(later: ModuleType, fake: Any) -> None:
    handler = tomorrow(later.request_handler(fake), unknown=False, deprecated=True)
    async with ChannelFor(handler, Channel) as client:
        answer = await client.call("box.get", {"name": "n", "old": 1})
        assert answer == {"jobId": "a", "parts": {"x": [{"name": "y"}, None]}}
        assert await client.call("box.old") == {"name": "none"}


async def test_methods_without_a_schema_stay_as_they_are() -> None:
    handler = RequestHandler()
    handler.register("sum", lambda params, context: {"sum": sum(params)})
    async with ChannelFor(tomorrow(handler), Channel) as client:
        assert await client.call("sum", [1, 2]) == {"sum": 3}
