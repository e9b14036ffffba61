"""Questions to the store that may take longer than a moment: answered in a thread of their own, each from one state."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from conductord.store import Store

T = TypeVar("T")


class Reader:
    """Asks the store. One thread, so that long questions queue up behind each other and not in front of the work."""

    def __init__(self, directory: Path) -> None:
        """directory: of a state that has been opened for writing."""
        self._store = Store.open_reader(directory)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reader")

    async def ask(self, question: Callable[[Store], T]) -> T:
        """The answer of `question`, which sees one state of the store, with all that was committed before."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._answer, question)

    def _answer(self, question: Callable[[Store], T]) -> T:
        with self._store.snapshot():
            return question(self._store)

    def close(self) -> None:
        """Wait for the question that is being answered, and close."""
        self._thread.shutdown(cancel_futures=True)
        self._store.close()
