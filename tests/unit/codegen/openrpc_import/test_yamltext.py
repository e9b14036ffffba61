"""The YAML that an import writes is read back as the same data, whatever the texts are."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from daemonrpc_codegen.load import parse
from daemonrpc_codegen.openrpc_import.yamltext import schema_text

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.sampled_from(
        ["null", "True", "~", "on", "1.0.0", "- a", "a: b", "a #b", "it's", "a | b", "x ", "\u2028", "\x85"]
    )
)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))


@given(st.dictionaries(KEYS, VALUES, min_size=1))
def test_what_is_written_is_read_back(tree: dict[str, Any]) -> None:
    assert parse(schema_text(tree), "x").plain() == tree
