import enum
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest
from msgspec import UNSET, Struct, UnsetType, field

from daemonrpc.strictness import strict
from daemonrpc.values import Constraint, OpenEnum, Redacted, decode_hook, open_union

Name = Annotated[str, Constraint(pattern="[a-z]+", min_length=2, max_length=5)]


class Colour(OpenEnum):
    RED = "red"


class Mode(enum.StrEnum):
    FAST = "fast"


class Leaf(Struct, kw_only=True, tag_field="kind", tag="leaf"):
    value: int


class Branch(Struct, kw_only=True, tag_field="kind", tag="branch"):
    parts: "list[Node]"


Node: Any = open_union("Node", tag="kind", of={"leaf": Leaf, "branch": Branch})


class Recursive(Struct, kw_only=True):
    value: int
    children: "list[Recursive]" = field(default_factory=list)
    next: "Recursive | None" = None


class Everything(Struct, kw_only=True):
    name: Name = "abc"
    count: Annotated[int, Constraint(minimum=0, maximum=10)] | None = None
    ratio: Annotated[float, Constraint(minimum=0.5)] = 1.0
    big: int = 0
    when: datetime | None = None
    id: UUID | None = None
    data: bytes = b""
    colour: Colour = Colour.RED
    mode: Mode = Mode.FAST
    node: Node | None = None
    tree: Recursive | None = None
    names: Annotated[list[Name], Constraint(max_length=2)] = field(default_factory=list)
    by_name: dict[str, Recursive] | UnsetType = UNSET
    anything: Any = None
    class_: int = field(default=0, name="class")


decoder = msgspec.json.Decoder(strict(Everything), dec_hook=decode_hook)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"unknown":1}', "$"),
        ('{"tree":{"value":1,"unknown":2}}', "$.tree"),
        ('{"tree":{"value":1,"children":[{"value":1,"unknown":2}]}}', "$.tree.children[0]"),
        ('{"by_name":{"a":{"value":1,"unknown":2}}}', "$.by_name[...]"),
        ('{"name":"ABC"}', "$.name"),
        ('{"name":"abc\\n"}', "$.name"),
        ('{"name":"x abc"}', "$.name"),
        ('{"name":"a"}', "$.name"),
        ('{"name":"abcdef"}', "$.name"),
        ('{"name":null}', "$.name"),
        ('{"count":11}', "$.count"),
        ('{"count":-1}', "$.count"),
        ('{"count":1.5}', "$.count"),
        ('{"count":true}', "$.count"),
        ('{"ratio":0.4}', "$.ratio"),
        ('{"big":9223372036854775808}', "$.big"),
        ('{"big":-9223372036854775809}', "$.big"),
        ('{"big":1.0}', "$.big"),
        ('{"tree":{"value":9223372036854775808}}', "$.tree.value"),
        ('{"when":"2026-01-02T03:04:05"}', "$.when"),
        ('{"id":"not a uuid"}', "$.id"),
        ('{"data":"?"}', "$.data"),
        ('{"colour":"mauve"}', "$.colour"),
        ('{"colour":1}', "$.colour"),
        ('{"mode":"slow"}', "$.mode"),
        ('{"node":{"kind":"twig"}}', "$.node.kind"),
        ('{"node":{"kind":"leaf","value":1,"unknown":2}}', "$.node"),
        ('{"node":{"kind":"branch","parts":[{"kind":"leaf","value":"x"}]}}', "$.node.parts[0].value"),
        ('{"names":["ab","cd","ef"]}', "$.names"),
        ('{"names":["ab","C"]}', "$.names[1]"),
        ('{"by_name":null}', "$.by_name"),
        ('{"class_":1}', "$"),
    ],
)
def test_server_refuses_and_says_where(text: str, path: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        decoder.decode(text)
    where = str(refused.value).rpartition(" - at `")[2].rstrip("`") if " - at `" in str(refused.value) else "$"
    assert where == path


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"name":"abcde","count":10,"ratio":1,"big":9223372036854775807}',
        '{"big":-9223372036854775808,"count":null}',
        '{"when":"2026-01-02T03:04:05+01:00","id":"00000000-0000-0000-0000-000000000001","data":"AAE="}',
        '{"node":{"kind":"branch","parts":[{"kind":"leaf","value":1},{"kind":"branch","parts":[]}]}}',
        '{"tree":{"value":1,"next":{"value":2,"children":[{"value":3}]}},"names":["ab","cd"],"class":5}',
        '{"by_name":{"x":{"value":1}},"anything":{"deep":[1,{"x":null}]}}',
    ],
)
def test_what_the_schema_allows_is_equal_to_what_a_client_would_read(text: str) -> None:
    assert decoder.decode(text) == msgspec.json.decode(text, type=Everything, dec_hook=decode_hook)


def test_handler_sees_the_declared_types() -> None:
    value = decoder.decode('{"colour":"red","tree":{"value":1},"node":{"kind":"leaf","value":1}}')
    assert isinstance(value, Everything)
    assert isinstance(value.tree, Recursive)
    assert isinstance(value.node, Leaf)
    assert value.colour is Colour.RED
    assert type(value).__name__ == "Everything"
    assert Everything(colour=Colour.RED, tree=Recursive(value=1), node=Leaf(value=1)) == value


def test_twin_differs_from_a_struct_with_other_values_and_from_other_types() -> None:
    value = decoder.decode('{"big":1}')
    assert value != Everything(big=2)
    assert value != 1


def test_twin_encodes_as_its_type_does() -> None:
    text = msgspec.json.encode(Everything(node=Leaf(value=1), when=datetime(2026, 1, 2, tzinfo=UTC)))
    assert msgspec.json.encode(decoder.decode(text)) == text


def test_twins_are_made_once() -> None:
    assert strict(Everything) is strict(Everything)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (list[Name], '["ab"]', '["A"]'),
        (dict[str, Colour], '{"a":"red"}', '{"a":"mauve"}'),
        (int | None, "null", "9223372036854775808"),
        (Colour | None, '"red"', '"x"'),
        (str, '"x"', "1"),
    ],
)
def test_types_that_are_no_structs_have_twins_too(kind: Any, good: str, bad: str) -> None:
    twin = msgspec.json.Decoder(strict(kind), dec_hook=decode_hook)
    twin.decode(good)
    with pytest.raises(msgspec.ValidationError):
        twin.decode(bad)


class Login(Redacted, kw_only=True):
    password: Annotated[str, Constraint(sensitive=True, min_length=3)]
    token: Annotated[str, Constraint(sensitive=True)] | UnsetType = UNSET


def test_sensitive_params_stay_hidden_in_the_servers_log() -> None:
    login = msgspec.json.decode(b'{"password":"s3cret","token":"t0ken"}', type=strict(Login))
    assert repr(login) == "Login(password=<redacted>, token=<redacted>)"


def test_params_that_are_empty_refuse_any_field() -> None:
    class Empty(Struct, kw_only=True):
        pass

    assert msgspec.json.decode(b"{}", type=strict(Empty)) == Empty()
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"x":1}', type=strict(Empty))
