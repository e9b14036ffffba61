"""Changes that break somebody, each with the rules of which one at least must say so."""

from collections.abc import Callable
from typing import Any

from evolution.draft import NEXT, Change, Draft, Fields

__all__ = ["ILLEGAL"]

ILLEGAL: dict[Change, set[str]] = {}
"""Each change, and the rules that may find it."""


def found_by(*rules: str) -> Callable[[Change], Change]:
    """Registers a change."""

    def register(change: Change) -> Change:
        ILLEGAL[change] = set(rules)
        return change

    return register


def method(draft: Draft, *, stream: bool | None = None) -> dict[str, Any]:
    """One of today's methods."""
    found: dict[str, Any] = draft.pick(
        item for item in draft.methods.values() if stream is None or bool(item.get("stream")) == stream
    )
    return found


def param(draft: Draft, *types: str, required: bool | None = None) -> tuple[Fields, str]:
    """One of today's params: the params of its method, and its name."""
    found: tuple[Fields, str] = draft.pick(
        (params, name)
        for _, params in draft.params()
        for name, field in params.items()
        if (not types or field["type"] in types) and (required is None or is_required(field) == required)
    )
    return found


def is_required(field: dict[str, Any]) -> bool:
    return "optional" not in field and "default" not in field


def received(draft: Draft, *types: str, required: bool | None = None) -> tuple[Fields, str]:
    """A field of a struct that travels to clients."""
    found: tuple[Fields, str] = draft.pick(
        (fields, name)
        for _, fields in draft.structs(draft.received())
        for name, field in fields.items()
        if (not types or field["type"] in types) and (required is None or is_required(field) == required)
    )
    return found


def rename_key(group: dict[str, Any], old: str, new: str) -> None:
    """The same mapping, in the same order, with another key."""
    items = [(new if key == old else key, value) for key, value in group.items()]
    group.clear()
    group.update(items)


# -- methods -----------------------------------------------------------------------------------------------------------


@found_by("method-removed")
def remove_method(draft: Draft) -> bool:
    del draft.methods[draft.pick(sorted(draft.methods))]
    return True


@found_by("method-renamed")
def rename_method(draft: Draft) -> bool:
    rename_key(draft.methods, draft.pick(sorted(draft.methods)), draft.new_name())
    return True


@found_by("method-stream-changed")
def answer_once(draft: Draft) -> bool:
    item = method(draft, stream=True)
    for key in ("stream", "item", "notification", "slow_consumer"):
        item.pop(key, None)
    return True


@found_by("method-stream-changed")
def answer_many_times(draft: Draft) -> bool:
    item = draft.pick(item for item in draft.methods.values() if item["result"] == "Done" and "detached" not in item)
    item |= {"stream": True, "item": "Event", "notification": draft.new_name()}
    return True


@found_by("notification-renamed")
def rename_notification(draft: Draft) -> bool:
    method(draft, stream=True)["notification"] = draft.new_name()
    return True


@found_by("slow-consumer-changed")
def lose_items(draft: Draft) -> bool:
    method(draft, stream=True)["slow_consumer"] = draft.chance.choice(["drop_oldest", "disconnect"])
    return True


@found_by("safety-weakened")
def weaken_safety(draft: Draft) -> bool:
    item = draft.pick(item for item in draft.methods.values() if item.get("safety") in ("safe", "idempotent"))
    del item["safety"]
    return True


@found_by("safety-strengthened")
def strengthen_safety(draft: Draft) -> bool:
    draft.pick(item for item in draft.methods.values() if "safety" not in item)["safety"] = "idempotent"
    return True


@found_by("access-narrowed")
def allow_fewer_callers(draft: Draft) -> bool:
    draft.pick(item for item in draft.methods.values() if item.get("access") != "owner")["access"] = "owner"
    return True


@found_by("admission-narrowed")
def refuse_when_full(draft: Draft) -> bool:
    del draft.methods["parcel.find"]["admission"]
    return True


@found_by("detached-changed")
def change_detached(draft: Draft) -> bool:
    item = method(draft, stream=False)
    item["detached"] = not item.get("detached", False)
    return True


