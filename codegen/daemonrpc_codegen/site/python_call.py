"""A call as Python that runs: imports, the client, and the call with typed arguments."""

from typing import Any

from daemonrpc_codegen import naming
from daemonrpc_codegen.model import Api, DictOf, Field, ListOf, Method, Struct, Union
from daemonrpc_codegen.python.annotations import Annotations
from daemonrpc_codegen.python.imports import Imports
from daemonrpc_codegen.python.text import WIDTH, Brackets, Code, literal, render
from daemonrpc_codegen.resolve import Resolved, resolve, resolve_field

__all__ = ["python_call"]

_COLUMNS = 88


def python_call(api: Api, method: Method, params: dict[str, Any]) -> str:
    """The lines that make a call with these params, given as JSON data; `path` is the socket's."""
    return _Printer(api).call(method, params)


class _Printer:
    def __init__(self, api: Api) -> None:
        self._api = api
        self._imports = Imports()
        self._annotations = Annotations(api, self._imports, types_module=api.package)

    def call(self, method: Method, params: dict[str, Any]) -> str:
        client = self._imports.use(self._api.package, naming.service_names(self._api.service)[0])
        arguments = Brackets(f"client.{naming.method_name(method)}(", self._arguments(method, params), ")")
        spare = WIDTH - _COLUMNS
        body = (
            f"    async for item in {render(arguments, 4, column=22, after=1 + spare)}:\n        print(item)"
            if method.stream
            else f"    answer = await {render(arguments, 4, column=19, after=spare)}"
        )
        return f"{self._imports.render()}\n\nasync with {client}(path) as client:\n{body}"

    def _arguments(self, method: Method, params: dict[str, Any]) -> list[Code]:
        """Required ones by position, which comes first in every signature; the others by name."""
        given = [param for param in method.params if param.name in params]
        return [self._argument(param, params[param.name]) for param in given]

    def _argument(self, param: Field, value: Any) -> Code:
        code = self._value(value, resolve_field(self._api, param))
        if param.required:
            return code
        name = f"{naming.param_name(param)}="
        return code.before(name) if isinstance(code, Brackets) else f"{name}{code}"

    def _value(self, value: Any, whole: Resolved) -> Code:
        if value is None:
            return "None"
        match whole.base:
            case ListOf(item):
                inner = resolve(self._api, item)
                return Brackets("[", [self._value(element, inner) for element in value], "]")
            case DictOf(item):
                inner = resolve(self._api, item)
                return Brackets("{", [self._pair(literal(key), value[key], inner) for key in value], "}")
            case Struct() as struct:
                return self._struct(value, struct)
            case Union() as union:
                variant = next(item.struct for item in union.variants if item.tag == value[union.tag])
                return self._struct(value, self._struct_named(variant))
            case _:
                return self._annotations.value(value, whole)

    def _pair(self, key: str, value: Any, whole: Resolved) -> Code:
        code = self._value(value, whole)
        return code.before(f"{key}: ") if isinstance(code, Brackets) else f"{key}: {code}"

    def _struct(self, value: dict[str, Any], struct: Struct) -> Code:
        fields = [field for field in struct.fields if field.name in value]
        return Brackets(f"{self._annotations.name(struct.name)}(", [self._field(field, value) for field in fields], ")")

    def _field(self, field: Field, value: dict[str, Any]) -> Code:
        code = self._value(value[field.name], resolve_field(self._api, field))
        name = f"{naming.field_name(field)}="
        return code.before(name) if isinstance(code, Brackets) else f"{name}{code}"

    def _struct_named(self, name: str) -> Struct:
        struct = self._api.type_by_name[name]
        if not isinstance(struct, Struct):
            raise TypeError(f"the variant {name!r} is no struct")
        return struct
