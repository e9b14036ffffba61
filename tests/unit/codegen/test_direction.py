from daemonrpc_codegen.direction import received_by_clients, sent_by_clients

SCHEMA = """
types:
  Inner: {doc: Inner., fields: {}}
  Sent: {doc: Sent., fields: {inner: {type: "list[Inner]", doc: Inner.}}}
  Received: {doc: Received., fields: {inner: {type: Inner | None, doc: Inner.}}}
  Item: {doc: An item., fields: {}}
  Data: {doc: Data., fields: {}}
  Nobody: {doc: Unused., fields: {}}
errors:
  Bad: {code: 1, doc: Bad., data: {data: {type: Data, doc: Data.}}}
methods:
  get: {doc: Read., params: {sent: {type: Sent, doc: Sent.}}, result: Received}
  watch: {doc: Watch., stream: true, item: Item, notification: item, result: Received}
"""


def test_types_are_sorted_by_the_way_they_travel(load_text) -> None:
    api = load_text(SCHEMA)
    assert sent_by_clients(api) == {"Sent", "Inner"}
    assert received_by_clients(api) == {"Received", "Inner", "Item", "Data"}
