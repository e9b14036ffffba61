"""Random valid answers of a fake service, made by the strategies of its generated package."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any
from zlib import crc32

from daemonrpc.method import ServiceInfo

__all__ = ["RandomAnswers"]

BATCH = 10
MOST_ITEMS = 5


class RandomAnswers:
    """For each method of a service its own sequence of answers, which the seed decides."""

    def __init__(self, service: ServiceInfo, seed: int) -> None:
        """Raises ModuleNotFoundError without hypothesis."""
        try:
            self._strategies: Any = import_module(f"{service.package}.strategies")
        except ModuleNotFoundError as error:
            if str(error.name).partition(".")[0] != "hypothesis":
                raise
            message = "random answers are made with hypothesis: pip install 'daemonrpc[testing]'"
            raise ModuleNotFoundError(message, name="hypothesis") from error
        self._seed = seed
        self._sequences: dict[str, Iterator[Any]] = {}

    @classmethod
    def of(cls, service: ServiceInfo, seed: int | None) -> "RandomAnswers | None":
        """None without a seed: then nothing is answered that the test did not say, and no hypothesis is needed."""
        return None if seed is None else cls(service, seed)

    def result(self, method: str) -> Any:
        """The next result of a method."""
        return next(self._sequence(method, lambda: self._strategies.RESULTS[method]()))

    def items(self, method: str) -> list[Any]:
        """The items of a stream: from none to five."""

        def lists() -> Any:
            from hypothesis import strategies as st

            return st.lists(self._strategies.ITEMS[method](), max_size=MOST_ITEMS)

        items: list[Any] = next(self._sequence(f"{method} items", lists))
        return items

    def _sequence(self, name: str, strategy: Callable[[], Any]) -> Iterator[Any]:
        if name not in self._sequences:
            self._sequences[name] = self._endless(name, strategy())
        return self._sequences[name]

    def _endless(self, name: str, strategy: Any) -> Iterator[Any]:
        from daemonrpc.testing.schemas import drawn

        number = 0
        while True:
            values = drawn(strategy, BATCH, crc32(f"{self._seed}/{name}/{number}".encode()))
            yield from values[1:] or values  # the first one is always the smallest there is
            number += 1
