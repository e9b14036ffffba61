"""The mark of a method that is deprecated: type checkers and editors show it (PEP 702), and a call warns."""

import functools
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

__all__ = ["deprecated"]

if TYPE_CHECKING:
    from typing_extensions import deprecated  # known to type checkers without being installed
else:

    def deprecated(message: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Marks a method of a client: each call warns with DeprecationWarning at the line of the caller."""

        def mark(function: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(function)
            def warning(*args: Any, **arguments: Any) -> Any:
                warnings.warn(message, DeprecationWarning, stacklevel=2)
                return function(*args, **arguments)

            warning.__deprecated__ = message
            return warning

        return mark
