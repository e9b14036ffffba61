from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Struct

from daemonrpc.values import Constraint, OpenEnum, Redacted, Unknown, decode_hook, encode_hook, open_union


class Colour(OpenEnum):
    RED = "red"
    BLUE = "blue"


class Circle(Struct, kw_only=True, tag_field="kind", tag="circle"):
    radius: int


class Square(Struct, kw_only=True, tag_field="kind", tag="square"):
    side: int


Shape: Any = open_union("Shape", tag="kind", of={"circle": Circle, "square": Square})


class Drawing(Struct, kw_only=True):
    shapes: list[Shape]
    colour: Colour = Colour.RED
    named: dict[str, Shape] | None = None


drawings = msgspec.json.Decoder(Drawing, dec_hook=decode_hook)


def test_unknown_enum_value_survives_a_round_trip() -> None:
    drawing = drawings.decode(b'{"shapes":[],"colour":"mauve"}')
    assert (drawing.colour, drawing.colour.is_known, str(drawing.colour)) == ("mauve", False, "mauve")
    assert b'"mauve"' in msgspec.json.encode(drawing)


def test_unknown_enum_value_becomes_no_member() -> None:
    Colour("mauve")
    assert [member.value for member in Colour] == ["red", "blue"]
    assert Colour("red") is Colour.RED
    assert Colour.RED.is_known


def test_enum_value_that_is_no_text_is_refused() -> None:
    with pytest.raises(ValueError, match="7"):
        Colour(7)
    with pytest.raises(msgspec.ValidationError):
        drawings.decode(b'{"shapes":[],"colour":7}')


def test_union_decodes_by_tag_and_keeps_an_unknown_one() -> None:
    text = b'{"shapes":[{"kind":"circle","radius":1},{"kind":"star","points":5}],"colour":"red","named":null}'
    drawing = drawings.decode(text)
    assert drawing.shapes == [Circle(radius=1), Unknown("star", {"kind": "star", "points": 5})]
    assert msgspec.json.encode(drawing, enc_hook=encode_hook) == text


def test_variant_ignores_fields_it_does_not_know() -> None:
    assert drawings.decode(b'{"shapes":[{"kind":"circle","radius":1,"new":2}]}').shapes == [Circle(radius=1)]


@pytest.mark.parametrize(
    ("shape", "what"),
    [
        (b'{"kind":"circle"}', "missing required field `radius`"),
        (b'{"kind":"circle","radius":"x"}', r"Expected `int`, got `str`.*variant `circle`"),
        (b'{"radius":1}', "missing required field `kind`"),
        (b'{"kind":1}', "missing required field `kind`"),
        (b"[1]", "Expected `object`, got `list`"),
    ],
)
def test_known_tag_with_a_wrong_body_is_refused_with_its_place(shape: bytes, what: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=what):
        drawings.decode(b'{"shapes":[%b]}' % shape)


def test_instances_of_a_union_are_its_variants_and_unknown() -> None:
    assert isinstance(Circle(radius=1), Shape)
    assert isinstance(Unknown("x", {}), Shape)
    assert not isinstance(Drawing(shapes=[]), Shape)


def test_unknown_compares_by_what_was_received() -> None:
    assert Unknown("a", {"kind": "a"}) == Unknown("a", {"kind": "a"})
    assert Unknown("a", {"kind": "a"}) != Unknown("a", {"kind": "b"})
    assert repr(Unknown("a", {"n": 1})) == "Unknown(tag='a', raw={'n': 1})"
    with pytest.raises(TypeError, match="unhashable"):
        hash(Unknown("a", {}))


def test_type_without_its_own_decoding_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot be decoded"):
        decode_hook(complex, 1)
    with pytest.raises(TypeError, match="cannot be sent"):
        encode_hook(1j)


class Login(Redacted, kw_only=True):
    user: str
    password: Annotated[str, Constraint(sensitive=True, min_length=8)]
    token: Annotated[str, Constraint(sensitive=True)] | None = None
    answers: list[Annotated[str, Constraint(sensitive=True)]] | None = None


def test_sensitive_fields_are_not_printed() -> None:
    login = Login(user="ann", password="s3cret-word", token="t0ken", answers=["rex"])
    assert repr(login) == "Login(user='ann', password=<redacted>, token=<redacted>, answers=<redacted>)"
    assert "s3cret-word" not in f"{login} {[login]}"


def test_constraint_is_not_enforced_on_what_a_server_sends() -> None:
    assert msgspec.json.decode(b'{"user":"a","password":"short"}', type=Login).password == "short"
