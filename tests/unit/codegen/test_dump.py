import dataclasses
import json

from daemonrpc_codegen import Api
from daemonrpc_codegen.dump import dump, fingerprint

BASE = """
types:
  Entry:
    doc: An entry.
    fields:
      key: {type: str, min_length: 0, doc: The key.}
      size: {type: int, default: 0, doc: Its size.}
methods:
  get:
    doc: Read.
    params: {key: {type: str, doc: The key.}}
    result: Entry
"""


def test_the_model_is_json(torture: Api) -> None:
    assert json.loads(json.dumps(dump(torture))) == dump(torture)


def test_zero_false_and_null_defaults_are_not_lost(load_text) -> None:
    entry = dump(load_text(BASE))["types"][0]
    assert entry["fields"][0]["constraints"] == {"kind": "Constraints", "min_length": 0}
    assert entry["fields"][1]["default"] == {"value": 0}


def test_the_fingerprint_ignores_docs_names_in_python_and_history(load_text) -> None:
    other = (
        BASE.replace(
            "doc: Read.", "doc: Reads., name: fetch, since: 1.0.0, deprecated: use put".replace(", ", "\n    ")
        )
        .replace("doc: The key.", "doc: Key., name: other")
        .replace("result: Entry", "result: Entry\n    examples: [{params: {key: a}, result: {key: a}}]")
    )
    assert fingerprint(load_text(BASE)) == fingerprint(load_text(other))


def test_the_fingerprint_sees_what_a_peer_sees(load_text) -> None:
    changes = [
        ("get:", "fetch:"),
        ("min_length: 0", "min_length: 1"),
        ("default: 0", "default: 1"),
        ("default: 0", "optional: true"),
        ("type: int", "type: float"),
        ("result: Entry", "result: Entry | None"),
        ("result: Entry", "result: Entry\n    safety: safe"),
        ("{key: {type", "{kee: {type"),
    ]
    prints = {fingerprint(load_text(BASE.replace(*change))) for change in changes}
    assert len(prints | {fingerprint(load_text(BASE))}) == len(changes) + 1


def test_the_fingerprint_is_sixteen_hexadecimal_digits(torture: Api) -> None:
    assert len(fingerprint(torture)) == 16
    int(fingerprint(torture), 16)


def test_the_source_is_no_part_of_the_model(torture: Api) -> None:
    assert dump(dataclasses.replace(torture, source="elsewhere.yaml")) == dump(torture)
