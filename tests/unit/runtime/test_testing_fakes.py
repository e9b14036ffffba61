"""A generated fake of a service: scripted, recorded, validated, and used through the real clients."""

import asyncio
import sys
from typing import Any

import pytest

from conductor_api import DaemonClient, DaemonClientSync, DaemonService, JobNotFound, request_handler
from conductor_api.fakes import FakeDaemonService
from conductor_api.methods import DAEMON_MONITOR_STREAM, JOB_SUBMIT
from conductor_api.types import (
    ClearedLimits,
    JobEntry,
    JobEvent,
    JobResponse,
    StreamEnd,
)
from daemonrpc import InternalError, MethodNotFoundError, ServiceInfo
from daemonrpc.testing import ChannelFor, FakeStream, SocketFor

ACCEPTED: Any = {"job_id": "a#1", "status": "accepted"}


def accepted() -> JobResponse:
    return JOB_SUBMIT.result_decoder.decode(b'{"job_id": "a#1", "status": "accepted"}')  # type: ignore[no-any-return]


@pytest.fixture
def fake() -> FakeDaemonService:
    return FakeDaemonService()


def client_of(fake: DaemonService) -> ChannelFor[DaemonClient]:
    return ChannelFor(request_handler(fake), DaemonClient)


async def test_a_method_that_was_not_scripted_says_how_to_script_it(fake: FakeDaemonService) -> None:
    async with client_of(fake) as client:
        with pytest.raises(InternalError, match=r"'job.submit' is not scripted: say fake.submit_job.returns"):
            await client.submit_job("a.yaml")
        with pytest.raises(InternalError, match=r"not scripted: say fake.monitor.yields"):
            await anext(client.monitor())


async def test_a_scripted_result_reaches_the_client_and_the_params_are_recorded(fake: FakeDaemonService) -> None:
    fake.submit_job.returns(accepted())
    async with client_of(fake) as client:
        assert (await client.submit_job("a.yaml", dry_run=True)).job_id == "a#1"
    (params,) = fake.submit_job.calls
    assert (params.config_path, params.dry_run) == ("a.yaml", True)


async def test_results_are_given_in_turn_and_the_last_one_ever_after(fake: FakeDaemonService) -> None:
    fake.clear_rate_limits.returns(*[ClearedLimits(cleared=count) for count in (1, 2)])
    async with client_of(fake) as client:
        assert [(await client.clear_rate_limits()).cleared for _ in range(3)] == [1, 2, 2]


async def test_an_answer_may_depend_on_the_params(fake: FakeDaemonService) -> None:
    fake.list_jobs.answers(lambda params: [] if params.limit else list[JobEntry]())
    async with client_of(fake) as client:
        assert await client.list_jobs(limit=0) == []


async def test_an_answer_that_breaks_the_schema_says_so_to_the_caller(fake: FakeDaemonService) -> None:
    def fail(_: object) -> list[JobEntry]:
        raise JobNotFound(job_id="x", candidates=[])

    fake.clear_rate_limits.answers(lambda params: ClearedLimits(cleared="two"))  # type: ignore[arg-type]  # what is tested
    fake.list_jobs.answers(fail)
    async with client_of(fake) as client:
        with pytest.raises(InternalError, match=r"cannot be scripted with this result: .*cleared"):
            await client.clear_rate_limits()
        with pytest.raises(InternalError, match=r"'job\.list' does not declare JobNotFound"):
            await client.list_jobs()


class TestRandomAnswers:
    async def test_every_method_answers_what_the_schema_allows(self) -> None:
        fake = FakeDaemonService(seed=1)
        async with client_of(fake) as client:  # a server in memory holds every answer against the schema
            for method in request_handler(fake).service.methods:  # type: ignore[union-attr]  # generated: it has one
                call = getattr(client, method.python_name)
                needed = {"job_id": "a"} if "job_id" in method.params.__struct_fields__ else {}
                if method.is_stream:
                    stream = call(**needed)
                    assert len([item async for item in stream]) <= 5
                    assert stream.result is not None
                else:
                    assert [await call(**needed) for _ in range(2)]

    async def test_the_same_seed_gives_the_same_answers_and_another_one_does_not(self) -> None:
        async def answers(seed: int) -> list[Any]:
            async with client_of(FakeDaemonService(seed=seed)) as client:
                return [await client.list_jobs() for _ in range(25)]

        first, again, other = [await answers(seed) for seed in (1, 1, 2)]
        assert first == again
        assert first != other
        assert len({len(jobs) for jobs in first}) > 1

    def test_without_hypothesis_it_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in [name for name in sys.modules if name.startswith(("conductor_api.strategies", "hypothesis"))]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "hypothesis", None)  # type: ignore[arg-type]  # how Python says: not there
        assert FakeDaemonService().list_jobs.calls == []
        with pytest.raises(ModuleNotFoundError, match=r"pip install 'daemonrpc\[testing\]'"):
            FakeDaemonService(seed=1)

    async def test_what_was_scripted_comes_first(self) -> None:
        fake = FakeDaemonService(seed=1)
        fake.clear_rate_limits.returns(ClearedLimits(cleared=17))
        async with client_of(fake) as client:
            assert [(await client.clear_rate_limits()).cleared for _ in range(3)] == [17, 17, 17]


