"""Changes that break nobody. Each says since when it is, as the rules want."""

from collections.abc import Iterator
from typing import Any

from evolution.draft import NEXT, Change, Draft, Fields

__all__ = ["ADDITIONS", "LEGAL"]

GONE = {"since": NEXT, "reason": "It was announced."}
SCALARS = ["str", "int", "float", "bool", "bytes", "datetime", "uuid", "any"]


def some_type(draft: Draft, names: set[str]) -> str:
    """A type out of the built-in ones and these."""
    base = draft.chance.choice([*SCALARS, *sorted(names)])
    wrapped = [base, base, f"list[{base}]", f"dict[str, {base}]"]
    if base != "any":
        wrapped += [f"{base} | None", f"list[{base} | None]"]
    return draft.chance.choice(wrapped)


def optional(draft: Draft, names: set[str]) -> dict[str, Any]:
    """A field that may be absent, of any type."""
    return {"type": some_type(draft, names), "optional": True, "since": NEXT, "doc": "It is new."}


def new_struct(draft: Draft) -> str:
    """A type that nobody uses yet."""
    name = draft.new_name().capitalize()
    draft.types[name] = {
        "doc": "It is new.",
        "since": NEXT,
        "fields": {"a": {"type": draft.chance.choice(SCALARS), "doc": "A."}, "b": optional(draft, set())},
    }
    return name


def new_method(draft: Draft, **keys: Any) -> bool:
    usable = draft.sent() & draft.received()
    params = {"a": {"type": some_type(draft, usable), "doc": "A."}, "b": optional(draft, usable)}
    name = draft.new_name()
    draft.methods[f"{name}.do"] = {"doc": "It is new.", "since": NEXT, "params": params, **keys}
    return True


def add_method(draft: Draft) -> bool:
    return new_method(draft, result=new_struct(draft))


def add_stream(draft: Draft) -> bool:
    item = draft.pick(sorted(name for name, _ in draft.structs(draft.received())))
    return new_method(draft, result=new_struct(draft), stream=True, item=item, notification=draft.new_name())


def add_type(draft: Draft) -> bool:
    return bool(new_struct(draft))


def add_optional_param(draft: Draft) -> bool:
    _, params = draft.pick(draft.params())
    params[draft.new_name()] = optional(draft, draft.sent())
    return True


def add_param_with_default(draft: Draft) -> bool:
    _, params = draft.pick(draft.params())
    params[draft.new_name()] = {"type": "int", "default": 7, "since": NEXT, "doc": "It is new."}
    return True


def add_field(draft: Draft, among: set[str]) -> bool:
    found = draft.pick(draft.structs(among))
    if found is None:
        return False
    found[1][draft.new_name()] = optional(draft, set())
    return True


def add_field_both_ways(draft: Draft) -> bool:
    return add_field(draft, draft.sent() & draft.received())


def add_field_to_what_is_sent(draft: Draft) -> bool:
    return add_field(draft, draft.sent() - draft.received())


def add_field_to_what_is_received(draft: Draft) -> bool:
    _, fields = draft.pick(draft.structs(draft.received() - draft.sent()))
    field = optional(draft, draft.received())
    del field["since"]
    fields[draft.new_name()] = field
    return True


def add_enum_value(draft: Draft) -> bool:
    open_today = {"Size", "State"}
    _, item = draft.pick(draft.of_kind("enum", open_today))
    item["enum"][draft.new_name()] = {"doc": "It is new.", "since": NEXT}
    return True


def add_union_tag(draft: Draft) -> bool:
    _, item = draft.pick(draft.of_kind("union", set(draft.types)))
    item["union"]["of"][draft.new_name()] = new_struct(draft)
    return True


def open_enum(draft: Draft) -> bool:
    found = draft.pick(
        item for _, item in draft.of_kind("enum", draft.received() - draft.sent()) if item.pop("closed", False)
    )
    return found is not None


