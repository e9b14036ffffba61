"""Fake of the Log service, for tests.

Made by `daemonrpc generate` from stream.yaml. Do not edit.
"""

from daemonrpc.testing import FakeMethod, FakeStream, FakeSyncMethod

from .methods import LOG_ALIVE, LOG_FOLLOW, LOG_ROTATE


class FakeLogService:
    """A LogService that answers what a test says: `fake.method.returns(...)`, `.raises(...)`, `.calls`."""

    def __init__(self) -> None:
        self.follow = FakeStream(LOG_FOLLOW)
        self.log_rotate = FakeMethod(LOG_ROTATE)
        self.log_alive = FakeSyncMethod(LOG_ALIVE)
