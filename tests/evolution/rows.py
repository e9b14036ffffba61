"""The table. The names of the rows are those of the changes, as the documentation lists them."""

from typing import Any

from evolution.row import Message, Part, Row, field_of, method, struct

__all__ = ["ROWS"]

SINCE = "1.1.0"


def params(**fields: Any) -> Part:
    """A schema whose method `m` takes these."""
    return {"methods": {"m": method(fields)}}


def result(type_: str, types: Part | None = None) -> Part:
    """A schema whose method `m` answers with this."""
    return {"methods": {"m": method(result=type_)}, "types": types or {}}


def answer(**fields: Any) -> Part:
    """A schema whose method `m` answers with a struct of these fields."""
    return result("Answer", {"Answer": struct(**fields)})


def m(**keys: Any) -> Part:
    """A schema whose method `m` has these keys."""
    return {"methods": {"m": method({"key": "str"}, **keys)}}


def enum(*values: str, closed: bool = False, removed: Part | None = None, **more: Any) -> dict[str, Any]:
    """An enum; `more` are values that say more of themselves."""
    enum: dict[str, Any] = {value: f"It is {value}." for value in values}
    tombstones = {"removed": removed} if removed else {}
    return {"doc": "An enum.", "enum": enum | more, "closed": closed, **tombstones}


def union(*tags: str, closed: bool = False, tag: str = "kind", **more: Any) -> dict[str, Any]:
    """Types: a union `Shape` whose variants have the tag as their field `x`."""
    variants = {name: name.capitalize() for name in tags}
    shape = {"doc": "A union.", "union": {"tag": tag, "of": variants}, "closed": closed, **more}
    return {"Shape": shape} | {kind: struct(x=field_of("int", default=0)) for kind in variants.values()}


def sent(old: Any, new: Any, *, old_fits: bool, new_fits: bool) -> tuple[Message, Message]:
    """Params of an old client at a new server, and of a new client at an old one."""
    return Message("old -> new", "params", old, old_fits), Message("new -> old", "params", new, new_fits)


def received(old: Any, new: Any, *, old_fits: bool, new_fits: bool) -> tuple[Message, Message]:
    """Results of an old server at a new client, and of a new server at an old client."""
    return Message("old -> new", "result", old, old_fits), Message("new -> old", "result", new, new_fits)


OPTIONAL = field_of("int", optional=True)
ADDED = field_of("int", optional=True, since=SINCE)
GONE = {"since": SINCE, "reason": "Nobody needs it."}

