"""Help for the tests of services and of clients.

`ChannelFor` puts a client and a service into one event loop, with no socket between them. `FaultProxy` stands between
a client and a server on real sockets and does to their bytes what a `Fault` says.
"""

from daemonrpc.testing.faults import Fault, FaultProxy, Faults, Way
from daemonrpc.testing.memory import ChannelFor

__all__ = ["ChannelFor", "Fault", "FaultProxy", "Faults", "Way"]
