"""Fake of the Log service, for tests.

Made by `daemonrpc generate` from stream.yaml. Do not edit.
"""

from daemonrpc.testing import FakeMethod, FakeStream, FakeSyncMethod, RandomAnswers

from .methods import LOG_ALIVE, LOG_FOLLOW, LOG_ROTATE, SERVICE


class FakeLogService:
    """A LogService that answers what a test says: `fake.method.returns(...)`, `.raises(...)`, `.calls`.

    With a seed, methods of which nothing is said answer random valid values, the same for the same
    seed.
    """

    def __init__(self, *, seed: int | None = None) -> None:
        answers = RandomAnswers.of(SERVICE, seed)
        self.follow = FakeStream(LOG_FOLLOW, answers)
        self.log_rotate = FakeMethod(LOG_ROTATE, answers)
        self.log_alive = FakeSyncMethod(LOG_ALIVE, answers)