@found_by("key-changed")
def change_key(draft: Draft) -> bool:
    store = draft.methods["parcel.store"]
    store["params"]["other_id"] = {"type": "str", "optional": True, "since": NEXT, "doc": "Another key."}
    store["key"] = "other_id"
    return True


# -- params ------------------------------------------------------------------------------------------------------------


@found_by("param-added-required")
def add_required_param(draft: Draft) -> bool:
    item = draft.pick(item for item in draft.methods.values() if all(map(is_required, item["params"].values())))
    item["params"][draft.new_name()] = {"type": "str", "since": NEXT, "doc": "It is new."}
    return True


@found_by("param-made-required")
def require_a_param(draft: Draft) -> bool:
    params = draft.methods["parcel.store"]["params"]
    field = params["shelf"]
    del field["default"]
    return True


@found_by("param-removed")
def remove_optional_param(draft: Draft) -> bool:
    params, name = param(draft, required=False)
    if name == "request_id":
        return False
    del params[name]
    return True


@found_by("param-removed-required")
def remove_required_param(draft: Draft) -> bool:
    params, name = param(draft, required=True)
    del params[name]
    return True


@found_by("param-renamed")
def rename_param(draft: Draft) -> bool:
    params, name = param(draft)
    if name == "request_id":
        return False
    rename_key(params, name, draft.new_name())
    return True


@found_by("params-reordered")
def swap_params(draft: Draft) -> bool:
    params = draft.methods["parcel.find"]["params"]
    first, second = draft.chance.sample(["size", "most", "from_weight"], 2)
    items = [(second if key == first else first if key == second else key) for key in params]
    swapped = {key: params[key] for key in items}
    params.clear()
    params.update(swapped)
    return True


@found_by("params-reordered")
def insert_a_param(draft: Draft) -> bool:
    params = draft.methods["parcel.find"]["params"]
    items = list(params.items())
    new = {"type": "int", "optional": True, "since": NEXT, "doc": "It is new."}
    items.insert(draft.chance.randint(1, len(items) - 1), (draft.new_name(), new))
    params.clear()
    params.update(items)
    return True


@found_by("param-narrowed")
def lower_a_maximum(draft: Draft) -> bool:
    find, store = draft.methods["parcel.find"]["params"], draft.methods["parcel.store"]["params"]
    places = [(find["text"], "max_length"), (find["most"], "maximum"), (store["shelf"], "maximum")]
    place, key = draft.pick([*places, (draft.types["Code"], "max_length"), (draft.types["Weight"], "maximum")])
    place[key] -= 1
    return True


@found_by("param-narrowed")
def demand_a_pattern(draft: Draft) -> bool:
    draft.methods["parcel.find"]["params"]["text"]["pattern"] = "[a-z]+"
    return True


@found_by("param-narrowed")
def change_a_pattern(draft: Draft) -> bool:
    draft.types["Code"]["pattern"] = "[B-Z]{1,6}"
    return True


@found_by("param-narrowed")
def refuse_null_in_a_param(draft: Draft) -> bool:
    draft.types["Person"]["fields"]["email"]["type"] = "str"
    return True


@found_by("param-narrowed")
def float_param_to_int(draft: Draft) -> bool:
    params, name = param(draft, "float")
    params[name]["type"] = "int"
    return True


@found_by("param-type-changed")
def change_type_of_param(draft: Draft) -> bool:
    params, name = param(draft, "bool")
    params[name] |= {"type": "str", "default": "no"}
    return True


@found_by("param-default-changed")
def change_default(draft: Draft) -> bool:
    params, name = draft.pick(
        (params, name)
        for _, params in draft.params()
        for name, field in params.items()
        if isinstance(field.get("default"), int) and not isinstance(field.get("default"), bool)
    )
    params[name]["default"] += 1
    return True


@found_by("since-missing")
def add_param_without_since(draft: Draft) -> bool:
    params, _ = param(draft)
    params[draft.new_name()] = {"type": "int", "optional": True, "doc": "It is new."}
    return True