METHODS = (
    Row("add method", m(), {"methods": m()["methods"] | {"put": method(doc="Write.", since=SINCE)}},
        "ok", "hazard", {"method-added"}),
    Row("add method without since", m(), {"methods": m()["methods"] | {"put": method(doc="Write.")}},
        "ok", "hazard", {"method-added", "since-missing"}),
    Row("remove method", {"methods": m()["methods"] | {"put": method(doc="Write.")}}, m(),
        "breaks", "ok", {"method-removed"}),
    Row("remove method that was deprecated, with a tombstone",
        {"methods": m()["methods"] | {"put": method(doc="Write.", deprecated="Use m.")}},
        {**m(), "removed": {"methods": {"put": GONE}}}, "hazard", "ok", {"method-retired"}),
    Row("remove method with a tombstone that was not deprecated",
        {"methods": m()["methods"] | {"put": method(doc="Write.")}},
        {**m(), "removed": {"methods": {"put": GONE}}}, "breaks", "ok", {"method-removed"}),
    Row("remove method that was deprecated, without a tombstone",
        {"methods": m()["methods"] | {"put": method(doc="Write.", deprecated="Use m.")}}, m(),
        "breaks", "ok", {"method-removed"}),
    Row("rename method", m(), {"methods": {"m2": m()["methods"]["m"]}}, "breaks", "breaks", {"method-renamed"}),
    Row("rename param", params(a="int"), params(b="int"), "breaks", "breaks", {"param-renamed"},
        sent({"a": 1}, {"b": 1}, old_fits=False, new_fits=False)),
    Row("rename optional param", params(a=OPTIONAL), params(b=OPTIONAL), "breaks", "breaks", {"param-renamed"},
        sent({"a": 1}, {"b": 1}, old_fits=False, new_fits=False)),
    Row("rename field", answer(a="int"), answer(b="int"), "breaks", "breaks", {"result-field-renamed"},
        received({"a": 1}, {"b": 1}, old_fits=False, new_fits=False)),
    Row("rename enum value", {**params(e="E"), "types": {"E": enum("a", "b")}},
        {**params(e="E"), "types": {"E": enum("a", "c")}},
        "breaks", "breaks", {"param-value-renamed", "value-name-removed"},
        sent({"e": "b"}, {"e": "c"}, old_fits=False, new_fits=False)),
    Row("unary to stream", m(), m(stream=True, item="str", notification="m.item"),
        "breaks", "breaks", {"method-stream-changed"}),
    Row("stream to unary", m(stream=True, item="str", notification="m.item"), m(),
        "breaks", "breaks", {"method-stream-changed"}),
    Row("request to notification", m(), {"methods": {"m": {"doc": "A method.", "params": {}}}},
        "unwritable", "unwritable", set()),
    Row("idempotent to not", m(safety="idempotent"), m(), "breaks", "ok", {"safety-weakened"}),
    Row("safe to not", m(safety="safe"), m(), "breaks", "ok", {"safety-weakened"}),
    Row("keyed to not", m(safety="keyed", key="key"), m(), "breaks", "ok", {"safety-weakened"}),
    Row("not to idempotent", m(), m(safety="idempotent"), "ok", "breaks", {"safety-strengthened"}),
    Row("not to idempotent, gated by the oldest peer", m(),
        {**m(safety="idempotent"), "compatibility": {"oldest_peer": SINCE}}, "ok", "ok", set()),
)  # fmt: skip

