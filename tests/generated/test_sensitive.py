"""What is marked `sensitive` is in no repr, wherever it stands, on neither side; on the wire it is as usual."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from daemonrpc import InvalidParamsError
from daemonrpc.encode import encode_value
from daemonrpc.method import Method
from daemonrpc.params import params_decoder
from daemonrpc_codegen import generate, load

SCHEMA = """\
service: Vault
package: sensitive_vault_api
version: 1.0.0
doc: Secrets in every place.
types:
  Secret: {type: str, sensitive: true, doc: X.}
  Key: {doc: X., fields: {name: {type: str, doc: X.}, secret: {type: Secret, doc: X.}}}
  Put: {doc: X., fields: {value: {type: Secret | None, optional: true, doc: X.}}}
  Drop: {doc: X., fields: {}}
  Change: {doc: X., union: {tag: kind, of: {put: Put, drop: Drop}}}
  Kind: {doc: X., enum: {hidden: X., other: X.}}
  Level: {doc: X., closed: true, enum: {low: X., high: X.}}
  All:
    doc: X.
    fields:
      items: {type: "list[Secret]", doc: X.}
      named: {type: "dict[str, Secret | None]", doc: X.}
      keys: {type: "dict[str, list[Key | None]]", doc: X.}
      change: {type: Change, doc: X.}
      number: {type: int, sensitive: true, minimum: 5, doc: X.}
      kind: {type: Kind, sensitive: true, doc: X.}
      key: {type: Key, sensitive: true, optional: true, doc: X.}
      anything: {type: any, sensitive: true, doc: X.}
      data: {type: bytes, sensitive: true, doc: X.}
errors:
  Denied: {code: 5, doc: X., data: {token: {type: Secret, doc: X.}, why: {type: str, doc: X.}}}
methods:
  choose:
    doc: X.
    params:
      open: {type: Kind, sensitive: true, optional: true, doc: X.}
      closed: {type: Level | None, sensitive: true, optional: true, doc: X.}
      many: {type: "list[Level]", sensitive: true, optional: true, doc: X.}
      plain: {type: Kind, optional: true, doc: X.}
      length: {type: Secret, min_length: 9, optional: true, doc: X.}
      number: {type: int, sensitive: true, maximum: 5, optional: true, doc: X.}
    result: Drop
  check: {doc: X., params: {pin: {type: Secret, doc: X.}, all: {type: All, doc: X.}}, result: All, errors: [Denied]}
"""
RAW = (
    b'{"pin":"hidden","all":{"items":["hidden"],"named":{"x":"hidden","y":null},'
    b'"keys":{"q":[{"name":"shown","secret":"hidden"},null]},"change":{"kind":"put","value":"hidden"},'
    b'"number":424242,"kind":"hidden","key":{"name":"hidden","secret":"hidden"},"anything":{"x":["hidden"]},'
    b'"data":"aGlkZGVu"}}'
)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder: Path = tmp_path_factory.mktemp("vault")
    (folder / "methods.yaml").write_text(SCHEMA)
    generate(load(folder / "methods.yaml"), folder)
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module("sensitive_vault_api")
    finally:
        sys.path.remove(str(folder))


@pytest.mark.parametrize("is_strict", [False, True])
def test_a_secret_is_in_no_repr_and_on_the_wire_as_it_is(vault: ModuleType, is_strict: bool) -> None:
    tolerant: Method[Any, Any] = Method("x", python_name="x", params=vault.CheckParams, result=vault.CheckParams)
    value = params_decoder(vault.CheckParams)(RAW) if is_strict else tolerant.result_decoder.decode(RAW)
    shown = repr(value)
    assert "hidden" not in shown
    assert "424242" not in shown
    assert "shown" in shown
    assert encode_value(value).count(b"hidden") == RAW.count(b"hidden")


def test_a_secret_is_in_no_text_of_an_error(vault: ModuleType) -> None:
    error = vault.Denied(token="hidden", why="shown")
    assert "hidden" not in f"{error!r} {error} {error.args} {error.data}"
    assert "shown" in repr(error.data)
    assert error.data.token == "hidden"


@pytest.mark.parametrize(
    ("params", "is_shown"),
    [
        ('{"open":"secret"}', False),
        ('{"closed":"secret"}', False),
        ('{"many":["low","secret"]}', False),
        ('{"length":"secret"}', False),
        ('{"number":424242}', False),
        ('{"plain":"secret"}', True),
    ],
)
def test_a_refusal_does_not_repeat_a_secret(vault: ModuleType, params: str, is_shown: bool) -> None:
    with pytest.raises(InvalidParamsError) as caught:
        params_decoder(vault.ChooseParams)(params.encode())
    text = f"{caught.value} {caught.value.data}"
    assert ("secret" in text or "424242" in text) == is_shown


def test_a_secret_that_fits_is_read(vault: ModuleType) -> None:
    params = params_decoder(vault.ChooseParams)(b'{"open":"other","closed":"low","many":["high"]}')
    assert params == vault.ChooseParams(open=vault.Kind.OTHER, closed=vault.Level.LOW, many=[vault.Level.HIGH])
    assert params_decoder(vault.ChooseParams)(b'{"closed":null}').closed is None
