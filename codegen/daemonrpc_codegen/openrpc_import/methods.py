"""Methods: params by name, result, errors, examples, and what our own documents say in `x-` members."""

import re
from typing import Any, Final

from daemonrpc_codegen import naming
from daemonrpc_codegen.openrpc_import.docs import doc_of, history_of, one_line, sentences
from daemonrpc_codegen.openrpc_import.errors import Errors
from daemonrpc_codegen.openrpc_import.examples import example_trees
from daemonrpc_codegen.openrpc_import.fields import field_tree
from daemonrpc_codegen.openrpc_import.findings import below
from daemonrpc_codegen.openrpc_import.jsondata import Json, is_list, is_object, list_in, object_in
from daemonrpc_codegen.openrpc_import.names import constant_of, member_names, method_name, pascal
from daemonrpc_codegen.openrpc_import.typer import Typer

__all__ = ["Methods"]

_NAME: Final = re.compile(r"[A-Za-z$][A-Za-z0-9_./-]{0,199}")
_READ: Final = frozenset(
    ("name", "summary", "description", "params", "result", "errors", "examples", "deprecated", "paramStructure")
) | frozenset(("x-safety", "x-key", "x-access", "x-admission", "x-detached", "x-since", "x-deprecated", "x-stream"))
_OWN: Final = frozenset(("x-name", "x-handler"))
_USUAL: Final = {"x-safety": "unsafe", "x-access": "any", "x-admission": "slots", "x-key": "request_id"}


