"""A model that was dumped as JSON comes back as it was."""

import json
from pathlib import Path
from typing import Any

import pytest

from daemonrpc_codegen import load
from daemonrpc_codegen.dump import dump, fingerprint
from daemonrpc_codegen.restore import ModelError, restore

ROOT = Path(__file__).parents[3]
SCHEMAS = [
    ROOT / "schema" / "methods.yaml",
    *(ROOT / "tests" / name for name in ("typing/torture.yaml", "generated/methods.yaml", "evolution/today.yaml")),
    *sorted((ROOT / "tests" / "golden" / "good").glob("*.yaml")),
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_model_survives_the_way_to_json_and_back(schema: Path) -> None:
    api = load(schema)
    restored = restore(json.loads(json.dumps(dump(api))))
    assert restored == api
    assert fingerprint(restored) == fingerprint(api)
    assert restored.type_by_name.keys() == api.type_by_name.keys()


def test_data_of_the_service_is_not_taken_for_parts_of_the_model(load_text: Any) -> None:
    api = load_text(
        'types: {A: {doc: A., fields: {kind: {type: str, doc: K.}, list: {type: "list[any]", default: [], doc: L.}}}}\n'
        "methods:\n  m:\n    doc: M.\n    params: {a: {type: any, doc: A.}, b: {type: str, default: '', doc: B.}}\n"
        "    result: A\n    examples:\n"
        "      - {params: {a: {kind: Method, x: [1, {kind: Api}]}}, result: {kind: '', list: [{kind: Enum}]}}\n"
        "      - {params: {a: null}, result: {kind: Field, list: []}}\n"
    )
    assert restore(json.loads(json.dumps(dump(api)))) == api


@pytest.mark.parametrize("data", [None, [], "text", {}, {"kind": "Struct", "name": "A", "fields": []}])
def test_what_is_no_model_is_refused(data: Any) -> None:
    with pytest.raises(ModelError):
        restore(data)