PARAMS = (
    Row("add optional param", params(a="int"), params(a="int", b=ADDED), "ok", "hazard", {"param-added"},
        sent({"a": 1}, {"a": 1, "b": 2}, old_fits=True, new_fits=False)),
    Row("add optional param, which is not used", params(a="int"), params(a="int", b=ADDED),
        "ok", "hazard", {"param-added"}, sent({"a": 1}, {"a": 1}, old_fits=True, new_fits=True)),
    Row("add optional param without since", params(a="int"), params(a="int", b=OPTIONAL),
        "ok", "hazard", {"param-added", "since-missing"}),
    Row("add optional field to a struct in params", {**params(s="S"), "types": {"S": struct(a="int")}},
        {**params(s="S"), "types": {"S": struct(a="int", b=ADDED)}}, "ok", "hazard", {"param-added"},
        sent({"s": {"a": 1}}, {"s": {"a": 1, "b": 2}}, old_fits=True, new_fits=False)),
    # "ok" for a new client is often read here, but it always sends the param, and an old strict server refuses it.
    Row("add required param", params(a="int"), params(a="int", b="int"),
        "breaks", "breaks", {"param-added-required"},
        sent({"a": 1}, {"a": 1, "b": 1}, old_fits=False, new_fits=False)),
    Row("optional to required param", params(a=OPTIONAL), params(a="int"), "breaks", "ok", {"param-made-required"},
        sent({}, {"a": 1}, old_fits=False, new_fits=True)),
    Row("required to optional param", params(a="int"), params(a=field_of("int", optional=True, widened=SINCE)),
        "ok", "hazard", {"param-made-optional"}, sent({"a": 1}, {}, old_fits=True, new_fits=False)),
    Row("required to optional param without since", params(a="int"), params(a=OPTIONAL),
        "ok", "hazard", {"param-made-optional", "widened-missing"}),
    Row("remove param", params(a="int", b=OPTIONAL), params(a="int"), "breaks", "ok", {"param-removed"},
        sent({"a": 1, "b": 2}, {"a": 1}, old_fits=False, new_fits=True)),
    Row("remove required param", params(a="int", b="str"), params(a="int"),
        "breaks", "breaks", {"param-removed-required"},
        sent({"a": 1, "b": "x"}, {"a": 1}, old_fits=False, new_fits=False)),
    Row("remove param that was deprecated, with a tombstone",
        params(a="int", b=field_of("int", optional=True, deprecated="It means nothing.")),
        {"methods": {"m": method({"a": "int"}, removed={"b": GONE})}}, "hazard", "ok", {"param-retired"}),
    Row("widen param: enum value", {**params(e="E"), "types": {"E": enum("a")}},
        {**params(e="E"), "types": {"E": enum("a", b={"doc": "New.", "since": SINCE})}},
        "ok", "hazard", {"param-value-added"}, sent({"e": "a"}, {"e": "b"}, old_fits=True, new_fits=False)),
    Row("widen param: union tag", {**params(s="Shape"), "types": union("a", "b")},
        {**params(s="Shape"), "types": union("a", "b", "c", widened=SINCE)}, "ok", "hazard", {"param-tag-added"},
        sent({"s": {"kind": "a"}}, {"s": {"kind": "c"}}, old_fits=True, new_fits=False)),
    Row("widen param: range", params(a=field_of("int", maximum=5)), params(a=field_of("int", maximum=9, widened=SINCE)),
        "ok", "hazard", {"param-widened"}, sent({"a": 5}, {"a": 9}, old_fits=True, new_fits=False)),
    Row("widen param: nullable", params(a="int"), params(a=field_of("int | None", widened=SINCE)),
        "ok", "hazard", {"param-widened"}, sent({"a": 5}, {"a": None}, old_fits=True, new_fits=False)),
    Row("widen param: int to float", params(a="int"), params(a=field_of("float", widened=SINCE)),
        "ok", "hazard", {"param-widened"}, sent({"a": 5}, {"a": 0.5}, old_fits=True, new_fits=False)),
    Row("widen param without since", params(a="int"), params(a="int | None"),
        "ok", "hazard", {"param-widened", "widened-missing"}),
    Row("narrow param: enum value", {**params(e="E"), "types": {"E": enum("a", "b")}},
        {**params(e="E"), "types": {"E": enum("a")}}, "breaks", "ok", {"param-value-removed", "value-name-removed"},
        sent({"e": "b"}, {"e": "a"}, old_fits=False, new_fits=True)),
    Row("rename union tag", {**params(s="Shape"), "types": union("a", "b")},
        {**params(s="Shape"), "types": union("b") | {
            "A": struct(x=field_of("int", default=0)),
            "Shape": {"doc": "A union.", "union": {"tag": "kind", "of": {"c": "A", "b": "B"}}}}},
        "breaks", "breaks", {"param-tag-renamed"},
        sent({"s": {"kind": "a"}}, {"s": {"kind": "c"}}, old_fits=False, new_fits=False)),
    Row("use a name again that was removed",
        {"methods": {"m": method({"a": "int"}, removed={"b": GONE | {"since": "1.0.0"}})}},
        params(a="int", b=ADDED), "breaks", "breaks", {"name-reused", "param-added"}),
    Row("narrow param: union tag", {**params(s="Shape"), "types": union("a", "b", "c")},
        {**params(s="Shape"), "types": union("a", "b")}, "breaks", "ok", {"param-tag-removed", "type-removed"},
        sent({"s": {"kind": "c"}}, {"s": {"kind": "a"}}, old_fits=False, new_fits=True)),
    Row("remove union tag that was deprecated with its struct, with a tombstone",
        {**params(s="Shape"), "types": union("a", "b", "c") | {"C": struct() | {"deprecated": "Nobody sends it."}}},
        {**params(s="Shape"), "types": union("a", "b", removed={"c": GONE})}, "hazard", "ok", {"param-tag-retired"},
        sent({"s": {"kind": "c"}}, {"s": {"kind": "a"}}, old_fits=False, new_fits=True)),
    Row("remove enum value that was deprecated, with a tombstone",
        {**params(e="E"), "types": {"E": enum("a", b={"doc": "B.", "deprecated": "Use a."})}},
        {**params(e="E"), "types": {"E": enum("a", removed={"b": GONE})}}, "hazard", "ok", {"param-value-retired"},
        sent({"e": "b"}, {"e": "a"}, old_fits=False, new_fits=True)),
    Row("enum param to text", {**params(e="E"), "types": {"E": enum("a", "b")}},
        {**params(e=field_of("str", widened=SINCE)), "types": {"E": enum("a", "b")}},
        "ok", "hazard", {"param-widened"}, sent({"e": "b"}, {"e": "c"}, old_fits=True, new_fits=False)),
    Row("enum param to text with a pattern", {**params(e="E"), "types": {"E": enum("a", "b")}},
        {**params(e=field_of("str", widened=SINCE, pattern="[0-9]")), "types": {"E": enum("a", "b")}},
        "breaks", "hazard", {"param-widened", "param-narrowed"},
        sent({"e": "b"}, {"e": "1"}, old_fits=False, new_fits=False)),
    Row("bytes param to text", params(a="bytes"), params(a=field_of("str", widened=SINCE)),
        "ok", "hazard", {"param-widened", "python-type-changed"},
        sent({"a": "YQ=="}, {"a": "?"}, old_fits=True, new_fits=False)),
    Row("struct param to any object", {**params(s="S"), "types": {"S": struct(a="int")}},
        {**params(s=field_of("dict[str, any]", widened=SINCE)), "types": {"S": struct(a="int")}},
        "ok", "hazard", {"param-widened"}, sent({"s": {"a": 1}}, {"s": {"b": []}}, old_fits=True, new_fits=False)),
    Row("narrow param: range", params(a=field_of("str", max_length=5)), params(a=field_of("str", max_length=4)),
        "breaks", "ok", {"param-narrowed"}, sent({"a": "12345"}, {"a": "1"}, old_fits=False, new_fits=True)),
    Row("narrow param: pattern", params(a="str"), params(a=field_of("str", pattern="[a-z]+")),
        "breaks", "ok", {"param-narrowed"}, sent({"a": "A"}, {"a": "a"}, old_fits=False, new_fits=True)),
    Row("narrow param: no null", params(a="int | None"), params(a="int"), "breaks", "ok", {"param-narrowed"},
        sent({"a": None}, {"a": 1}, old_fits=False, new_fits=True)),
    Row("narrow param: float to int", params(a="float"), params(a="int"), "breaks", "ok", {"param-narrowed"},
        sent({"a": 0.5}, {"a": 1}, old_fits=False, new_fits=True)),
    Row("change type of param", params(a="int"), params(a="str"), "breaks", "breaks", {"param-type-changed"},
        sent({"a": 1}, {"a": "1"}, old_fits=False, new_fits=False)),
    Row("change default of param", params(a=field_of("int", default=1)), params(a=field_of("int", default=2)),
        "breaks", "breaks", {"param-default-changed"}, sent({}, {}, old_fits=True, new_fits=True)),
    Row("reorder params", params(a="int", b="str"), params(b="str", a="int"), "breaks", "breaks", {"params-reordered"},
        sent([1, "x"], ["x", 1], old_fits=False, new_fits=False)),
    Row("add optional param in the middle", params(a="int", b=field_of("str", optional=True)),
        params(a="int", c=ADDED, b=field_of("str", optional=True)),
        "breaks", "breaks", {"param-added", "params-reordered"},
        sent([1, "x"], [1, 2, "x"], old_fits=False, new_fits=False)),
)  # fmt: skip