class Methods:
    """Declares methods; `declared` holds their trees by name."""

    def __init__(self, types: Typer, errors: Errors) -> None:
        self.declared: dict[str, Json] = {}
        self._types = types
        self._errors = errors
        self._findings = types.findings
        self._taken: set[str] = set()
        self.example_pointers: dict[str, list[str]] = {}
        """By method, where its examples stand in the document."""
        for number, item in enumerate(types.document.data["methods"]):
            method, at = types.document.followed(item, below("", "methods", number))
            if self._can_be_named(method, at):
                self.declared[method["name"]] = self._method(method, at)

    def _can_be_named(self, method: Any, at: str) -> bool:
        name: Any = method.get("name") if is_object(method) else None
        if not isinstance(name, str):
            self._findings.lost(at, "it is no method with a name", "left out")
        elif name.startswith("rpc."):
            self._findings.note(at, f"'{name}': names that start with 'rpc.' are the runtime's", "left out")
        elif not _NAME.fullmatch(name):
            self._findings.lost(at, f"'{name}' is no name for a method here", "left out: give it another name")
        elif name in self.declared:
            self._findings.lost(at, f"'{name}' is there already", "left out")
        elif constant_of(name) in map(constant_of, self.declared):
            self._findings.lost(at, f"'{name}' differs from another method only in its signs", "left out")
        else:
            return True
        return False

    def _method(self, method: Json, at: str) -> Json:
        name = str(method["name"])
        hint = pascal(name)
        params = self._params(method, at, hint)
        errors = self._errors.of_method(method.get("errors"), below(at, "errors"))
        result, answer = self._result(method, at, hint)
        found = example_trees(
            self._types.document, method.get("examples"), list(params), below(at, "examples"), self._findings
        )
        examples, self.example_pointers[name] = [tree for tree, _ in found], [pointer for _, pointer in found]
        self._report_rest(method, at)
        return {
            **self._python_name(method, name),
            "doc": sentences(doc_of(method, at, self._findings), answer),
            **self._stream(method, at, hint),
            **({"params": params} if params else {}),
            "result": result,
            **({"errors": errors} if errors else {}),
            **_settings(method),
            **history_of(method, at, self._findings),
            **({"examples": examples} if examples else {}),
        }

    def _python_name(self, method: Json, name: str) -> Json:
        if "x-name" in method:
            self._taken.add(str(method["x-name"]))
            return {"name": method["x-name"]}
        other = method_name(name, self._taken)
        return {"name": other} if other else {}

    def _params(self, method: Json, at: str, hint: str) -> Json:
        listed = list_in(method, "params")
        found = [self._types.document.followed(item, below(at, "params", number)) for number, item in enumerate(listed)]
        named = [(param, pointer) for param, pointer in found if is_object(param) and "name" in param]
        if len(named) < len(listed):
            self._findings.lost(below(at, "params"), "a param has no name, or its reference leads nowhere", "left out")
        others = member_names((param["name"] for param, _ in named if "x-name" not in param), naming.param_name)
        trees = {
            param["name"]: self._param(param, pointer, hint)
            | ({"name": others[param["name"]]} if param["name"] in others else {})
            for param, pointer in named
        }
        return self._required_first(trees, method, below(at, "params"))

    def _param(self, param: Json, at: str, hint: str) -> Json:
        for key in set(param) - {"name", "schema", "required", "summary", "description", "deprecated"}:
            if key not in ("x-since", "x-widened", "x-deprecated", "x-name", "x-sensitive", "x-constraints", "x-type"):
                self._findings.note(below(at, key), f"'{key}' has no place in a schema file", "left out")
        notes = {key: value for key, value in param.items() if key not in ("name", "schema", "required")}
        required = bool(param.get("required"))
        schema = param.get("schema", True)
        tree = field_tree(
            self._types, schema, below(at, "schema"), hint + pascal(str(param["name"])), required=required, notes=notes
        )
        if isinstance(tree.get("default"), list | dict):
            problem = "a param has no list or object as its default"
            self._findings.lost(below(at, "schema", "default"), problem, "written as optional")
            del tree["default"]
            tree["optional"] = True
        return tree

    def _required_first(self, trees: Json, method: Json, at: str) -> Json:
        ordered = sorted(trees, key=lambda name: "default" in trees[name] or "optional" in trees[name])
        if ordered != list(trees):
            problem = "a required param comes after one that may be left out"
            is_by_name = method.get("paramStructure") == "by-name"
            (self._findings.note if is_by_name else self._findings.lost)(at, problem, f"in order: {', '.join(ordered)}")
        if method.get("paramStructure") == "by-position" and trees:
            self._findings.note(at, "params are by position only", "both ways: a generated client sends them by name")
        return {name: trees[name] for name in ordered}

    def _result(self, method: Json, at: str, hint: str) -> tuple[str, str]:
        """The type of the result, and what the document says about it if the type does not say that itself."""
        result, pointer = self._types.document.followed(method.get("result"), below(at, "result"))
        if not is_object(result):
            self._findings.lost(at, "a method without result is a notification", "written as one that answers any")
            return "any", ""
        for key in set(result) - {"name", "schema", "required", "summary", "description"}:
            self._findings.note(below(pointer, key), f"'{key}' has no place in a schema file", "left out")
        type_text = self._types.inner(result.get("schema", True), below(pointer, "schema"), f"{hint}Result")
        said = one_line(result.get("description")) or one_line(result.get("summary"))
        return type_text, f"Answers: {said}" if said else ""

    def _stream(self, method: Json, at: str, hint: str) -> Json:
        stream = object_in(method, "x-stream")
        if not stream:
            return {}
        item = self._types.inner(stream.get("item", True), below(at, "x-stream", "item"), f"{hint}Item")
        slow = stream.get("slowConsumer", "block")
        tree: Json = {"stream": True, "item": item, "notification": stream.get("notification", method["name"])}
        return tree | ({"slow_consumer": slow} if slow != "block" else {})

    def _report_rest(self, method: Json, at: str) -> None:
        for key in ("params", "errors", "examples"):
            if key in method and not is_list(method[key]):
                self._findings.lost(below(at, key), "it is no array", "left out")
        if "x-stream" in method and not object_in(method, "x-stream"):
            self._findings.lost(below(at, "x-stream"), "it does not say what a stream is", "left out")
        for key in method:
            if key not in _READ and key not in _OWN:
                self._findings.note(below(at, key), f"'{key}' has no place in a schema file", "left out")


def _settings(method: Json) -> Json:
    """What holds for a method and is not as usual."""
    settings = {key.removeprefix("x-"): method[key] for key, usual in _USUAL.items() if method.get(key, usual) != usual}
    settings |= {"detached": True} if method.get("x-detached") else {}
    return settings | ({"handler": method["x-handler"]} if "x-handler" in method else {})