def limited(draft: Draft, *keys: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Params, aliases and fields that are sent, with a constraint."""
    sent = draft.sent()
    fields = [params for _, params in draft.params()] + [fields for _, fields in draft.structs(sent)]
    places = [field for group in fields for field in group.values()]
    places += [item for name, item in draft.types.items() if name in sent and "type" in item]
    return ((place, key) for place in places for key in keys if key in place)


def raise_a_limit(draft: Draft) -> bool:
    place, key = draft.pick(limited(draft, "maximum", "max_length"))
    place[key] += draft.chance.randint(1, 9)
    place["widened"] = NEXT
    return True


def drop_a_limit(draft: Draft) -> bool:
    found = draft.pick(limited(draft, "maximum", "max_length", "pattern"))
    if found is None:
        return False
    place, key = found
    del place[key]
    place["widened"] = NEXT
    return True


def lower_a_limit(draft: Draft) -> bool:
    found = draft.pick((place, key) for place, key in limited(draft, "minimum", "min_length") if place[key] > 0)
    if found is None:
        return False
    place, key = found
    place[key] -= 1
    place["widened"] = NEXT
    return True


def plain(draft: Draft, *types: str) -> Iterator[dict[str, Any]]:
    """Params of these types; what a param is never travels back."""
    return (field for _, params in draft.params() for field in params.values() if field["type"] in types)


def allow_null_in_a_param(draft: Draft) -> bool:
    field = draft.pick(plain(draft, "str", "int", "bool", "float", "Size", "Parcel"))
    if field is None:
        return False
    field |= {"type": f"{field['type']} | None", "widened": NEXT}
    return True


def int_param_to_float(draft: Draft) -> bool:
    field = draft.pick(plain(draft, "int"))
    if field is None:
        return False
    field |= {"type": "float", "widened": NEXT}
    return True


def param_to_any(draft: Draft) -> bool:
    field = draft.pick(field for field in plain(draft, "bool", "Size | None") if "minimum" not in field)
    if field is None:
        return False
    field |= {"type": "any", "widened": NEXT}
    return True


def make_a_param_optional(draft: Draft) -> bool:
    required = [
        fields[-1]
        for _, params in draft.params()
        if (fields := [field for field in params.values() if "default" not in field and "optional" not in field])
    ]
    field = draft.pick(required)
    if field is None:
        return False
    field |= {"optional": True, "widened": NEXT}
    return True


def constrain_a_result(draft: Draft) -> bool:
    fields = (field for _, fields in draft.structs(draft.received() - draft.sent()) for field in fields.values())
    field = draft.pick(field for field in fields if field["type"] in ("int", "float"))
    field["maximum"] = draft.chance.randint(100, 200)
    return True


def free_a_result(draft: Draft) -> bool:
    fields = (field for _, fields in draft.structs(draft.received() - draft.sent()) for field in fields.values())
    field = draft.pick(field for field in fields if "maximum" in field)
    if field is None:
        return False
    del field["maximum"]
    return True


def declare_an_error(draft: Draft) -> bool:
    name = draft.new_name().capitalize()
    used = {error["code"] for error in draft.errors.values()} | {-32010}
    code = next(code for code in range(-32003, -32090, -1) if code not in used)
    draft.errors[name] = {"code": code, "doc": "It is new.", "data": {"why": {"type": "str", "doc": "Why."}}}
    return True


def let_a_method_fail(draft: Draft) -> bool:
    method, error = draft.pick(list(draft.methods.values())), draft.pick(sorted(draft.errors))
    listed = method.setdefault("errors", [])
    if error in listed:
        return False
    listed.append(error)
    return True


def say_more_about_an_error(draft: Draft) -> bool:
    field = optional(draft, set())
    if "None" in field["type"] or field["type"].startswith(("list", "dict")):
        field["type"] = "str"
    draft.pick(list(draft.errors.values())).setdefault("data", {})[draft.new_name()] = field
    return True


def reword_a_doc(draft: Draft) -> bool:
    draft.pick([*draft.methods.values(), *draft.types.values()])["doc"] = f"Said in other words ({draft.new_name()})."
    return True


def deprecate(draft: Draft) -> bool:
    fields: list[Fields] = [params for _, params in draft.params()]
    fields += [group for _, group in draft.structs(set(draft.types))]
    places = [field for group in fields for field in group.values()]
    draft.pick([*places, *draft.methods.values()])["deprecated"] = "It will go."
    return True


def reorder_fields(draft: Draft) -> bool:
    _, fields = draft.pick(draft.structs(set(draft.types)))
    items = list(fields.items())
    draft.chance.shuffle(items)
    fields.clear()
    fields.update(items)
    return True


def allow_more_callers(draft: Draft) -> bool:
    method = draft.pick(method for method in draft.methods.values() if method.get("access", "any") != "any")
    if method is None:
        return False
    method["access"] = {"owner": "group", "group": "any"}[method["access"]]
    return True


def answer_when_full(draft: Draft) -> bool:
    draft.pick(list(draft.methods.values()))["admission"] = "always"
    return True


def retire_a_method(draft: Draft) -> bool:
    draft.data["removed"]["methods"]["parcel.count"] = GONE
    return draft.methods.pop("parcel.count", None) is not None


def retire_a_param(draft: Draft) -> bool:
    """The last one of those that today's schema has: what comes after it would move."""
    store = draft.methods["parcel.store"]
    if [*store["params"]][-1] != "rack":
        return False
    del store["params"]["rack"]
    store["removed"] = {"rack": GONE}
    return True


def retire_a_value(draft: Draft) -> bool:
    size = draft.types["Size"]
    size["removed"]["giant"] = GONE
    return size["enum"].pop("giant", None) is not None


def retire_a_field(draft: Draft) -> bool:
    stored = draft.types["Stored"]
    stored["removed"] = {"rack": GONE}
    return stored["fields"].pop("rack", None) is not None


ADDITIONS: list[Change] = [
    *(add_method, add_stream, add_type, add_optional_param, add_param_with_default, add_field_both_ways),
    *(add_field_to_what_is_received, add_field_to_what_is_sent, declare_an_error, say_more_about_an_error),
]
"""Changes that touch nothing of what is there."""

LEGAL: list[Change] = [
    *ADDITIONS,
    *(add_enum_value, add_union_tag, open_enum, raise_a_limit, drop_a_limit, lower_a_limit, allow_null_in_a_param),
    *(int_param_to_float, param_to_any, make_a_param_optional, constrain_a_result, free_a_result, let_a_method_fail),
    *(reword_a_doc, deprecate, reorder_fields, allow_more_callers, answer_when_full, retire_a_method, retire_a_param),
    *(retire_a_value, retire_a_field),
]
