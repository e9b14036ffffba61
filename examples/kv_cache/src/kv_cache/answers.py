"""Answers by request_id, so that a write that is asked for twice is made once."""

from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from typing import TypeVar, cast

import msgspec
from daemonrpc import UNSET, UnsetType
from msgspec import Struct

from kv_cache_api.errors import RequestIdReused

__all__ = ["Answers"]

R = TypeVar("R", bound=Struct)


class Answers:
    """The answers to the last `kept` writes that had a request_id, with a digest of what was asked."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._known: OrderedDict[str, tuple[bytes, Struct]] = OrderedDict()

    def once(self, request_id: str | UnsetType, params: Struct, write: Callable[[], R]) -> R:
        """The answer of `write`, or of the earlier one with the same id and params.

        A write that raises has changed nothing, and is tried again. Raises RequestIdReused for other params.
        """
        if request_id is UNSET:
            return write()
        asked = blake2b(msgspec.json.encode([type(params).__name__, params]), digest_size=16).digest()
        known = self._known.get(request_id)
        if known is None:
            known = self._known[request_id] = asked, write()
            if len(self._known) > self._kept:
                self._known.popitem(last=False)
        if known[0] != asked:
            raise RequestIdReused(request_id=request_id)
        return cast("R", known[1])
