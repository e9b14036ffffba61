import ast
import inspect
from pathlib import Path

import pytest

import daemonrpc
from daemonrpc import DaemonServer
from daemonrpc.limits import MAY_BE_NONE, MIB, Limits


def test_defaults_are_those_of_the_design() -> None:
    limits = Limits()
    assert (limits.line_bytes, limits.depth, limits.id_bytes, limits.method_bytes) == (16 * MIB, 64, 128, 256)
    assert (limits.batch_items, limits.in_flight, limits.line_seconds) == (100, 64, 10.0)
    arguments = inspect.signature(DaemonServer).parameters
    assert (arguments["max_connections"].default, arguments["max_concurrent_requests"].default) == (500, 50)


def test_there_is_no_limit_that_nobody_obeys() -> None:
    """What can be set and has no effect is worse than what cannot be set."""
    read: set[str] = set()
    for file in Path(daemonrpc.__file__).parent.glob("*.py"):
        nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        read.update(node.attr for node in nodes if isinstance(node, ast.Attribute) and _is_limits(node.value))
    assert set(Limits.__struct_fields__) - read == set()


def _is_limits(node: ast.expr) -> bool:
    """`limits`, `self._limits` and `state.limits`."""
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name.strip("_") == "limits"


def test_limits_cannot_be_changed_under_a_running_server() -> None:
    with pytest.raises(AttributeError):
        Limits().depth = 1000  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize("name", Limits.__struct_fields__)
def test_limit_under_which_nothing_could_be_served_is_refused(name: str) -> None:
    """In flight 0, for example: every call would wait for ever."""
    with pytest.raises(ValueError, match=rf"{name} is -1, and must be at least (0|1|0\.001)$"):
        Limits(**{name: -1})
    if name in MAY_BE_NONE:
        assert getattr(Limits(**{name: 0}), name) == 0
    else:
        with pytest.raises(ValueError, match=name):
            Limits(**{name: 0})
