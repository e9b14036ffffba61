"""Metrics of a server for Prometheus. Needs `pip install 'daemonrpc[prometheus]'`; nothing else imports this module.

    metrics = PrometheusObserver()
    server = DaemonServer(path, handler, observers=[metrics])
    metrics.watch(server)
    prometheus_client.start_http_server(9464, addr="127.0.0.1")

The label `method` has the methods of the service, `rpc.discover`, `rpc.cancel`, `(unknown)` and `(invalid)` as values,
and no others: a stranger cannot make time series.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

try:
    from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
except ImportError as error:
    raise ImportError(
        "daemonrpc.prometheus needs prometheus-client: pip install 'daemonrpc[prometheus]'", name=error.name
    ) from error

from daemonrpc.observe import CallRecord, ConnectionRecord, Reason

if TYPE_CHECKING:
    from daemonrpc.server import DaemonServer

__all__ = ["DURATION_BUCKETS", "PrometheusObserver"]

DURATION_BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds. Calls over a Unix socket begin well below a millisecond."""


class _OfMethod:
    """The time series of one method; looking them up by label for each call would cost more than counting."""

    __slots__ = ("answers", "by_reason", "dropped", "duration", "items", "params", "queued")

    def __init__(self, metrics: "PrometheusObserver", method: str) -> None:
        self.by_reason: dict[Reason, Counter] = {}
        self.duration = metrics.duration.labels(method)
        self.queued = metrics.queued.labels(method)
        self.params = metrics.params_bytes.labels(method)
        self.answers = metrics.answer_bytes.labels(method)
        self.items = metrics.items.labels(method)
        self.dropped = metrics.dropped.labels(method)


class PrometheusObserver:
    """Counts what becomes of the calls of one or more servers.

    Args:
        registry: where the metrics are registered; the default one of prometheus-client if None. Raises ValueError when
            it has them already: give one observer to all servers of a process.
        buckets: upper bounds of the two histograms, in seconds.
    """

    def __init__(
        self, registry: CollectorRegistry | None = None, *, buckets: Sequence[float] = DURATION_BUCKETS
    ) -> None:
        self.registry = REGISTRY if registry is None else registry
        self._methods: dict[str, _OfMethod] = {}
        self._servers: list[DaemonServer] = []
        place = self.registry
        self.handled = Counter(
            "daemonrpc_server_handled_total",
            "Calls that have ended, by what became of them.",
            ["method", "reason"],
            registry=place,
        )
        self.duration = Histogram(
            "daemonrpc_server_duration_seconds",
            "Time from a request to its end.",
            ["method"],
            registry=place,
            buckets=buckets,
        )
        self.queued = Histogram(
            "daemonrpc_server_queue_seconds",
            "Time that a call waited for a slot; calls that did not wait are not in it.",
            ["method"],
            registry=place,
            buckets=buckets,
        )
        self.params_bytes = Counter(
            "daemonrpc_server_params_bytes_total", "Size of params, as JSON.", ["method"], registry=place
        )
        self.answer_bytes = Counter(
            "daemonrpc_server_answer_bytes_total", "Size of answers and items, as JSON.", ["method"], registry=place
        )
        self.items = Counter(
            "daemonrpc_server_stream_items_total", "Items that streams have sent.", ["method"], registry=place
        )
        self.dropped = Counter(
            "daemonrpc_server_stream_items_dropped_total",
            "Items of streams that slow readers never got.",
            ["method"],
            registry=place,
        )
        self.connections = Gauge("daemonrpc_server_connections", "Open connections.", registry=place)
        self.opened = Counter(
            "daemonrpc_server_connections_opened_total", "Connections that were let in.", registry=place
        )
        self.refused = Counter(
            "daemonrpc_server_connections_refused_total", "Connections that were refused.", ["code"], registry=place
        )
        running = Gauge("daemonrpc_server_running_calls", "Calls that have a slot, of watched servers.", registry=place)
        running.set_function(self._sum_of("running"))
        waiting = Gauge(
            "daemonrpc_server_waiting_calls", "Calls that wait for one, of watched servers.", registry=place
        )
        waiting.set_function(self._sum_of("waiting"))

    def watch(self, server: "DaemonServer") -> None:
        """Shows the gauges of `server`, which are read when the metrics are."""
        self._servers.append(server)

    def call_ended(self, record: CallRecord) -> None:
        """Counts a call."""
        of_method = self._methods.get(record.method)
        if of_method is None:
            of_method = self._methods[record.method] = _OfMethod(self, record.method)
        handled = of_method.by_reason.get(record.reason)
        if handled is None:
            handled = of_method.by_reason[record.reason] = self.handled.labels(record.method, record.reason.value)
        handled.inc()
        of_method.duration.observe(record.seconds)
        of_method.params.inc(record.params_bytes)
        of_method.answers.inc(record.answer_bytes)
        if record.queue_seconds is not None:
            of_method.queued.observe(record.queue_seconds)
        if record.kind == "stream":
            of_method.items.inc(record.items)
            of_method.dropped.inc(record.dropped)

    def connection_changed(self, record: ConnectionRecord) -> None:
        """Counts a connection."""
        if record.change == "opened":
            self.connections.inc()
            self.opened.inc()
        elif record.change == "closed":
            self.connections.dec()
        else:
            self.refused.labels(str(record.code)).inc()

    def _sum_of(self, gauge: str) -> Callable[[], float]:
        return lambda: sum(server.statistics()[gauge] for server in self._servers)
