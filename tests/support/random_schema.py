"""Random schemas of the whole language, for tests of what must hold for any schema."""

import json
import random
from typing import Any

__all__ = ["random_schema"]

Json = dict[str, Any]

PATTERNS = ["[a-z]+", "[A-Z][a-z0-9]*", "a|bc", "[0-9]{2,4}", "x.y", "(?:[a-f]-)*z", "[^/]+/[^/]*"]
SCALARS = ["str", "int", "float", "bool", "bytes", "datetime", "uuid", "any"]
DEFAULTS = {"str": "a", "int": 1, "float": 0.5, "bool": True}


def random_schema(seed: int) -> str:
    """A schema file, the same for the same seed: JSON, which is YAML, too."""
    return json.dumps(_Maker(random.Random(seed)).schema() | {"package": f"random{seed}_api"}, indent=1)


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._aliases = [f"Alias{number}" for number in range(chance.randint(2, 5))]
        self._enums = [f"Enum{number}" for number in range(chance.randint(1, 3))]
        self._structs = [f"Struct{number}" for number in range(chance.randint(3, 6))]
        self._unions = [f"Union{number}" for number in range(chance.randint(1, 2))]
        self._variants = [f"Variant{number}" for number in range(2 * len(self._unions) + chance.randint(0, 2))]

    def schema(self) -> Json:
        types = {name: self._alias() for name in self._aliases}
        types |= {name: self._enum() for name in self._enums}
        structs = [*self._structs, *self._variants]
        types |= {name: self._struct(structs[:place]) for place, name in enumerate(structs)}
        types |= {name: self._union(place) for place, name in enumerate(self._unions)}
        names = [*structs, *self._unions]
        return {
            "service": "Random",
            "version": "1.0.0",
            "doc": "Whatever comes.",
            "types": types,
            "errors": {"Wrong": {"code": -32000, "doc": "Wrong.", "data": self._fields(names, 1)}},
            "methods": {f"method.m{number}": self._method(names, number) for number in range(5)},
        }

    def _alias(self) -> Json:
        low, high = sorted((self._chance.randint(0, 4), self._chance.randint(1, 9)))
        kinds: list[Json] = [
            {"type": "str", "min_length": low, "max_length": high},
            {"type": "str", "pattern": self._chance.choice(PATTERNS)},
            {"type": "int", "minimum": -low, "maximum": high},
            {"type": "int", "minimum": low},
            {"type": "float", "minimum": low - 0.5, "maximum": high},
            {"type": "list[str]", "min_length": low, "max_length": high},
            {"type": "dict[str, int | None]", "max_length": high},
            {"type": self._chance.choice(SCALARS)},
        ]
        return self._chance.choice(kinds) | {"doc": "An alias."}

    def _enum(self) -> Json:
        values = self._chance.sample(["red", "green", "dark-blue", "on", "x1", "Big"], self._chance.randint(1, 4))
        return {"doc": "An enum.", "closed": self._chance.random() < 0.5, "enum": dict.fromkeys(values, "A value.")}

    def _union(self, place: int) -> Json:
        variants = self._variants[place :: len(self._unions)]
        tag = self._chance.choice(["kind", "@type"])
        return {
            "doc": "A union.",
            "closed": self._chance.random() < 0.5,
            "union": {"tag": tag, "of": {f"v{number}": name for number, name in enumerate(variants)}},
        }

    def _struct(self, earlier: list[str]) -> Json:
        return {"doc": "A struct.", "fields": self._fields(earlier, 0)}

    def _fields(self, structs: list[str], least: int) -> Json:
        count = self._chance.randint(least, 5)
        fields = {f"f{number}": self._field(structs) for number in range(count)}
        return dict(sorted(fields.items(), key=lambda item: "default" in item[1] or "optional" in item[1]))

    def _field(self, structs: list[str]) -> Json:
        presence = self._chance.random()
        if presence < 0.2:
            name = self._chance.choice(list(DEFAULTS))
            return {"type": name, "default": DEFAULTS[name], "doc": "A field."}
        kind = self._type(structs)
        if presence < 0.35 and not kind.endswith("None"):
            return {"type": f"{kind} | None", "default": None, "doc": "A field."}
        if presence < 0.6:
            free = self._chance.choice([kind, *self._structs, *self._unions])  # it may lead back to where it stands
            return {"type": free, "optional": True, "doc": "A field."}
        return {"type": kind, "doc": "A field."}

    def _type(self, structs: list[str]) -> str:
        inner = self._chance.choice([*SCALARS[:7], *SCALARS[:3], *self._aliases, *self._enums, *structs])
        form = self._chance.choice(["{}", "{}", "{}", "list[{}]", "dict[str, {}]", "{} | None", "list[{} | None]"])
        if inner in self._aliases or inner == "any":
            form = self._chance.choice(["{}", "list[{}]"])
        return form.format(inner)

    def _method(self, structs: list[str], number: int) -> Json:
        method: Json = {"doc": "A method.", "params": self._fields(structs, 0), "errors": ["Wrong"]}
        if number == 0:
            stream: Json = {"stream": True, "item": self._type(structs), "notification": "item.sent"}
            return method | stream | {"result": next(name for name in self._structs if name not in stream["item"])}
        return method | {"result": self._type(structs), "safety": self._chance.choice(["safe", "unsafe"])}
