"""generated/ is what schema/methods.yaml says."""

from pathlib import Path

from daemonrpc_codegen import differences, load

ROOT = Path(__file__).parents[3]


def test_generated_is_fresh() -> None:
    api = load(ROOT / "schema" / "methods.yaml", source="schema/methods.yaml")
    stale = [f"generated/{item.path} {item.problem}" for item in differences(api, ROOT / "generated")]
    assert not stale, f"run `make gen`: {', '.join(stale)}"
