"""Blocking client of the Kv service.

Made by `daemonrpc generate` from smallest.yaml. Do not edit.
"""

from daemonrpc import UNSET, SyncChannel, UnsetType

from .methods import GET
from .types import GetParams


class KvClientSync(SyncChannel):
    """A store of texts."""

    def get(self, key: str, *, timeout: float | UnsetType | None = UNSET) -> str:
        """Read one text.

        Args:
            key: The key.

        Raises:
            KeyMissing: There is no such key.
        """
        return self.call(GET, GetParams(key=key), timeout=timeout)
