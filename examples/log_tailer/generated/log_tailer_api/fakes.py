"""Fake of the LogTailer service, for tests.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from daemonrpc.testing import FakeMethod, FakeStream, RandomAnswers

from .methods import LOG_FOLLOW, LOG_LIST, LOG_TAIL, SERVICE


class FakeLogTailerService:
    """A LogTailerService that answers what a test says: `fake.method.returns(...)`, `.raises(...)`,
    `.calls`.

    With a seed, methods of which nothing is said answer random valid values, the same for the same
    seed.
    """

    def __init__(self, *, seed: int | None = None) -> None:
        answers = RandomAnswers.of(SERVICE, seed)
        self.list_logs = FakeMethod(LOG_LIST, answers)
        self.tail = FakeMethod(LOG_TAIL, answers)
        self.follow = FakeStream(LOG_FOLLOW, answers)
