"""How messages show a path."""

import os
from pathlib import Path

__all__ = ["shown"]


def shown(path: Path) -> str:
    """The path relative to where the person stands, if it lies below; else in full."""
    absolute, here = Path(os.path.normpath(path.absolute())), Path.cwd()
    return absolute.relative_to(here).as_posix() if absolute.is_relative_to(here) else absolute.as_posix()
