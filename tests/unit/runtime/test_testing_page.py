"""The examples of docs/testing.md run as they stand."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from daemonrpc.testing import Way
from daemonrpc.testing.fuzz.options import read_options

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "testing.md").read_text(encoding="utf-8")


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


async def test_example_of_random_answers() -> None:
    await example("random answers")["test_any_list_of_jobs_has_a_longest_name"]()


def test_example_of_values_that_are_not_valid() -> None:
    example("values that are not valid")["test_wrong_params_never_reach_the_service"]()


def test_example_of_a_fake_for_a_blocking_client() -> None:
    example("a fake for a blocking client")["test_limits_are_lifted"]()


async def test_example_of_the_server_of_tomorrow() -> None:
    await example("the server of tomorrow")["test_the_client_is_ready_for_tomorrow"]()


async def test_example_with_a_bad_connection(socket_dir: Path) -> None:
    await example("with a bad connection")["test_payment_whose_answer_is_lost_is_not_made_twice"](socket_dir)


@pytest.mark.parametrize("name", msgspec.structs.fields(Way), ids=lambda field: field.name)
def test_page_names_each_way_in_which_bytes_can_suffer(name: Any) -> None:
    assert f"`{name.name}`" in PAGE


def test_fuzzing_page_shows_commands_and_options_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    page = (DOCS / "fuzzing.md").read_text(encoding="utf-8")
    commands = re.findall(r"^daemonrpc fuzz ([^#\n]*)", page, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        assert read_options(command.split()).socket == "/run/kv.sock"
    with pytest.raises(SystemExit):
        read_options(["--help"])
    options = set(re.findall(r"--[a-z]+", capsys.readouterr().out)) - {"--help"}
    assert options == set(re.findall(r"--[a-z]+", page))
