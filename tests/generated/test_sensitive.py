"""What is marked `sensitive` is in no repr, wherever it stands, on neither side; on the wire it is as usual."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

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
