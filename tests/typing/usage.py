"""How a person uses the torture package: read by type checkers, never run."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, assert_type

from hypothesis.strategies import SearchStrategy
from torture_api import (
    Addition,
    Circle,
    Colour,
    Constant,
    DictStrIngsParams,
    Empty,
    End,
    EvaluateParams,
    Expression,
    ExpressionsWatchParams,
    ImportParams,
    Item,
    ListParams,
    Login,
    Negation,
    NumbersWatchParams,
    Presence,
    PresenceCheckParams,
    PutValueParams,
    Reserved,
    Shape,
    Square,
    TortureClient,
    TortureClientSync,
    Tree,
    WithData,
    WithDataData,
    request_handler,
    strategies,
)
from torture_api.fakes import FakeTortureService

from daemonrpc import Context, DaemonServer, Stream, SyncStream, Unknown, UnsetType
from daemonrpc.testing import ChannelFor


async def calls(client: TortureClient, presence: Presence) -> None:
    assert_type(await client.list_(["a"], timeout=None), list[str])
    assert_type(await client.dict_str_ings("a", 1.5, colour=Colour.RED, timeout=2.0), dict[str, Tree | None])
    assert_type(await client.presence_check(presence, login=Login(user="a", password="b")), Presence)
    assert_type(await client.put_value(Reserved(class_="x"), "key"), int)
    stream = client.numbers_watch(since=5)
    assert_type(stream, Stream[Item, End])
    async for item in stream:
        assert_type(item, Item)
    try:
        await client.evaluate(Constant(value=1))
    except WithData as error:
        assert_type(error.data, WithDataData)


def blocking_calls(client: TortureClientSync) -> None:
    assert_type(client.import_(), Empty)  # pyright: ignore[reportDeprecated]  # it is, and pyright says so
    assert_type(client.numbers_watch(), SyncStream[Item, End])


def variants(expression: Expression, shape: Shape) -> float:
    match expression:
        case Constant(value=value):
            return value
        case Addition() | Negation():
            return 0
        case Unknown():
            assert_type(expression.tag, str)
    match shape:
        case Circle(radius=radius):
            return radius
        case Square():
            return 1


def fields(presence: Presence) -> None:
    assert_type(presence.optional_str, str | UnsetType)
    assert_type(presence.both_str, str | UnsetType | None)
    assert_type(presence.required_time, datetime)
    assert_type(presence.nullable_alias, str | None)


class Torture:
    """Satisfies TortureService, a Protocol, without inheriting from it."""

    def list_(self, params: ListParams, context: Context) -> list[str]:
        return params.list_

    async def import_(self, params: ImportParams, context: Context) -> Empty:
        return Empty()

    async def dict_str_ings(self, params: DictStrIngsParams, context: Context) -> dict[str, Tree | None]:
        raise WithData(message_=params.self_, super_=params.colour)

    async def presence_check(self, params: PresenceCheckParams, context: Context) -> Presence:
        return params.presence

    async def put_value(self, params: PutValueParams, context: Context) -> int:
        return params.reserved.int_

    async def evaluate(self, params: EvaluateParams, context: Context) -> Expression | None:
        return params.expression

    async def numbers_watch(self, params: NumbersWatchParams, context: Context) -> AsyncIterator[Item | End]:
        yield Item(n=params.since)
        yield End()

    async def expressions_watch(
        self, params: ExpressionsWatchParams, context: Context
    ) -> AsyncIterator[Expression | End]:
        yield Constant(value=1)


async def scripts(fake: FakeTortureService) -> None:
    fake.put_value.returns(1, 2)
    fake.put_value.answers(lambda params: params.reserved.int_)
    fake.evaluate.returns(None)
    fake.evaluate.raises(WithData(message_="m", super_=Colour.RED))
    fake.numbers_watch.yields(Item(n=1), result=End())
    assert_type(fake.put_value.calls, list[PutValueParams])
    assert_type(await fake.numbers_watch.called(2), NumbersWatchParams)
    async with ChannelFor(request_handler(FakeTortureService(seed=7)), TortureClient) as client:
        assert_type(client, TortureClient)


def values() -> None:
    assert_type(strategies.presence(), SearchStrategy[Presence])
    assert_type(strategies.invalid_put_value_params(), SearchStrategy[dict[str, Any]])
    assert_type(strategies.invalid_presence(), SearchStrategy[Any])


server = DaemonServer("/run/torture.sock", request_handler(Torture()))
