"""An observer that keeps what it was told."""

from collections import Counter

from daemonrpc import CallRecord, ConnectionRecord, Reason

__all__ = ["Recorder"]


class Recorder:
    """The records of one server, in order."""

    def __init__(self) -> None:
        self.calls: list[CallRecord] = []
        self.connections: list[ConnectionRecord] = []

    def call_ended(self, record: CallRecord) -> None:
        self.calls.append(record)

    def connection_changed(self, record: ConnectionRecord) -> None:
        self.connections.append(record)

    def of(self, method: str) -> list[CallRecord]:
        """The records of one method."""
        return [record for record in self.calls if record.method == method]

    def reasons(self, method: str) -> list[Reason]:
        """What became of the calls of one method."""
        return [record.reason for record in self.of(method)]

    def count(self) -> Counter[Reason]:
        """How often each reason was given."""
        return Counter(record.reason for record in self.calls)
