"""The examples of docs/testing.md run as they stand."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from daemonrpc.testing import Way

PAGE = (Path(__file__).parents[3] / "docs" / "testing.md").read_text(encoding="utf-8")


def example(mark: str) -> dict[str, Any]:
    (code,) = [
        block for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if block.startswith(f"# {mark}\n")
    ]
    names: dict[str, Any] = {}
    exec(compile(code, mark, "exec"), names)
    return names


async def test_example_without_a_socket() -> None:
    await example("without a socket")["test_sum_adds_its_params"]()


async def test_example_of_a_fake_of_the_server() -> None:
    await example("a fake of the server")["test_limits_of_one_instrument_are_lifted"]()


def test_example_of_a_fake_for_a_blocking_client() -> None:
    example("a fake for a blocking client")["test_limits_are_lifted"]()


async def test_example_of_the_server_of_tomorrow() -> None:
    await example("the server of tomorrow")["test_the_client_is_ready_for_tomorrow"]()


async def test_example_with_a_bad_connection(socket_dir: Path) -> None:
    await example("with a bad connection")["test_payment_whose_answer_is_lost_is_not_made_twice"](socket_dir)


@pytest.mark.parametrize("name", msgspec.structs.fields(Way), ids=lambda field: field.name)
def test_page_names_each_way_in_which_bytes_can_suffer(name: Any) -> None:
    assert f"`{name.name}`" in PAGE
