"""A method of each safety that counts how often every call of it ran, and what a client may say after a fault."""

from collections import Counter
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from daemonrpc import ConnectionLostError, Context, DaemonError, DaemonNotRunningError, Method, RequestHandler
from daemonrpc.method import Safety

__all__ = ["KINDS", "REPEATABLE", "Kind", "Params", "Submissions", "method", "outcome"]


class Params(Struct, omit_defaults=True):
    """`tag` tells one call from all others."""

    tag: str = ""
    key: str | UnsetType = UNSET


class Kind(Struct, frozen=True):
    """A safety, and whether the caller gives a key."""

    safety: Safety
    has_key: bool = False

    def params(self, tag: str) -> Params:
        return Params(tag, tag if self.has_key else UNSET)

    def __str__(self) -> str:
        return self.safety + ("-with-key" if self.has_key else "")


REPEATABLE = [Kind("safe"), Kind("idempotent"), Kind("keyed", has_key=True)]
"""These may run twice, so that a client may send them again when it does not know whether they ran."""
KINDS = [Kind("unsafe"), Kind("unsafe", has_key=True), Kind("keyed"), *REPEATABLE]


def method(safety: Safety) -> Method[Params, Any]:
    """A descriptor of the one method; only the client looks at its safety."""
    return Method("submit", python_name="submit", params=Params, result=Any, safety=safety, key="key")


class Submissions(Counter[str]):
    """How often the call of each tag ran."""

    def __init__(self, handler: RequestHandler) -> None:
        super().__init__()
        handler.register("submit", self._submit)

    def _submit(self, params: Any, _context: Context) -> Any:
        self[params["tag"]] += 1
        return ["ran", params["tag"]]

    def check(self, kind: Kind, tag: str, found: Any) -> None:
        """Raises AssertionError unless `found` is the truth about a call, and it did not run too often."""
        runs = self[tag]
        told = f"{kind} {tag}: {found!r} after {runs} runs"
        assert runs <= (3 if kind in REPEATABLE else 1), told
        if not isinstance(found, DaemonError):
            assert found == ["ran", tag], told
            assert runs >= 1, told
        if isinstance(found, ConnectionLostError):
            assert "may or may not have run" in str(found), told
        if isinstance(found, DaemonNotRunningError):
            assert runs == 0 or kind.safety == "safe", told


async def outcome(call: Any) -> Any:
    """The result of a call, or what the client said instead."""
    try:
        return await call
    except DaemonError as error:
        return error