async def test_a_declared_error_arrives_typed(fake: FakeDaemonService) -> None:
    fake.get_job_status.raises(JobNotFound(job_id="x", candidates=["xy"]))
    async with client_of(fake) as client:
        with pytest.raises(JobNotFound) as raised:
            await client.get_job_status("x")
    assert raised.value.data.candidates == ["xy"]


def test_an_error_that_the_method_does_not_declare_is_refused(fake: FakeDaemonService) -> None:
    with pytest.raises(ValueError, match=r"'job.list' does not declare JobNotFound; the errors it declares: none"):
        fake.list_jobs.raises(JobNotFound(job_id="x", candidates=[]))


def test_an_error_whose_data_breaks_the_schema_is_refused(fake: FakeDaemonService) -> None:
    wrong: Any = 7
    with pytest.raises(ValueError, match=r"JobNotFound's data: Expected `str`, got `int` - at `\$.job_id`"):
        fake.get_job_status.raises(JobNotFound(job_id=wrong, candidates=[]))


def test_a_result_that_breaks_the_schema_is_refused_at_once(fake: FakeDaemonService) -> None:
    wrong: Any = ClearedLimits(cleared="two")  # type: ignore[arg-type]  # what is tested
    with pytest.raises(ValueError, match=r"'daemon.clear_rate_limits' cannot be scripted with this result: .*cleared"):
        fake.clear_rate_limits.returns(wrong)
    with pytest.raises(ValueError, match="needs a result"):
        fake.clear_rate_limits.returns()


def event() -> JobEvent:
    from hypothesis import find

    from conductor_api import strategies

    return find(strategies.job_event(), lambda _: True)


async def test_a_stream_yields_its_items_and_its_result(fake: FakeDaemonService) -> None:
    item = event()
    end: StreamEnd = DAEMON_MONITOR_STREAM.result_decoder.decode(b'{"reason": "shutting_down", "last_seq": 9}')
    fake.monitor.yields(item, item, result=end)
    async with client_of(fake) as client:
        stream = client.monitor(since_seq=4)
        assert len([found async for found in stream]) == 2
        assert stream.result == end
    assert fake.monitor.calls[0].since_seq == 4


async def test_a_stream_may_end_with_an_error_after_its_items(fake: FakeDaemonService) -> None:
    fake.monitor.yields(event(), error=MethodNotFoundError("gone"))
    async with client_of(fake) as client:
        stream = client.monitor()
        await anext(stream)
        with pytest.raises(MethodNotFoundError, match="gone"):
            await anext(stream)


def test_an_item_that_breaks_the_schema_is_refused_at_once(fake: FakeDaemonService) -> None:
    wrong: Any = {"seq": "one"}
    with pytest.raises(ValueError, match=r"cannot be scripted with this item"):
        fake.monitor.yields(wrong, error=MethodNotFoundError("gone"))


def test_a_stream_whose_result_has_no_defaults_needs_one(fake: FakeDaemonService) -> None:
    with pytest.raises(ValueError, match=r"'daemon.monitor.stream' ends with a StreamEnd: say result="):
        fake.monitor.yields()


def test_a_stream_does_not_end_twice(fake: FakeDaemonService) -> None:
    with pytest.raises(ValueError, match="not with both"):
        fake.monitor.yields(result=Any, error=MethodNotFoundError("gone"))  # type: ignore[arg-type]  # never looked at


async def test_a_test_can_wait_for_a_call(fake: FakeDaemonService) -> None:
    fake.clear_rate_limits.returns(ClearedLimits(cleared=0))
    async with client_of(fake) as client:
        waiting = asyncio.create_task(fake.clear_rate_limits.called(2))
        await client.clear_rate_limits("a")
        assert not waiting.done()
        await client.clear_rate_limits("b")
        assert (await waiting).instrument == "b"
    with pytest.raises(TimeoutError, match=r"was called 2 times within 0\.01 s, not 3"):
        await fake.clear_rate_limits.called(3, timeout=0.01)


def test_the_blocking_client_is_served_from_a_thread(fake: FakeDaemonService) -> None:
    fake.clear_rate_limits.returns(ClearedLimits(cleared=5))
    with SocketFor(request_handler(fake)) as path, DaemonClientSync(path) as client:
        assert client.clear_rate_limits().cleared == 5
    assert not path.exists()
    assert len(fake.clear_rate_limits.calls) == 1


def test_every_method_of_the_schema_has_its_fake(fake: FakeDaemonService) -> None:
    service: ServiceInfo | None = request_handler(fake).service
    assert service is not None
    assert {m.python_name for m in service.methods if m.is_stream} == {
        name for name, kind in vars(fake).items() if isinstance(kind, FakeStream)
    }
