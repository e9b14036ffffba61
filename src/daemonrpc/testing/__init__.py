"""Help for the tests of services and of clients.

`ChannelFor` puts a client and a service into one event loop, with no socket between them; `SocketFor` serves on a real
socket from a thread, for blocking clients and other processes. `FakeMethod` and its like are what a generated
`fakes.py` is made of. `FaultProxy` stands between a client and a server on real sockets and does to their bytes what a
`Fault` says. `tomorrow` makes of a service what a later version of it may be.
"""

from daemonrpc.testing.fakes import FakeMethod, FakeStream, FakeSyncMethod
from daemonrpc.testing.faults import Fault, FaultProxy, Faults, Way
from daemonrpc.testing.memory import ChannelFor
from daemonrpc.testing.random_answers import RandomAnswers
from daemonrpc.testing.threaded import SocketFor
from daemonrpc.testing.tomorrow import tomorrow

__all__ = [
    "ChannelFor",
    "FakeMethod",
    "FakeStream",
    "FakeSyncMethod",
    "Fault",
    "FaultProxy",
    "Faults",
    "RandomAnswers",
    "SocketFor",
    "Way",
    "tomorrow",
]
