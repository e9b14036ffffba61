"""Whatever is wrong with a schema, the answer is a list of errors with their places, never a crash."""

import ast
import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from daemonrpc_codegen import Api, InvalidSchemaError, load
from daemonrpc_codegen.load import parse
from daemonrpc_codegen.render import render_files

TYPING = Path(__file__).parents[2] / "typing"
JUNK: list[Any] = [
    *(None, 5, -1, 0.5, True, "x", "", [], {}, ["a"], {"a": 1}, 2**70, -32700),
    *("list[", "Tree", "list[Tree]", "Shape | None", "any", "1.0.0", "keyed", "class", "(", "a$", "rpc.x", "größe"),
    *({"type": "str", "doc": "x"}, {"doc": "x", "fields": {}}),
]
KEYS = ["extra", "type", "doc", "default", "3d", "optional", "stream", "name", "class", "self", "a-b", "Struct", ""]


@pytest.mark.timeout(120)
def test_a_schema_with_random_damage_is_refused_or_generated(tmp_path: Path) -> None:
    (tmp_path / "torture_parts.yaml").write_bytes((TYPING / "torture_parts.yaml").read_bytes())
    whole = parse((TYPING / "torture.yaml").read_text(encoding="utf-8"), "torture.yaml").plain()
    refused = 0
    for seed in range(60):
        damaged = copy.deepcopy(whole)
        _damage(damaged, random.Random(seed))
        (tmp_path / "methods.yaml").write_text(yaml.safe_dump(damaged, sort_keys=False), encoding="utf-8")
        refused += _is_refused(tmp_path / "methods.yaml")
    assert refused > 30


def _is_refused(schema: Path) -> bool:
    try:
        api = load(schema)
    except InvalidSchemaError as error:
        return all(problem.place.line > 0 for problem in error.errors)
    _check_output(api)
    return False


def _check_output(api: Api) -> None:
    for path, text in render_files(api).items():
        if path.endswith(".py"):
            ast.parse(text)


def _damage(data: Any, chance: random.Random) -> None:
    """Remove, rename or replace one thing somewhere."""
    *steps, last = chance.choice(list(_paths(data)))
    for step in steps:
        data = data[step]
    kind = chance.random()
    if kind < 0.3:
        del data[last]
    elif kind < 0.5 and isinstance(data, dict):
        data[chance.choice(KEYS)] = data.pop(last)
    else:
        data[last] = copy.deepcopy(chance.choice(JUNK))


def _paths(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        yield from _paths(value, (*path, key))