RESULTS = (
    Row("add optional result field", answer(a="int"), answer(a="int", b=OPTIONAL), "ok", "ok", {"result-field-added"},
        received({"a": 1}, {"a": 1, "b": 2}, old_fits=True, new_fits=True)),
    Row("add required result field", answer(a="int"), answer(a="int", b="int"),
        "ok", "breaks", {"result-field-added-required"},
        received({"a": 1}, {"a": 1, "b": 2}, old_fits=False, new_fits=True)),
    Row("add required result field, since the oldest peer", answer(a="int"),
        {**answer(a="int", b=field_of("int", since=SINCE)), "compatibility": {"oldest_peer": SINCE}},
        "ok", "ok", set()),
    Row("add required result field, since after the oldest peer", answer(a="int"),
        {**answer(a="int", b=field_of("int", since=SINCE)), "compatibility": {"oldest_peer": "1.0.0"}},
        "ok", "breaks", {"result-field-added-required"}),
    Row("remove required result field", answer(a="int", b="str"), answer(a="int"),
        "breaks", "ok", {"result-field-removed-required"},
        received({"a": 1, "b": "x"}, {"a": 1}, old_fits=True, new_fits=False)),
    Row("remove optional result field", answer(a="int", b=OPTIONAL), answer(a="int"),
        "breaks", "ok", {"result-field-removed"}, received({"a": 1, "b": 2}, {"a": 1}, old_fits=True, new_fits=True)),
    Row("required to optional result", answer(a="int"), answer(a=OPTIONAL), "breaks", "ok", {"result-made-optional"},
        received({"a": 1}, {}, old_fits=True, new_fits=False)),
    Row("optional to required result", answer(a=OPTIONAL), answer(a="int"), "ok", "breaks", {"result-made-required"},
        received({}, {"a": 1}, old_fits=False, new_fits=True)),
    Row("widen result: enum value, open", result("E", {"E": enum("a")}), result("E", {"E": enum("a", "b")}),
        "ok", "ok", {"result-value-added"}, received("a", "b", old_fits=True, new_fits=True)),
    Row("widen result: enum value, closed", result("E", {"E": enum("a", closed=True)}),
        result("E", {"E": enum("a", "b", closed=True)}), "breaks", "ok", {"result-value-added-closed"},
        received("a", "b", old_fits=True, new_fits=False)),
    Row("open enum result to text", result("E", {"E": enum("a")}), result("str", {"E": enum("a")}),
        "ok", "ok", {"python-type-changed"}, received("a", "b", old_fits=True, new_fits=True)),
    Row("closed enum result to text", result("E", {"E": enum("a", closed=True)}), result("str", {"E": enum("a")}),
        "breaks", "ok", {"result-type-widened", "python-type-changed"},
        received("a", "b", old_fits=True, new_fits=False)),
    Row("text result to closed enum", result("str", {"E": enum("a")}), result("E", {"E": enum("a", closed=True)}),
        "ok", "breaks", {"result-type-narrowed"}, received("b", "a", old_fits=False, new_fits=True)),
    Row("remove enum value from an open result", result("E", {"E": enum("a", "b")}), result("E", {"E": enum("a")}),
        "ok", "ok", {"result-value-removed", "tombstone-missing", "value-name-removed"},
        received("b", "a", old_fits=True, new_fits=True)),
    Row("widen result: union tag, open", result("Shape", union("a", "b")), result("Shape", union("a", "b", "c")),
        "ok", "ok", {"result-tag-added"}, received({"kind": "a"}, {"kind": "c"}, old_fits=True, new_fits=True)),
    Row("widen result: union tag, closed", result("Shape", union("a", "b", closed=True)),
        result("Shape", union("a", "b", "c", closed=True)), "breaks", "ok", {"result-tag-added-closed"},
        received({"kind": "a"}, {"kind": "c"}, old_fits=True, new_fits=False)),
    Row("narrow result: enum value, closed", result("E", {"E": enum("a", "b", closed=True)}),
        result("E", {"E": enum("a", closed=True, removed={"b": GONE})}), "ok", "breaks",
        {"result-value-removed-closed", "value-name-removed"}, received("b", "a", old_fits=False, new_fits=True)),
    Row("narrow result: union tag, open", result("Shape", union("a", "b", "c")),
        result("Shape", union("a", "b", removed={"c": GONE}) | {"C": struct()}), "ok", "ok", {"result-tag-removed"},
        received({"kind": "c"}, {"kind": "a"}, old_fits=True, new_fits=True)),
    Row("narrow result: union tag, closed", result("Shape", union("a", "b", "c", closed=True)),
        result("Shape", union("a", "b", closed=True, removed={"c": GONE}) | {"C": struct()}),
        "ok", "breaks", {"result-tag-removed-closed"},
        received({"kind": "c"}, {"kind": "a"}, old_fits=False, new_fits=True)),
    Row("close an enum", result("E", {"E": enum("a")}), result("E", {"E": enum("a", closed=True)}),
        "ok", "ok", {"result-closed"}, received("a", "a", old_fits=True, new_fits=True)),
    Row("remove result field that was deprecated, with a tombstone",
        answer(a="int", b=field_of("int", optional=True, deprecated="It is always 0.")),
        result("Answer", {"Answer": struct(a="int") | {"removed": {"b": GONE}}}),
        "hazard", "ok", {"result-field-retired"},
        received({"a": 1, "b": 2}, {"a": 1}, old_fits=True, new_fits=True)),
    Row("change default of result", answer(a=field_of("int", default=1)), answer(a=field_of("int", default=2)),
        "hazard", "hazard", {"result-default-changed"}, received({}, {}, old_fits=True, new_fits=True)),
    Row("change what the absence of a field means", answer(a=field_of("int", optional=True)),
        answer(a=field_of("int", optional=True, doc="Absent while nobody knows.")),
        "hazard", "hazard", {"absent-doc-changed"}, received({}, {}, old_fits=True, new_fits=True)),
    Row("change the tag of a struct that stands alone",
        {**params(s="A"), "types": union("a", "b"), "methods": {
            "m": method({"s": "A"}), "n": method(doc="More.", result="Shape")}},
        {"types": union("c", "b") | {"A": struct(x=field_of("int", default=0))} | {
            "Shape": {"doc": "A union.", "union": {"tag": "kind", "of": {"c": "A", "b": "B"}}}},
         "methods": {"m": method({"s": "A"}), "n": method(doc="More.", result="Shape")}},
        "breaks", "breaks", {"struct-tag-changed", "result-tag-added", "result-tag-removed", "tombstone-missing"},
        sent({"s": {"kind": "a"}}, {"s": {"kind": "c"}}, old_fits=False, new_fits=False)),
    Row("struct loses its tag, in params",
        {"types": union("a", "b"), "methods": {
            "m": method({"s": "A"}), "n": method(doc="More.", result="Shape")}},
        {"types": union("b", "c") | {"A": struct(x=field_of("int", default=0))}, "methods": {
            "m": method({"s": "A"}), "n": method(doc="More.", result="Shape")}},
        "breaks", "ok", {"param-struct-untagged", "result-tag-added", "result-tag-removed", "tombstone-missing"},
        sent({"s": {"kind": "a", "x": 1}}, {"s": {"x": 1}}, old_fits=False, new_fits=True)),
    Row("widen result: add null", answer(a="int"), answer(a="int | None"), "breaks", "ok", {"result-null-added"},
        received({"a": 1}, {"a": None}, old_fits=True, new_fits=False)),
    Row("narrow result: no null", answer(a="int | None"), answer(a="int"), "ok", "breaks", {"result-null-removed"},
        received({"a": None}, {"a": 1}, old_fits=False, new_fits=True)),
    Row("int to float result", answer(a="int"), answer(a="float"), "breaks", "ok", {"result-type-widened"},
        received({"a": 1}, {"a": 1.0}, old_fits=True, new_fits=False)),
    Row("float to int result", answer(a="float"), answer(a="int"), "ok", "breaks", {"result-type-narrowed"},
        received({"a": 1.0}, {"a": 1}, old_fits=False, new_fits=True)),
    Row("change type of result", answer(a="int"), answer(a="str"), "breaks", "breaks", {"result-type-changed"},
        received({"a": 1}, {"a": "1"}, old_fits=False, new_fits=False)),
    Row("tighten result constraint", answer(a="int"), answer(a=field_of("int", maximum=5)),
        "ok", "ok", {"result-constraint-changed"}, received({"a": 9}, {"a": 5}, old_fits=True, new_fits=True)),
    Row("loosen result constraint", answer(a=field_of("int", maximum=5)), answer(a="int"),
        "ok", "ok", {"result-constraint-changed"}, received({"a": 5}, {"a": 9}, old_fits=True, new_fits=True)),
    Row("struct to tagged union", result("A", {"A": struct(x="int")}),
        result("Shape", union("a", "b") | {"A": struct(x="int"), "B": struct(y="int")}),
        "breaks", "breaks", {"struct-became-union"},
        received({"x": 1}, {"kind": "b", "y": 1}, old_fits=False, new_fits=False)),
    Row("struct that was tagged already to tagged union", result("A", union("a", "b")),
        result("Shape", union("a", "b")),
        "breaks", "ok", {"result-tag-added-closed", "result-opened", "python-type-changed"},
        received({"kind": "a"}, {"kind": "b"}, old_fits=True, new_fits=False)),
    Row("tagged union to struct", result("Shape", union("a", "b")),
        result("C", union("a", "b") | {"C": struct(x="int")}), "breaks", "breaks", {"union-became-struct"},
        (Message("new -> old", "result", {"x": 1}, False),)),
    Row("result scalar to object", result("int"), answer(a="int"), "breaks", "breaks", {"result-type-changed"},
        received(1, {"a": 1}, old_fits=False, new_fits=False)),
    Row("struct gets a tag, in params", {**params(s="A"), "types": {"A": struct(x="int")}},
        {"methods": {"m": method({"s": "A"}), "n": method(doc="More.", result="Shape", since=SINCE)},
         "types": union("a", "b") | {"A": struct(x="int")}},
        "ok", "breaks", {"param-struct-tagged", "method-added"},
        sent({"s": {"x": 1}}, {"s": {"kind": "a", "x": 1}}, old_fits=True, new_fits=False)),
    Row("rename the field of the tag", result("Shape", union("a", "b")), result("Shape", union("a", "b", tag="sort")),
        "breaks", "breaks", {"union-tag-field-renamed"},
        received({"kind": "a"}, {"sort": "a"}, old_fits=False, new_fits=False)),
)  # fmt: skip


