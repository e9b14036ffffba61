"""The metrics, read back by the library's own parser."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import Channel, DaemonServer, RpcError
from support.raw import connect
from support.service import Service
from support.waiting import until

prometheus_client = pytest.importorskip("prometheus_client", reason="daemonrpc[prometheus] is not installed")
from prometheus_client import CollectorRegistry, generate_latest, write_to_textfile  # noqa: E402
from prometheus_client.parser import text_string_to_metric_families  # noqa: E402

from daemonrpc.prometheus import PrometheusObserver  # noqa: E402

Sample = tuple[str, tuple[tuple[str, str], ...]]


def samples(text: str) -> dict[Sample, float]:
    """Every sample of an exposition, by name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def read(metrics: PrometheusObserver) -> dict[Sample, float]:
    return samples(generate_latest(metrics.registry).decode())


def handled(found: dict[Sample, float]) -> dict[tuple[str, str], float]:
    """Calls by method and reason."""
    return {
        (dict(labels)["method"], dict(labels)["reason"]): value
        for (name, labels), value in found.items()
        if name == "daemonrpc_server_handled_total"
    }


async def test_calls_are_counted_by_method_and_reason(service: Service, socket_path: Path) -> None:
    metrics = PrometheusObserver(CollectorRegistry())
    server = DaemonServer(socket_path, service.handler, observers=[metrics])
    metrics.watch(server)
    async with server, Channel(socket_path) as client:
        for _ in range(3):
            await client.call("echo", ["x" * 100])
        for name in ("guess.1", "guess.2", "guess.3", "fail"):
            with pytest.raises(RpcError):
                await client.call(name)
        assert [item async for item in client.stream("count", [7])] == list(range(7))
        found = read(metrics)
    assert handled(found) == {
        ("echo", "ok"): 3,
        ("(unknown)", "invalid"): 3,
        ("fail", "internal"): 1,
        ("count", "ok"): 1,
    }
    echo = (("method", "echo"),)
    assert found["daemonrpc_server_duration_seconds_count", echo] == 3
    assert 0 < found["daemonrpc_server_duration_seconds_sum", echo] < 5
    assert found["daemonrpc_server_duration_seconds_bucket", (("le", "+Inf"), ("method", "echo"))] == 3
    assert found["daemonrpc_server_params_bytes_total", echo] == 3 * 104
    assert found["daemonrpc_server_answer_bytes_total", echo] > 3 * 104
    assert found["daemonrpc_server_stream_items_total", (("method", "count"),)] == 7
    assert found["daemonrpc_server_connections_opened_total", ()] >= 2


async def test_gauges_show_what_is_and_go_back_to_zero(service: Service, socket_path: Path) -> None:
    metrics = PrometheusObserver(CollectorRegistry())
    server = DaemonServer(
        socket_path, service.handler, max_concurrent_requests=2, max_connections=1, observers=[metrics]
    )
    metrics.watch(server)
    names = ["connections", "running_calls", "waiting_calls"]

    def gauges() -> list[float]:
        found = read(metrics)
        return [found[f"daemonrpc_server_{name}", ()] for name in names]

    assert gauges() == [0, 0, 0]
    async with server:
        async with await connect(socket_path) as peer:
            for number in range(5):
                peer.call("hold", [number], id_=number)
            await until(lambda: server.statistics()["waiting"] == 3)
            assert gauges() == [1, 2, 3]
            async with await connect(socket_path) as refused:
                await refused.line()
            service.probe.release.set()
            for _ in range(5):
                await peer.line()
        await until(lambda: gauges() == [0, 0, 0])
        found = read(metrics)
    assert found["daemonrpc_server_connections_refused_total", (("code", "-32090"),)] == 1
    assert found["daemonrpc_server_queue_seconds_count", (("method", "hold"),)] == 3


async def test_a_stranger_makes_no_time_series(service: Service, socket_path: Path) -> None:
    metrics = PrometheusObserver(CollectorRegistry())
    async with DaemonServer(socket_path, service.handler, observers=[metrics]), await connect(socket_path) as peer:
        peer.call("echo", id_=0)
        peer.call("guess", id_=0)
        peer.write(b"rubbish\n")
        for _ in range(3):
            await peer.line()
        before = set(read(metrics))
        for number in range(300):
            peer.call(f"guess.{number}\n\x00", id_=number)
            peer.write(b"{%d\n" % number)
            for _ in range(2):
                await peer.line()
        assert set(read(metrics)) == before


async def test_textfile_holds_the_same(service: Service, socket_path: Path, tmp_path: Path) -> None:
    metrics = PrometheusObserver(CollectorRegistry())
    async with DaemonServer(socket_path, service.handler, observers=[metrics]), Channel(socket_path) as client:
        await client.call("echo")
        write_to_textfile(str(tmp_path / "daemon.prom"), metrics.registry)
    assert handled(samples((tmp_path / "daemon.prom").read_text())) == {("echo", "ok"): 1}


def test_second_observer_of_a_registry_is_refused() -> None:
    registry = CollectorRegistry()
    PrometheusObserver(registry)
    with pytest.raises(ValueError, match="Duplicated"):
        PrometheusObserver(registry)


def test_default_registry_is_that_of_the_library() -> None:
    code = (
        "from daemonrpc.prometheus import PrometheusObserver\n"
        "from prometheus_client import REGISTRY\n"
        "print(PrometheusObserver().registry is REGISTRY)"
    )
    assert _python(code).stdout.strip() == "True"


def test_nothing_else_imports_the_library() -> None:
    names = "import daemonrpc; [getattr(daemonrpc, n) for n in daemonrpc.__all__]; import daemonrpc.access_log, sys"
    assert _python(f"{names}; print('prometheus_client' in sys.modules)").stdout.strip() == "False"


def test_without_the_library_the_error_names_the_extra() -> None:
    code = "import sys; sys.modules['prometheus_client'] = None\nimport daemonrpc.prometheus"
    result = _python(code)
    assert result.returncode == 1
    assert (
        "ImportError: daemonrpc.prometheus needs prometheus-client: pip install 'daemonrpc[prometheus]'"
        in result.stderr
    )


def _python(code: str) -> Any:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=50, check=False)


@pytest.fixture
def service() -> Service:
    return Service()
