"""Inputs that made a target fail once, by target. Minimal ones: a file is named after what was wrong."""

from collections.abc import Iterator
from pathlib import Path

__all__ = ["regressions"]


def regressions(target: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of each."""
    for path in sorted(Path(__file__).parent.joinpath(target).glob("*.bin")):
        yield path.stem, path.read_bytes()
