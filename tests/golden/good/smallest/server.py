"""Server side of the Kv service.

Made by `daemonrpc generate` from smallest.yaml. Do not edit.
"""

from typing import Protocol

from daemonrpc import Context, RequestHandler

from .methods import GET, SERVICE
from .types import GetParams


class KvService(Protocol):
    """What a daemon that offers the Kv service implements; there is nothing to inherit from."""

    async def get(self, params: GetParams, context: Context) -> str:
        """Read one text.

        Raises KeyMissing.
        """
        ...


def request_handler(service: KvService) -> RequestHandler:
    """The dispatch table of `service`. Raises TypeError naming every method that it lacks."""
    handler = RequestHandler(SERVICE)
    handler.require(service)
    handler.register(GET, service.get)
    return handler
