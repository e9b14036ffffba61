"""What the generated types do, on the torture schema."""

from types import ModuleType
from typing import Any

import msgspec
import pytest

from daemonrpc import UNSET, Unknown, decode_hook, strict
from daemonrpc.values import encode_hook

ENCODER = msgspec.json.Encoder(enc_hook=encode_hook)


def decode(raw: bytes, kind: Any) -> Any:
    return msgspec.json.Decoder(kind, dec_hook=decode_hook).decode(raw)


@pytest.mark.parametrize("make_strict", [False, True])
@pytest.mark.parametrize(
    ("field", "absent", "null"),
    [
        ("required", "error", "error"),
        ("nullable", "error", None),
        ("defaulted", 5, "error"),
        ("default_null", None, None),
        ("optional", UNSET, "error"),
        ("both", UNSET, None),
    ],
)
@pytest.mark.parametrize("kind", ["str", "int", "float", "bool", "bytes", "datetime", "uuid", "list", "enum", "struct"])
def test_absent_and_null_are_told_apart_for_every_type(
    presence_types: Any, kind: str, field: str, absent: Any, null: Any, make_strict: bool
) -> None:
    struct = presence_types[kind, field]
    struct = strict(struct) if make_strict else struct
    for raw, expected in ((b"{}", absent), (b'{"x":null}', null)):
        if expected == "error":
            with pytest.raises(msgspec.ValidationError):
                decode(raw, struct)
        elif field == "defaulted":
            assert decode(raw, struct).x == presence_types.default(kind)
        else:
            assert decode(raw, struct).x is expected


def test_unset_is_never_sent_and_null_is(torture_api: ModuleType) -> None:
    login = torture_api.Login(user="ada", password="x", token=None)
    assert msgspec.json.decode(ENCODER.encode(login)) == {"user": "ada", "password": "x", "token": None}


def test_params_never_send_a_default(torture_api: ModuleType) -> None:
    """Not even one that is written twice, in the struct and in the signature: an older server may not know it."""
    import inspect

    stub = torture_api.TortureClient.dict_str_ings
    params = torture_api.DictStrIngsParams
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(stub).parameters.items()
        if parameter.default is not parameter.empty and name != "timeout"
    }
    assert len(defaults) == 8
    assert ENCODER.encode(params(self_="a", **defaults)) == b'{"self":"a"}'


def test_structs_that_clients_send_leave_out_defaults_too(torture_api: ModuleType) -> None:
    assert ENCODER.encode(torture_api.Tree(value=1)) == b'{"value":1}'


def test_secrets_stay_out_of_repr(torture_api: ModuleType) -> None:
    login = torture_api.Login(user="ada", password="open sesame", token="t0ken-t0ken", tokens=["s3cret-s3cret"])
    assert "ada" in repr(login)
    assert not any(secret in repr(login) for secret in ("sesame", "t0ken", "s3cret"))


def test_an_open_enum_keeps_a_value_that_it_does_not_know(torture_api: ModuleType) -> None:
    item = decode(b'{"name":"ab","colour":"ultraviolet"}', torture_api.Part)
    assert item.colour == "ultraviolet"
    assert not item.colour.is_known
    assert ENCODER.encode(item) == b'{"name":"ab","colour":"ultraviolet"}'


def test_a_closed_enum_does_not(torture_api: ModuleType) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode(b'"medium"', torture_api.Level)


def test_an_open_union_keeps_a_tag_that_it_does_not_know(torture_api: ModuleType) -> None:
    raw = b'{"inner":{"op":"mul","left":1},"op":"neg"}'
    value = decode(raw, torture_api.Expression)
    assert isinstance(value.inner, Unknown)
    assert msgspec.json.decode(ENCODER.encode(value)) == msgspec.json.decode(raw)


def test_a_known_tag_with_a_wrong_body_is_an_error(torture_api: ModuleType) -> None:
    with pytest.raises(msgspec.ValidationError, match="value"):
        decode(b'{"op":"const","value":"x"}', torture_api.Expression)


def test_recursive_types_work_in_both_directions(torture_api: ModuleType) -> None:
    raw = b'{"value":1,"children":[{"value":2,"forest":{"a":{"value":3}}}]}'
    for kind in (torture_api.Tree, strict(torture_api.Tree)):
        assert decode(raw, kind).children[0].forest["a"].value == 3
    with pytest.raises(msgspec.ValidationError, match="unknown field `chldren`"):
        decode(b'{"value":1,"children":[{"value":2,"chldren":[]}]}', strict(torture_api.Tree))
