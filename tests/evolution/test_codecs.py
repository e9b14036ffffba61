"""The table is no theory: code generated from both sides of each row, and what old and new codecs do with a message.

All rows stand in one schema, each with names of its own, so that two packages are generated and not two hundred.
"""

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from daemonrpc import DaemonError
from daemonrpc.params import params_decoder
from daemonrpc_codegen import generate
from evolution.row import Message, Part, Row, load_parts
from evolution.rows import ROWS

SHOWN = [row for row in ROWS if row.messages]
Decoders = Callable[[Row, str, str], Callable[[bytes], Any]]


def of_its_own(row: Row, part: Part) -> Part:
    """A part of a row, in which each type and each method has a name that no other row has."""
    number = SHOWN.index(row)
    text = json.dumps({key: part[key] for key in ("types", "methods") if key in part})
    for name in {*row.old.get("types", {}), *row.new.get("types", {})}:
        text = re.sub(rf'"{name}( \| None)?"', rf'"R{number}{name}\1"', text)
    own = json.loads(text)
    own["methods"] = {f"r{number}.{name}": keys | {"errors": []} for name, keys in own["methods"].items()}
    return dict(own)


@pytest.fixture(scope="module")
def decoders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Decoders]:
    """Finds what a side of a row decodes a kind of message with."""
    out = tmp_path_factory.mktemp("sides")
    sys.path.insert(0, str(out))
    methods: dict[str, dict[str, Any]] = {}
    for side in ("old", "new"):
        parts = [of_its_own(row, getattr(row, side)) for row in SHOWN]
        api = load_parts(out / f"{side}.yaml", *parts, {"package": f"{side}_side_api"}, version="1.1.0")
        generate(api, out / side)
        sys.path.insert(0, str(out / side))
        service = importlib.import_module(f"{side}_side_api").SERVICE
        methods[side] = {method.name: method for method in service.methods}

    def find(row: Row, side: str, kind: str) -> Callable[[bytes], Any]:
        method = methods[side][f"r{SHOWN.index(row)}.m"]
        if kind == "params":
            return params_decoder(method.params)
        decoder = method.result_decoder if kind == "result" else method.item_decoder
        return decoder.decode  # type: ignore[no-any-return]  # of a method that is known at run time only

    yield find
    for side in ("old", "new"):
        sys.path.remove(str(out / side))
    sys.path.remove(str(out))


def understands(decode: Callable[[bytes], Any], data: Any) -> bool:
    try:
        decode(json.dumps(data).encode())
    except (msgspec.ValidationError, DaemonError):
        return False
    return True


@pytest.mark.parametrize("row", SHOWN, ids=lambda row: row.name)
def test_codecs_of_both_sides_do_what_the_table_says(row: Row, decoders: Decoders) -> None:
    for message in row.messages:
        sender, receiver = message.way.split(" -> ")
        assert understands(decoders(row, sender, message.kind), message.data), "the sender's own side knows it"
        assert understands(decoders(row, receiver, message.kind), message.data) is message.is_understood


def broken_peer(message: Message) -> str:
    """Whom a message that is not understood breaks. Params are read by servers, everything else by clients."""
    if message.kind == "params":
        return "old client" if message.way == "old -> new" else "new client"
    return "new client" if message.way == "old -> new" else "old client"


@pytest.mark.parametrize("row", SHOWN, ids=lambda row: row.name)
def test_the_columns_are_what_the_codecs_do(row: Row) -> None:
    """Who does not understand stands in the table as hazard or breaks; who is fine is not said to break on the wire."""
    columns = {"old client": row.old_client, "new client": row.new_client}
    for message in row.messages:
        if not message.is_understood:
            assert columns[broken_peer(message)] in ("hazard", "breaks"), message


def test_most_of_the_rows_are_shown() -> None:
    misunderstood = sum(not message.is_understood for row in SHOWN for message in row.messages)
    understood = sum(message.is_understood for row in SHOWN for message in row.messages)
    print(f"{len(SHOWN)} rows shown by codecs: {understood} messages understood, {misunderstood} not")
    assert len(SHOWN) >= 50
    assert min(understood, misunderstood) >= 40