def error(code: int = 7, **more: Any) -> dict[str, Any]:
    return {"code": code, "doc": "Something is wrong."} | more


def errors(listed: list[str], **declared: Any) -> Part:
    """A schema whose method `m` answers with these errors."""
    return {**m(errors=listed), "errors": declared}


DATA = {"a": field_of("int")}
ERRORS = (
    Row("add declared error", errors([], Full=error()), errors(["Full"], Full=error()),
        "hazard", "ok", {"error-added"}),
    Row("change an error code", errors(["Full"], Full=error(7)), errors(["Full"], Full=error(8)),
        "breaks", "breaks", {"error-code-changed", "error-added", "error-dropped"}),
    Row("reuse an error code", errors(["Full"], Full=error(7)), errors(["Gone"], Gone=error(7, doc="It is gone.")),
        "breaks", "breaks", {"error-code-reused"}),
    Row("rename an error", errors(["Full"], Full=error()), errors(["NoRoom"], NoRoom=error()),
        "ok", "ok", {"error-renamed"}),
    Row("swap two error codes", errors(["A", "B"], A=error(1, doc="A."), B=error(2, doc="B.")),
        errors(["A", "B"], A=error(2, doc="A."), B=error(1, doc="B.")),
        "breaks", "breaks", {"error-code-changed", "error-code-reused"}),
    Row("remove declared error", errors(["Full"], Full=error()), errors([]), "ok", "hazard",
        {"error-dropped", "error-removed", "tombstone-missing"}),
    Row("remove error that was deprecated, with a tombstone",
        errors(["Full"], Full=error(deprecated="There is always room.")),
        {**errors([]), "removed": {"errors": {"Full": GONE | {"code": 7}}}}, "ok", "hazard", {"error-dropped"}),
    Row("give a removed error's code to another",
        {**errors([]), "removed": {"errors": {"Full": GONE | {"code": 7, "since": "1.0.0"}}}},
        errors(["Gone"], Gone=error(7, doc="It is gone.")),
        "breaks", "breaks", {"error-code-reused", "error-added", "tombstone-dropped"}),
    Row("change error data shape: add required", errors(["Full"], Full=error(data=DATA)),
        errors(["Full"], Full=error(data=DATA | {"b": field_of("str")})),
        "ok", "breaks", {"result-field-added-required"}),
    Row("change error data shape: remove required", errors(["Full"], Full=error(data=DATA | {"b": field_of("str")})),
        errors(["Full"], Full=error(data=DATA)), "breaks", "ok", {"result-field-removed-required"}),
    Row("change error data shape: add optional", errors(["Full"], Full=error(data=DATA)),
        errors(["Full"], Full=error(data=DATA | {"b": OPTIONAL})), "ok", "ok", {"result-field-added"}),
)  # fmt: skip


