"""A real conductord that kills itself with SIGKILL at a chosen point: `python daemon_that_dies.py POINT [flags]`.

The points are those of CONDUCTOR part 2: between any two steps of the life of an attempt.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from conductord import runner, step
from conductord.__main__ import main
from conductord.engine.attempts import AttemptBook
from conductord.engine.ledger import Ledger


def die(*_: Any, **__: Any) -> Any:
    """Die as by kill -9: nothing is flushed, closed or said."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, and then death."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        function(*args, **kwargs)
        die()

    return wrapped


def prepare(point: str) -> None:
    """Put death where it is wanted."""
    if point == "before-spawn":
        runner.start = die
    elif point == "before-pid":
        AttemptBook.begun = die  # type: ignore[method-assign]
    elif point == "after-pid":
        AttemptBook.begun = after(AttemptBook.begun)  # type: ignore[method-assign]
    elif point == "after-exit":
        step.Step._judge = die  # type: ignore[method-assign]
    elif point == "after-checks":
        step.judge = die
    elif point == "inside-the-last-transaction":
        Ledger.settle = _in_end(Ledger.settle)  # type: ignore[method-assign]
    elif point == "after-the-last-transaction":
        AttemptBook.ended = after(AttemptBook.ended)  # type: ignore[method-assign]
    else:
        raise SystemExit(f"no such point: {point}")


def _in_end(settle: Callable[..., Any]) -> Callable[..., Any]:
    """`settle` is also called when a job is submitted; only an attempt that has ended is meant."""

    def wrapped(ledger: Ledger, number: int, now: float) -> Any:
        done = settle(ledger, number, now)
        if ledger.store.attempts.of_job(number, 1):
            die()
        return done

    return wrapped


if __name__ == "__main__":
    prepare(sys.argv[1])
    sys.exit(main(sys.argv[2:]))
