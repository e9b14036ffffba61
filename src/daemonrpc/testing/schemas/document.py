"""An OpenRPC document as test values: what a daemon must accept, what it must refuse, what it may answer."""

from typing import Any, cast

from hypothesis.strategies import SearchStrategy

from daemonrpc.testing.schemas.check import fits
from daemonrpc.testing.schemas.invalid import InvalidValues, Wrong
from daemonrpc.testing.schemas.normal import Json, Normalizer, UnsupportedSchema
from daemonrpc.testing.schemas.valid import ValidValues

__all__ = ["DocumentValues"]


class DocumentValues:
    """Strategies for what a document describes. All methods raise UnsupportedSchema for what it cannot make."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self._normalizer = Normalizer(document)
        self._valid = ValidValues(self._normalizer)
        self._invalid = InvalidValues(self._normalizer, self._valid)

    def method(self, name: str) -> Json:
        """The description of a method. Raises LookupError."""
        for method in self.document["methods"]:
            if method["name"] == name:
                return cast("Json", method)
        raise LookupError(f"the document has no method {name!r}")

    def params(self, method: str) -> SearchStrategy[Json]:
        """Params by name that the method must accept."""
        return self._valid.values(self._params_schema(method))

    def invalid_params(self, method: str) -> SearchStrategy[Wrong] | None:
        """Params by name that it must refuse; None if it takes every object."""
        return self._invalid.objects(self._params_schema(method))

    def fits_result(self, method: str, value: Any) -> bool:
        """Whether the method may answer with this."""
        return fits(self._normalizer, self.method(method).get("result", {}).get("schema", True), value)

    def fits_item(self, method: str, value: Any) -> bool:
        """Whether the stream may send this as an item."""
        return fits(self._normalizer, self.method(method).get("x-stream", {}).get("item", True), value)

    def component(self, name: str) -> SearchStrategy[Any]:
        """Values of a declared type; of one that travels both ways, as clients receive it."""
        return self._valid.values(self._component(name))

    def invalid_component(self, name: str) -> SearchStrategy[Wrong] | None:
        """Values that no reader of the type takes; None if it is any JSON value."""
        return self._invalid.values(self._component(name))

    def invalid_error_data(self, name: str) -> SearchStrategy[Wrong] | None:
        """Values that a client does not take as the data of an error."""
        return self._invalid.values(self.document["components"]["errors"][name]["data"])

    def _component(self, name: str) -> Json:
        return {"$ref": f"#/components/schemas/{name}"}

    def _params_schema(self, method: str) -> Json:
        described = self.method(method)
        if "params" not in described or described.get("x-untyped", False):
            raise UnsupportedSchema("its params are not described")
        params: list[Json] = described["params"]
        if any("name" not in param for param in params):
            raise UnsupportedSchema("one of its params is described elsewhere and has no name here")
        required = [param["name"] for param in params if param.get("required", False)]
        return {
            "type": "object",
            "properties": {param["name"]: param.get("schema", True) for param in params},
            "additionalProperties": False,
            **({"required": required} if required else {}),
        }
