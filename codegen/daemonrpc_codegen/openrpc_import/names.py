"""Names that the schema language allows, made from those of the document, each given once."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from daemonrpc_codegen import naming
from daemonrpc_codegen.model import EnumValue, Field, Method, Scalar, ScalarName

__all__ = ["TypeNames", "constant_of", "member_names", "method_name", "package_name", "pascal", "value_names"]

_ANY: Final = Scalar(ScalarName.ANY)
_WORDS: Final = re.compile(r"[A-Za-z0-9]+")


def pascal(text: str) -> str:
    """Words joined, each with a capital letter; `Thing` if nothing is left."""
    joined = "".join(word[0].upper() + word[1:] for word in _WORDS.findall(text))
    return joined if joined[:1].isalpha() else f"Thing{joined}"


def package_name(service: str) -> str:
    """The package of a service: `PetStore` -> `pet_store_api`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", service).lower()
    return f"{words}_api"


class TypeNames:
    """Names of types and errors: a package exports them together with names made from its methods."""

    def __init__(self, service: str, methods: Iterable[str]) -> None:
        self._taken = {*naming.RESERVED_TYPES, *naming.service_names(service)}
        self._strategies: set[str] = set()
        for name in methods:
            method = _method(name)
            self._taken |= {naming.params_name(method), naming.constant_name(method)}
            self._strategies.add(naming.strategy_name(naming.params_name(method)))

    def fresh(self, wish: str) -> str:
        """A name as near as can be to a wish."""
        first = pascal(wish)
        wishes = (first, f"{first}Value", *(f"{first}{number}" for number in range(2, 10_000)))
        name = next(name for name in wishes if self._is_free(name))
        self._taken |= {name, naming.data_name(name)}
        self._strategies |= {naming.strategy_name(name), naming.strategy_name(naming.data_name(name))}
        return name

    def _is_free(self, name: str) -> bool:
        return name not in self._taken and naming.strategy_name(name) not in self._strategies


def constant_of(name: str) -> str:
    """What the constant of a method is called in Python: two methods cannot share one."""
    return naming.constant_name(_method(name))


def method_name(name: str, taken: set[str]) -> str:
    """A `name:` for a method whose usual one in Python does not do; empty if it does. Notes what it takes."""
    usual = naming.method_name(_method(name))
    usable = naming.is_python_name(usual) and usual not in naming.CHANNEL_ATTRIBUTES and usual not in taken
    given = usual if usable else _unused(usual if naming.is_python_name(usual) else "method", taken, "_it")
    taken.add(given)
    return "" if usable else given


def member_names(names: Iterable[str], rename: Callable[[Field], str]) -> dict[str, str]:
    """A `name:` for each field whose usual one in Python does not do; the others are left out."""
    return _others(names, lambda name: rename(Field(name=name, doc="", type=_ANY)), "field")


def value_names(values: Iterable[str]) -> dict[str, str]:
    """A `name:` for each value of an enum whose usual one in Python does not do; the others are left out."""
    return _others(values, lambda value: naming.enum_member(EnumValue(value=value, doc="")), "VALUE")


def _others(names: Iterable[str], rename: Callable[[str], str], word: str) -> dict[str, str]:
    taken: set[str] = set()
    others: dict[str, str] = {}
    for name in names:
        usual = rename(name)
        if naming.is_python_name(usual) and usual not in taken:
            taken.add(usual)
        else:
            others[name] = _unused(usual if naming.is_python_name(usual) else word, taken, "")
            taken.add(others[name])
    return others


def _unused(base: str, taken: set[str], ending: str) -> str:
    wishes = (f"{base}{ending}", *(f"{base}_{number}" for number in range(2, 10_000)))
    return next(name for name in wishes if name not in taken and name not in naming.CHANNEL_ATTRIBUTES)


def _method(name: str) -> Method:
    return Method(name=name, doc="", params=(), result=_ANY)
