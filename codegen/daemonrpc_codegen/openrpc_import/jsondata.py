"""JSON data of which nothing is known: what a document should hold where, and what is taken if it does not."""

from typing import Any, TypeGuard

__all__ = ["Json", "is_list", "is_object", "list_in", "object_in"]

Json = dict[str, Any]


def is_object(value: Any) -> TypeGuard[Json]:
    """Whether it is a JSON object."""
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether it is a JSON array."""
    return isinstance(value, list)


def object_in(value: Any, key: str) -> Json:
    """The object under a key; an empty one if there is none."""
    found: Any = value.get(key) if is_object(value) else None
    return found if is_object(found) else {}


def list_in(value: Any, key: str) -> list[Any]:
    """The array under a key; an empty one if there is none."""
    found: Any = value.get(key) if is_object(value) else None
    return found if is_list(found) else []