@found_by("since-missing")
def add_method_with_an_old_since(draft: Draft) -> bool:
    draft.methods[draft.new_name()] = {
        "doc": "New.",
        "result": "Done",
        "since": draft.chance.choice(["1.4.0", "1.0.0"]),
    }
    return True


@found_by("since-missing")
def add_value_without_since(draft: Draft) -> bool:
    draft.types["Size"]["enum"][draft.new_name()] = "It is new."
    return True


@found_by("widened-missing")
def widen_without_saying_so(draft: Draft) -> bool:
    params, name = param(draft, "int")
    params[name]["type"] = draft.chance.choice(["float", "int | None"])
    return True


@found_by("param-value-removed")
def remove_value(draft: Draft) -> bool:
    del draft.types["Size"]["enum"]["large"]
    return True


@found_by("param-value-renamed")
def rename_value(draft: Draft) -> bool:
    rename_key(draft.types["Size"]["enum"], "large", draft.new_name())
    return True


@found_by("param-tag-renamed")
def rename_tag(draft: Draft) -> bool:
    rename_key(draft.types["Order"]["union"]["of"], draft.chance.choice(["fetch", "send"]), draft.new_name())
    return True


@found_by("param-tag-removed")
def replace_tags(draft: Draft) -> bool:
    draft.types["Wait"] = {"doc": "Do nothing.", "since": NEXT, "fields": {}}
    draft.types["Stop"] = {"doc": "Do less.", "since": NEXT, "fields": {}}
    variants = draft.types["Order"]["union"]["of"]
    del variants["send"]
    variants |= {"wait": "Wait", "stop": "Stop"}
    return True


@found_by("union-tag-field-renamed")
def rename_tag_field(draft: Draft) -> bool:
    draft.types[draft.chance.choice(["Order", "Event"])]["union"]["tag"] = draft.new_name()
    return True


@found_by("param-struct-tagged")
def tag_what_is_sent(draft: Draft) -> bool:
    draft.types["Robot"] = {"doc": "A machine.", "since": NEXT, "fields": {}}
    union = {"tag": "sort", "of": {"person": "Person", "robot": "Robot"}}
    draft.types["Actor"] = {"doc": "Who acts.", "since": NEXT, "union": union}
    return True


# -- results -----------------------------------------------------------------------------------------------------------


@found_by("result-field-added-required")
def add_required_field(draft: Draft) -> bool:
    _, fields = draft.pick(draft.structs(draft.received()))
    fields[draft.new_name()] = {"type": "datetime", "since": NEXT, "doc": "It is new."}
    return True


@found_by("result-field-removed-required")
def remove_required_field(draft: Draft) -> bool:
    fields, name = received(draft, required=True)
    del fields[name]
    return True


@found_by("result-field-removed")
def remove_optional_field(draft: Draft) -> bool:
    fields, name = received(draft, required=False)
    del fields[name]
    return True


@found_by("result-field-renamed")
def rename_field(draft: Draft) -> bool:
    fields, name = received(draft)
    rename_key(fields, name, draft.new_name())
    return True


@found_by("result-made-optional")
def make_result_optional(draft: Draft) -> bool:
    fields, name = received(draft, required=True)
    fields[name]["optional"] = True
    return True


@found_by("result-made-required")
def make_result_required(draft: Draft) -> bool:
    fields, name = received(draft, required=False)
    fields[name].pop("optional", None)
    fields[name].pop("default", None)
    return True


@found_by("result-null-added")
def allow_null_in_a_result(draft: Draft) -> bool:
    fields, name = received(draft, "int", "float", "datetime", "uuid", "State", required=True)
    fields[name]["type"] += " | None"
    return True


@found_by("result-null-removed")
def refuse_null_in_a_result(draft: Draft) -> bool:
    fields, name = received(draft, "str | None")
    fields[name]["type"] = "str"
    if "default" in fields[name]:
        fields[name]["default"] = ""
    return True


@found_by("result-type-widened")
def int_result_to_float(draft: Draft) -> bool:
    fields, name = received(draft, "int")
    fields[name]["type"] = "float"
    return True


@found_by("result-type-narrowed")
def float_result_to_int(draft: Draft) -> bool:
    fields, name = received(draft, "float")
    fields[name]["type"] = "int"
    return True


