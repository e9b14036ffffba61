"""The model out of what `dump` made of it: released models are kept as JSON."""

from dataclasses import MISSING, fields
from typing import Any, Final, TypeGuard, cast

from daemonrpc_codegen import model
from daemonrpc_codegen.model import Api, Default, ScalarName

__all__ = ["ModelError", "restore"]

_KINDS: Final[dict[str, type[Any]]] = {
    kind.__name__: kind
    for kind in (
        *(model.Accepted, model.Alias, model.Api, model.Compatibility, model.Constraints, model.DictOf, model.Enum),
        *(model.EnumValue, model.ErrorDef, model.Example, model.Field, model.ListOf, model.Method, model.Named),
        *(model.Nullable, model.Removed, model.Scalar, model.StreamDef, model.Struct, model.Tombstone, model.Union),
        *(model.Variant,),
    )
}
_DATA: Final = {("Example", "params"), ("Example", "result"), ("Example", "items")}
"""JSON data of the service, not parts of the model."""


class ModelError(Exception):
    """What should be a model is none."""


def restore(data: Any) -> Api:
    """The model that was dumped. Raises ModelError, for instance if a newer generator made it."""
    restored = _restored(data)
    if not isinstance(restored, Api):
        raise ModelError("it holds no API")
    return restored


def _restored(value: Any) -> Any:
    if _is_list(value):
        return tuple(map(_restored, value))
    return _object(cast("dict[str, Any]", value)) if isinstance(value, dict) else value


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _object(value: dict[str, Any]) -> Any:
    kind = _KINDS.get(str(value.get("kind")))
    if kind is None:
        raise ModelError(f"it has a '{value.get('kind')}', which this version of daemonrpc does not know")
    known = {item.name: item for item in fields(kind)}
    arguments = {name: _member(kind.__name__, name, item) for name, item in value.items() if name != "kind"}
    unknown = sorted(set(arguments) - set(known))
    if unknown:
        raise ModelError(f"a '{kind.__name__}' has '{unknown[0]}', which this version of daemonrpc does not know")
    usual = {
        name: () if str(item.type).startswith("tuple") else ""
        for name, item in known.items()
        if item.default is MISSING and item.default_factory is MISSING
    }
    return kind(**(usual | arguments))


def _member(kind: str, name: str, value: Any) -> Any:
    if (kind, name) in _DATA:
        return tuple(value) if name == "items" else value
    if (kind, name) == ("Field", "default"):
        return Default(value["value"])
    return ScalarName(value) if (kind, name) == ("Scalar", "name") else _restored(value)
