import pytest

from daemonrpc_codegen import params_schema, result_schema
from daemonrpc_codegen.conformance import conforms
from daemonrpc_codegen.jsonschema import Direction, item_schema, type_schema

SCHEMA = """
types:
  Colour: {doc: Open., enum: {red: Red.}}
  Name: {type: str, max_length: 3, pattern: "[a-z]+", doc: A name.}
  Inner: {doc: Inner., fields: {name: {type: Name, doc: Its name.}}}
  Thing:
    doc: A thing.
    fields:
      colour: {type: Colour, doc: Its colour.}
      inner: {type: Inner | None, default: null, doc: Inner.}
      count: {type: int, optional: true, doc: A count.}
      blob: {type: bytes, optional: true, doc: Bytes.}
      when: {type: datetime, optional: true, doc: A time.}
  End: {doc: The end., fields: {}}
methods:
  put: {doc: Write., params: {thing: {type: Thing, doc: A thing.}}, result: Thing}
  watch: {doc: Watch., stream: true, item: Thing, notification: thing, result: End}
"""

THING = {"colour": "red", "inner": {"name": "abc"}}


@pytest.mark.parametrize(
    "thing",
    [
        {"colour": "blue"},
        {"colour": "red", "inner": {"name": "abcd"}},
        {"colour": "red", "inner": {"name": "abc", "more": 1}},
        {"colour": "red", "more": 1},
        {"colour": "red", "inner": {"name": "ABC"}},
        {"colour": "red", "count": 2**63},
        {"colour": "red", "when": "2026-02-01T12:00:00"},
    ],
)
def test_params_are_strict_and_results_tolerant_at_every_level(load_text, thing: dict[str, object]) -> None:
    api = load_text(SCHEMA)
    assert not conforms(params_schema(api, "put"), {"thing": thing})
    assert conforms(result_schema(api, "put"), thing)
    assert conforms(item_schema(api, "watch"), thing)


@pytest.mark.parametrize(
    "thing",
    [
        {},
        {"colour": 5},
        {"colour": "red", "inner": 5},
        {"colour": "red", "inner": {}},
        {"colour": "red", "count": None},
        {"colour": "red", "blob": "not base64!"},
        {"colour": "red", "when": "2026-02-30T12:00:00Z"},
    ],
)
def test_a_wrong_type_is_wrong_both_ways(load_text, thing: dict[str, object]) -> None:
    api = load_text(SCHEMA)
    assert not conforms(params_schema(api, "put"), {"thing": thing})
    assert not conforms(result_schema(api, "put"), thing)


def test_what_is_right_is_right_both_ways(load_text) -> None:
    api = load_text(SCHEMA)
    assert conforms(params_schema(api, "put"), {"thing": THING})
    assert conforms(result_schema(api, "put"), THING)


def test_a_type_that_differs_by_direction_becomes_two(load_text) -> None:
    api = load_text(SCHEMA)
    assert type_schema(api, "Thing", Direction.SENT) != type_schema(api, "Thing", Direction.RECEIVED)


def test_an_unknown_method_is_a_lookup_error(load_text) -> None:
    api = load_text(SCHEMA)
    with pytest.raises(LookupError, match="no method 'gte'"):
        params_schema(api, "gte")
    with pytest.raises(LookupError, match="'put' is no stream"):
        item_schema(api, "put")