def stream(notification: str = "m.item", item: str = "Item", **more: Any) -> Part:
    keys = {"stream": True, "item": item, "notification": notification, **more}
    return {**m(**keys), "types": {"Item": struct(a="int")}}


OTHERS = (
    Row("add notification", m(),
        {"types": stream()["types"], "methods": m()["methods"] | {
            "watch": method(doc="Watch.", stream=True, item="Item", notification="w.item", since=SINCE)}},
        "ok", "hazard", {"method-added"}),
    Row("remove notification",
        {"types": stream()["types"], "methods": m()["methods"] | {
            "watch": method(doc="Watch.", stream=True, item="Item", notification="w.item")}}, m(),
        "breaks", "ok", {"method-removed", "type-removed"}),
    Row("rename notification", stream(), stream("m.other"), "breaks", "breaks", {"notification-renamed"}),
    Row("change what a slow reader loses", stream(), stream(slow_consumer="drop_oldest"),
        "breaks", "breaks", {"slow-consumer-changed"}),
    Row("add required field to a stream item", stream(), {**stream(), "types": {"Item": struct(a="int", b="int")}},
        "ok", "breaks", {"result-field-added-required"},
        (Message("old -> new", "item", {"a": 1}, False), Message("new -> old", "item", {"a": 1, "b": 2}, True))),
    Row("rename a type", answer(a="int"), result("Reply", {"Reply": struct(a="int")}), "ok", "ok", {"type-renamed"},
        received({"a": 1}, {"a": 1}, old_fits=True, new_fits=True)),
    Row("swap the names of two types", result("A", {"A": struct(x="int"), "B": struct(y="int")}),
        result("B", {"A": struct(y="int"), "B": struct(x="int")}), "ok", "ok", {"python-type-changed"},
        received({"x": 1}, {"x": 1}, old_fits=True, new_fits=True)),
    Row("add required field to a struct that holds itself",
        result("T", {"T": struct(a="int", t=field_of("T", optional=True))}),
        result("T", {"T": struct(a="int", t=field_of("T", optional=True), b="int")}),
        "ok", "breaks", {"result-field-added-required"},
        received({"a": 1}, {"a": 1, "b": 1, "t": {"a": 2, "b": 3}}, old_fits=False, new_fits=True)),
    Row("put another type of the same shape in place of one",
        result("A", {"A": struct(x="int"), "B": struct(x="int")}),
        result("B", {"A": struct(x="int"), "B": struct(x="int")}), "ok", "ok", {"python-type-changed"},
        received({"x": 1}, {"x": 1}, old_fits=True, new_fits=True)),
    Row("change Python name, keep wire name", params(a="int"), params(a=field_of("int", name="amount")),
        "ok", "ok", {"python-name-changed"}, sent({"a": 1}, {"a": 1}, old_fits=True, new_fits=True)),
    Row("change Python name of a method", m(), m(name="work"), "ok", "ok", {"python-name-changed"}),
    Row("allow fewer callers", m(), m(access="owner"), "breaks", "ok", {"access-narrowed"}),
    Row("allow more callers", m(access="owner"), m(access="group"), "ok", "hazard", {"access-widened"}),
    Row("end a call with its connection", m(detached=True), m(), "breaks", "breaks", {"detached-changed"}),
    Row("answer when full", m(), m(admission="always"), "ok", "hazard", {"admission-widened"}),
    Row("know a repeated call by another param",
        {"methods": {"m": method({"a": "str", "b": "str"}, safety="keyed", key="a")}},
        {"methods": {"m": method({"a": "str", "b": "str"}, safety="keyed", key="b")}},
        "breaks", "breaks", {"key-changed"}),
    Row("refuse when full", m(admission="always"), m(), "breaks", "ok", {"admission-narrowed"}),
    Row("change nothing but docs", m(), m(doc="Another sentence."), "ok", "ok", set()),
)  # fmt: skip

ROWS = (*METHODS, *PARAMS, *RESULTS, *ERRORS, *OTHERS)