@found_by("result-type-changed", "result-type-widened", "result-type-narrowed")
def change_type_of_result(draft: Draft) -> bool:
    fields, name = received(draft, "datetime", "uuid", "bytes")
    fields[name]["type"] = draft.chance.choice(["str", "int", "any", "list[str]"])
    return True


@found_by("result-type-changed")
def change_result(draft: Draft) -> bool:
    draft.pick(item for item in draft.methods.values() if item["result"].startswith(("list", "dict")))["result"] = (
        "Done"
    )
    return True


@found_by("result-value-added-closed")
def add_value_to_closed_enum(draft: Draft) -> bool:
    draft.types["Mood"]["enum"][draft.new_name()] = "It is new."
    return True


@found_by("result-value-removed-closed")
def remove_value_of_closed_enum(draft: Draft) -> bool:
    del draft.types["Mood"]["enum"]["calm"]
    return True


@found_by("struct-became-union")
def make_a_union(draft: Draft) -> bool:
    draft.types["Kept"] = {"doc": "One.", "since": NEXT, "fields": {}}
    draft.types["Lost"] = {"doc": "Another.", "since": NEXT, "fields": {}}
    union = {"tag": "sort", "of": {"kept": "Kept", "lost": "Lost"}}
    draft.types["Outcome"] = {"doc": "Either.", "since": NEXT, "union": union}
    draft.methods["parcel.store"]["result"] = "Outcome"
    return True


# -- errors and names --------------------------------------------------------------------------------------------------


@found_by("error-code-changed")
def change_code(draft: Draft) -> bool:
    draft.pick(list(draft.errors.values()))["code"] = draft.chance.randint(1, 1000)
    return True


@found_by("error-code-reused")
def reuse_code(draft: Draft) -> bool:
    draft.errors["DepotFull"]["code"], draft.errors["TooHeavy"]["code"] = -32002, -32001
    return True


@found_by("error-code-reused")
def reuse_code_of_a_tombstone(draft: Draft) -> bool:
    draft.data["removed"]["errors"] = {}
    draft.errors["Fresh"] = {"code": -32010, "doc": "It is new."}
    return True


@found_by("error-removed")
def remove_error(draft: Draft) -> bool:
    del draft.errors["TooHeavy"]
    return True


@found_by("error-renamed")
def rename_error(draft: Draft) -> bool:
    rename_key(draft.errors, "TooHeavy", "TooMuch")
    return True


@found_by("tombstone-dropped")
def drop_a_tombstone(draft: Draft) -> bool:
    draft.pick(
        [draft.data["removed"]["methods"], draft.data["removed"]["errors"], draft.types["Size"]["removed"]]
    ).clear()
    return True


@found_by("name-reused")
def reuse_a_name(draft: Draft) -> bool:
    if draft.chance.random() < 0.5:
        draft.data["removed"]["methods"] = {}
        draft.methods["parcel.drop"] = {"doc": "It is new.", "result": "Done", "since": NEXT}
    else:
        del draft.types["Size"]["removed"]
        draft.types["Size"]["enum"]["tiny"] = {"doc": "It is new.", "since": NEXT}
    return True


@found_by("type-renamed")
def rename_type(draft: Draft) -> bool:
    rename_key(draft.types, "Mood", "Temper")
    draft.types["Stored"]["fields"]["mood"]["type"] = "Temper"
    return True


@found_by("type-removed")
def remove_type(draft: Draft) -> bool:
    del draft.types["Weight"]
    draft.types["Parcel"]["fields"]["weight"] |= {"type": "float", "minimum": 0, "maximum": 500}
    return True


@found_by("python-name-changed")
def rename_in_python(draft: Draft) -> bool:
    fields, name = draft.pick([param(draft), received(draft), (draft.methods, draft.pick(sorted(draft.methods)))])
    fields[name]["name"] = draft.new_name()
    return True


@found_by("version-not-raised")
def forget_the_version(draft: Draft) -> bool:
    draft.types["Stored"]["fields"]["late"] = {"type": "str", "optional": True, "doc": "It is new."}
    draft.data["version"] = "1.4.0"
    return True
