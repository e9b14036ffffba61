"""Async client of the Kv service.

Made by `daemonrpc generate` from smallest.yaml. Do not edit.
"""

from daemonrpc import UNSET, Channel, UnsetType

from .methods import GET
from .types import GetParams


class KvClient(Channel):
    """A store of texts."""

    async def get(self, key: str, *, timeout: float | UnsetType | None = UNSET) -> str:
        """Read one text.

        Args:
            key: The key.

        Raises:
            KeyMissing: There is no such key.
        """
        return await self.call(GET, GetParams(key=key), timeout=timeout)
