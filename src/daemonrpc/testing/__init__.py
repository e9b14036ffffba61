"""Help for the tests of services and of clients.

`ChannelFor` puts a client and a service into one event loop, with no socket between them.
"""

from daemonrpc.testing.memory import ChannelFor

__all__ = ["ChannelFor"]
