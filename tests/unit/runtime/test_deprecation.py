import inspect
import warnings

import pytest

from daemonrpc import deprecated


class Client:
    @deprecated("old: use new")
    def old(self, number: int, *, by: int = 1) -> int:
        """An old method."""
        return number + by

    @deprecated("wait: use nothing")
    async def wait(self) -> str:
        return "done"


def test_a_call_warns_at_the_line_of_the_caller_and_is_made() -> None:
    with pytest.warns(DeprecationWarning, match="old: use new") as caught:
        assert Client().old(1, by=2) == 3
    assert caught[0].filename == __file__


async def test_a_coroutine_is_marked_too() -> None:
    with pytest.warns(DeprecationWarning, match="wait: use nothing"):
        assert await Client().wait() == "done"


def test_the_mark_can_be_read_and_hides_nothing() -> None:
    assert Client.old.__deprecated__ == "old: use new"  # type: ignore[attr-defined]
    assert Client.old.__doc__ == "An old method."
    assert list(inspect.signature(Client.old).parameters) == ["self", "number", "by"]


def test_who_calls_nothing_old_is_not_warned() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Client().old.__name__ == "old"
