from daemonrpc_codegen.model import Constraints, Named, Scalar, ScalarName
from daemonrpc_codegen.resolve import resolve

SCHEMA = """
types:
  Name: {type: str, min_length: 2, max_length: 9, doc: A name.}
  Maybe: {type: Name | None, max_length: 5, sensitive: true, doc: A name or none.}
"""


def test_aliases_are_followed_and_the_tighter_constraint_counts(load_text) -> None:
    whole = resolve(load_text(SCHEMA), Named("Maybe"), Constraints(min_length=1, max_length=7))
    assert whole.base == Scalar(ScalarName.STR)
    assert whole.nullable
    assert whole.sensitive
    assert whole.constraints == Constraints(min_length=2, max_length=5)
