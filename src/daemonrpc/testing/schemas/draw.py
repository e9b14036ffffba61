"""Values of a strategy outside of a test: as many as wanted, and the same ones for the same seed."""

from collections.abc import Collection
from typing import Any, TypeVar, cast

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

__all__ = ["drawn"]

T = TypeVar("T")


def drawn(strategy: SearchStrategy[T], count: int, number: int) -> list[T]:
    """At most `count` values; fewer only if the strategy has no more. `number` is the seed."""
    found: list[T] = []

    @seed(number)
    @settings(
        max_examples=count,
        phases=(Phase.generate,),
        database=None,
        deadline=None,
        suppress_health_check=cast("Collection[HealthCheck]", tuple(HealthCheck)),
    )
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found
