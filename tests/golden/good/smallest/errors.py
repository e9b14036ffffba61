"""Errors that methods of the Kv service answer with.

Made by `daemonrpc generate` from smallest.yaml. Do not edit.
"""

from daemonrpc import ApplicationError


class KeyMissing(ApplicationError):
    """There is no such key."""

    code = -32000
    data_type = None

    def __init__(self, message: str = "There is no such key.") -> None:
        super().__init__(message)
