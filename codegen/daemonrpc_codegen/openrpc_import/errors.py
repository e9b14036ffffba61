"""Errors: those of the components, and those that methods describe in place."""

from typing import Any

from daemonrpc_codegen import naming
from daemonrpc_codegen.openrpc_import.docs import doc_of, history_of, one_line
from daemonrpc_codegen.openrpc_import.fields import field_trees
from daemonrpc_codegen.openrpc_import.findings import below
from daemonrpc_codegen.openrpc_import.jsondata import Json, is_list, is_object, object_in
from daemonrpc_codegen.openrpc_import.names import TypeNames, pascal
from daemonrpc_codegen.openrpc_import.typer import Typer

__all__ = ["Errors"]

_ERRORS = "#/components/errors/"
_LONGEST = 40


class Errors:
    """Declares errors, one for each code; `declared` holds their trees by name."""

    def __init__(self, types: Typer, names: TypeNames) -> None:
        self.declared: dict[str, Json] = {}
        self._types = types
        self._names = names
        self._by_code: dict[int, str] = {}
        for key, error in types.document.components("errors").items():
            self._declare(error, below(_ERRORS.rstrip("/"), key), key)

    def of_method(self, listed: Any, at: str) -> list[str]:
        """The names of the errors that a method lists."""
        names: dict[str, None] = {}
        for number, item in enumerate(listed if is_list(listed) else []):
            error, pointer = self._types.document.followed(item, below(at, number))
            name = self._declare(error, pointer, "")
            if name:
                names[name] = None
        return list(names)

    def _declare(self, error: Any, at: str, wish: str) -> str:
        if not is_object(error) or not isinstance(error.get("code"), int):
            self._types.findings.lost(at, "it is no error with a code", "left out")
            return ""
        code, message = int(error["code"]), one_line(error.get("message"))
        if code in self._by_code:
            self._tell_of_another(self._by_code[code], message, at)
            return self._by_code[code]
        if _is_reserved(code):
            self._tell_of_reserved(code, at)
            return ""
        name = self._names.fresh(wish or pascal(message)[:_LONGEST] or f"Error{abs(code)}")
        self._by_code[code] = name
        self.declared[name] = self._tree(error, code, at, name)
        return name

    def _tree(self, error: Json, code: int, at: str, name: str) -> Json:
        history = object_in(object_in(self._types.document.data, "x-errors"), name)
        doc = doc_of({"description": error.get("message")}, at, self._types.findings)
        tree: Json = {"code": code, **history_of(history, at, self._types.findings), "doc": doc}
        data, pointer = self._types.document.followed(error.get("data"), below(at, "data"))
        if data is None:
            return tree
        if is_object(data) and is_object(data.get("properties")):
            fields = field_trees(self._types, data, pointer, name, naming.data_field_name)
            return tree | ({"data": fields} if fields else {})
        problem = "the data is an example, or no object with members"
        self._types.findings.lost(pointer, problem, "left out: describe it by fields under `data`")
        return tree

    def _tell_of_another(self, name: str, message: str, at: str) -> None:
        known = self.declared[name]["doc"]
        if message and message != known:
            self._types.findings.note(
                at, f"its code is that of '{name}' ({known})", f"taken for that, without '{message}'"
            )

    def _tell_of_reserved(self, code: int, at: str) -> None:
        if -32768 <= code <= -32600:
            self._types.findings.note(at, f"the runtime answers {code} by itself", "left out")
        else:
            self._types.findings.lost(at, f"the code {code} is the runtime's", "left out: choose another code")


def _is_reserved(code: int) -> bool:
    return -32099 <= code <= -32090 or code == -32800 or -32768 <= code <= -32100 or not -(2**31) <= code < 2**31
