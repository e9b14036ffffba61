"""Types of the Kv service.

Made by `daemonrpc generate` from smallest.yaml. Do not edit.
"""

from msgspec import Struct


class GetParams(Struct, kw_only=True):
    """Params of get."""

    key: str
    """The key."""
