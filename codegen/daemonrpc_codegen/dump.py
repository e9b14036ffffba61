"""The model as JSON, and its fingerprint.

The fingerprint tells schemas apart by what a peer can notice: docs, examples, places, Python names and the history
of a declaration (`since`, `deprecated`, what was removed) are left out of it.
"""

import hashlib
import json
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Final, TypeGuard

from daemonrpc_codegen.model import Api, Compatibility, Constraints, Default, Example, Removed

__all__ = ["dump", "fingerprint"]

_UNSEEN = frozenset(
    {"doc", "examples", "python_name", "deprecated", "since", "widened", "removed", "compatibility", "package"}
)
_PLACES = frozenset({"at", "source"})


def dump(api: Api) -> dict[str, Any]:
    """The whole model as JSON data; what has its usual value is left out."""
    result: dict[str, Any] = _plain(api, _PLACES)
    return result


def fingerprint(api: Api) -> str:
    """16 hexadecimal digits that change whenever the wire does."""
    canonical = json.dumps(_plain(api, _PLACES | _UNSEEN), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _plain(value: Any, without: frozenset[str]) -> Any:
    if isinstance(value, Default):
        return {"value": value.value}
    if is_dataclass(value) and not isinstance(value, type):
        shown = {name: getattr(value, name) for name in _names(type(value)) if name not in without}
        return {"kind": type(value).__name__} | {
            name: _plain(item, without) for name, item in shown.items() if not _is_usual(item) or _is_data(value, name)
        }
    if _is_tuple(value):
        return [_plain(item, without) for item in value]
    return value


def _is_tuple(value: Any) -> TypeGuard[tuple[Any, ...]]:
    return isinstance(value, tuple)


def _is_data(owner: Any, name: str) -> bool:
    """Params and result of an example are JSON data: an empty text there says something."""
    return isinstance(owner, Example) and name in ("params", "result")


_USUAL: Final[dict[Any, Any]] = {
    type(None): None,
    bool: False,
    **{type(item): item for item in ("", (), Constraints(), Removed(), Compatibility())},
}


def _is_usual(item: Any) -> bool:
    return type(item) in _USUAL and bool(item == _USUAL[type(item)])


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))
