from typing import Annotated, Any

import pytest
from msgspec import Struct

from daemonrpc.errors import InvalidParamsError
from daemonrpc.params import decode_untyped_params, params_decoder
from daemonrpc.values import Constraint


class Target(Struct, kw_only=True):
    host: str
    port: int = 80


class Submit(Struct, kw_only=True):
    config_path: str
    labels: list[str] | None = None
    target: Target | None = None
    name: Annotated[str, Constraint(max_length=3)] = "x"


decode = params_decoder(Submit)


def refusal(raw: bytes) -> InvalidParamsError:
    with pytest.raises(InvalidParamsError) as refused:
        decode(raw)
    return refused.value


@pytest.mark.parametrize(
    "raw",
    [
        b'{"config_path":"a","labels":["b"]}',
        b'["a",["b"]]',
        b'{"labels":["b"],"config_path":"a","target":null}',
        b'[ "a" , ["b"], null, "x" ]',
    ],
)
def test_params_come_by_name_or_by_position(raw: bytes) -> None:
    assert decode(raw) == Submit(config_path="a", labels=["b"])


def test_too_many_params_by_position_are_refused() -> None:
    assert "at most 4" in refusal(b'["a",null,null,"x",5]').message


def test_missing_params_are_like_an_empty_object() -> None:
    assert "missing required field `config_path`" in refusal(b"").message
    assert "missing required field `config_path`" in refusal(b"[]").message


@pytest.mark.parametrize(
    ("raw", "path", "hint"),
    [
        (b'{"config_path":1}', "$.config_path", None),
        (b'{"config_pth":"a"}', "$", "did you mean `config_path`?"),
        (b'{"config_path":"a","target":{"hst":"b"}}', "$.target", "did you mean `host`?"),
        (b'{"config_path":"a","target":{"host":"b","zzz":1}}', "$.target", None),
        (b'{"config_path":"a","name":"abcd"}', "$.name", None),
        (b'["a",[1]]', "$.labels[0]", None),
        (b'{"Config_path":"a"}', "$", "did you mean `config_path`?"),
    ],
)
def test_refusal_says_where_and_what_was_meant(raw: bytes, path: str, hint: str | None) -> None:
    data: dict[str, Any] = refusal(raw).data
    assert (data["path"], data.get("hint")) == (path, hint)


def test_refusal_shows_no_internals() -> None:
    message = refusal(b'{"config_path":1}').message
    assert message == "invalid params at $.config_path: Expected `str`, got `int`"


@pytest.mark.parametrize(("raw", "value"), [(b"", None), (b"[1]", [1]), (b'{"a":null}', {"a": None}), (b"{}", {})])
def test_handler_registered_by_hand_gets_plain_values(raw: bytes, value: Any) -> None:
    assert decode_untyped_params(raw) == value


def test_number_that_python_cannot_hold_is_invalid_params() -> None:
    with pytest.raises(InvalidParamsError, match="out of range"):
        decode_untyped_params(b"[1e999]")
