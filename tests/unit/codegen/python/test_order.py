from daemonrpc_codegen.python.order import in_order, recursive_types

SCHEMA = """
types:
  Last: {type: "list[First]", doc: Uses the first.}
  Loop: {doc: Loops., fields: {back: {type: Back, optional: true, doc: Back.}}}
  Back: {type: "list[Loop]", doc: And back.}
  First: {doc: First., fields: {own: {type: First | None, doc: Itself.}}}
"""


def test_a_name_stands_below_what_it_names(load_text) -> None:
    assert [item.name for item in in_order(load_text(SCHEMA))] == ["First", "Last", "Loop", "Back"]


def test_recursive_types_are_known(load_text) -> None:
    assert recursive_types(load_text(SCHEMA)) == {"First", "Loop", "Back"}
