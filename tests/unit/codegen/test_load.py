import pytest

from daemonrpc_codegen.errors import InvalidSchemaError
from daemonrpc_codegen.load import Node, parse


def test_every_node_knows_its_place_and_its_path() -> None:
    node = parse("types:\n  Key: {type: str,\n    doc: A key.}\n", "a.yaml")["types"]["Key"]["doc"]
    assert str(node.place) == "a.yaml:3:10"
    assert str(node.key_place) == "a.yaml:3:5"
    assert node.path == ("types", "Key", "doc")


def test_items_of_a_list_have_their_place() -> None:
    node = parse("include:\n  - a.yaml\n  - b.yaml\n", "a.yaml")
    assert [str(item.place) for item in node.elements("include")] == ["a.yaml:2:5", "a.yaml:3:5"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("NO", "NO"),
        ("y", "y"),
        ("1:30", "1:30"),
        ("2026-02-01", "2026-02-01"),
        ("1_000", "1_000"),
        (".nan", ".nan"),
        ("<<", "<<"),
        ('"5"', "5"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("012", 12),
        ("0x1F", 31),
        ("0o17", 15),
        ("-9223372036854775808", -(2**63)),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("+3", 3),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    found = parse(f"key: {text}", "a.yaml").scalar("key")
    assert found == value
    assert type(found) is type(value)


def test_keys_are_always_text() -> None:
    assert list(dict(parse("{on: a, yes: b, 1: c, null: d, 1.5: e}", "a.yaml").items())) == [
        "on",
        "yes",
        "1",
        "null",
        "1.5",
    ]


def test_an_alias_is_what_it_stands_for() -> None:
    assert parse("a: &x {b: 1}\nc: *x\n", "a.yaml").plain() == {"a": {"b": 1}, "c": {"b": 1}}


def test_all_errors_of_a_file_are_found_at_once() -> None:
    with pytest.raises(InvalidSchemaError) as caught:
        parse("a: 1\na: 2\nb: !x 3\nb: 4\n", "a.yaml")
    assert [error.place.line for error in caught.value.errors] == [2, 3, 4]


def test_find_and_remove_keep_the_places_of_the_others() -> None:
    top = parse("a: [x, y, z]\n", "a.yaml")
    second = top.find(["a", 1])
    assert isinstance(second, Node)
    top["a"].remove(second)
    assert top.plain() == {"a": ["x", "z"]}
    assert top.find(["a", 1]) is None
    third = top.find(["a", 2])
    assert third is not None
    assert third.value == "z"
