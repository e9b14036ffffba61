"""What the releases so far say: how often something was announced to go, and which versions still count."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from daemonrpc_codegen.model import Api, Enum, Struct

__all__ = ["History", "deprecated_elements", "is_supported", "line_of", "numbers"]


@dataclass(frozen=True, slots=True)
class History:
    """The past of a schema, as far as it is known."""

    version: str
    """Of the old schema."""
    is_release: bool
    """Whether the old schema was released: what is new must then have a newer version."""
    deprecations: Counter[str]
    """By element: how many old schemas mark it as deprecated."""
    wanted: int
    """How many of them must, before it may go."""

    def is_newer(self, version: str) -> bool:
        """Whether a `since` can belong to a change that was made after the old schema."""
        if not version:
            return False
        if self.is_release:
            return numbers(version) > numbers(self.version)
        return numbers(version) >= numbers(self.version)

    def was_announced(self, element: str) -> bool:
        """Whether it was marked as deprecated for long enough."""
        return self.deprecations[element] >= self.wanted


def deprecated_elements(apis: Iterable[Api]) -> Counter[str]:
    """How many of the models mark each element as deprecated, by its path."""
    return Counter(element for api in apis for element in set(_deprecated(api)))


def is_supported(old: str, new: Api) -> bool:
    """Whether peers of an old version must still be understood.

    If the schema does not say which, they are those of the same major version; of the same minor one before 1.0.0.
    """
    oldest = new.compatibility.oldest_peer
    if oldest:
        return numbers(old) >= numbers(oldest)
    return line_of(old) == line_of(new.version)


def line_of(version: str) -> tuple[int, ...]:
    """What versions have in common that do not break each other: the first number; before 1.0.0 the second too."""
    major, minor, _ = numbers(version)
    return (major,) if major else (major, minor)


def numbers(version: str) -> tuple[int, int, int]:
    """`1.10.0` as something that sorts."""
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch


def _deprecated(api: Api) -> Iterator[str]:
    yield from (f"methods/{method.name}" for method in api.methods if method.deprecated)
    for method in api.methods:
        yield from (f"methods/{method.name}/params/{param.name}" for param in method.params if param.deprecated)
    yield from (f"errors/{error.name}" for error in api.errors if error.deprecated)
    for error in api.errors:
        yield from (f"errors/{error.name}/data/{field.name}" for field in error.data if field.deprecated)
    yield from (f"types/{item.name}" for item in api.types if item.deprecated)
    for item in api.types:
        if isinstance(item, Struct):
            yield from (f"types/{item.name}/fields/{field.name}" for field in item.fields if field.deprecated)
        if isinstance(item, Enum):
            yield from (f"types/{item.name}/enum/{value.value}" for value in item.values if value.deprecated)
