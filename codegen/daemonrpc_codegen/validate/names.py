"""Names in Python: that each is one, that none is taken, and that no two become the same."""

from collections.abc import Callable, Iterable

from daemonrpc_codegen import naming
from daemonrpc_codegen.include import SchemaFile
from daemonrpc_codegen.load import Node
from daemonrpc_codegen.model import Api, Enum, ErrorDef, Field, Method, Struct, TypeDef
from daemonrpc_codegen.python.defaults import named_defaults
from daemonrpc_codegen.report import Report

__all__ = ["check_names"]

_RENAME = "give one of them another name in Python with `name:`"


def check_names(api: Api, files: list[SchemaFile], report: Report) -> None:
    """Report every name that the generated code could not use."""
    top = files[0].top
    package = top.get("package")
    if package is not None and naming.is_reserved_package(api.package):
        report.at(package, f"the package '{api.package}' would hide another of that name", "choose another name")
    names = _PackageNames(report)
    if api.service:
        names.service(api.service, top["service"])
    for item in api.types:
        names.type(item)
    for error in api.errors:
        names.error(error)
    for method in api.methods:
        names.method(api, method)
    for method in api.methods:
        _check_fields(method.params, naming.param_name, report)
    for error in api.errors:
        _check_fields(error.data, naming.data_field_name, report)
    for item in api.types:
        if isinstance(item, Struct):
            _check_fields(item.fields, naming.field_name, report)
        if isinstance(item, Enum):
            _check_members(item, report)


class _Namespace:
    """Names that must differ from each other, and who has each."""

    def __init__(self, report: Report, hint: str) -> None:
        self._report = report
        self._hint = hint
        self._owners: dict[str, str] = {}

    def claim(self, name: str, owner: str, at: Node) -> bool:
        """Take a name for an owner; reports, and returns False, if somebody else has it."""
        other = self._owners.setdefault(name, owner)
        if other != owner:
            self._report.at_key(at, f"{owner} is '{name}' in Python, and so is {other}", self._hint)
        return other == owner


class _PackageNames:
    """The names that a package exports, and those of its strategies.

    What hangs on a name that clashes (the params of a method, the strategy of a type) clashes too; it is not reported
    again.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._exported = _Namespace(report, "the package exports both: rename one")
        self._strategies = _Namespace(report, "they differ only in the case of letters: rename one")
        self._clients = _Namespace(report, _RENAME)

    def service(self, service: str, at: Node) -> None:
        for name in naming.service_names(service):
            self._exported.claim(name, "the service", at)

    def type(self, item: TypeDef) -> None:
        if self._global(item.name, f"the type '{item.name}'", item.at):
            self._strategy(item.name, f"the type '{item.name}'", item.at)

    def error(self, error: ErrorDef) -> None:
        self._global(error.name, f"the error '{error.name}'", error.at)
        if error.data:
            self._struct(naming.data_name(error.name), f"the data of the error '{error.name}'", error.at)

    def method(self, api: Api, method: Method) -> None:
        if not self._client(method):
            return
        self._global(naming.constant_name(method), f"the constant of '{method.name}'", method.at)
        self._struct(naming.params_name(method), f"the struct of the params of '{method.name}'", method.at)
        if not _repeated(naming.param_name(param) for param in method.params):
            for param, name in named_defaults(api, method).items():
                self._exported.claim(name, f"the default of '{param}' of '{method.name}'", method.at["params"][param])

    def _client(self, method: Method) -> bool:
        name = naming.method_name(method)
        at = method.at.get("name") or method.at
        if name in naming.CHANNEL_ATTRIBUTES:
            hint = f"give it another one with `name:`, such as {_suggestion(method)}"
            self._report.at_key(at, f"the Python name '{name}' is taken: every client has it", hint)
            return False
        return _is_usable(name, at, self._report) and self._clients.claim(name, f"'{method.name}'", at)

    def _struct(self, name: str, owner: str, at: Node) -> None:
        if self._exported.claim(name, owner, at):
            self._strategy(name, owner, at)

    def _strategy(self, name: str, owner: str, at: Node) -> None:
        self._strategies.claim(naming.strategy_name(name), f"the strategy of {owner}", at)

    def _global(self, name: str, owner: str, at: Node) -> bool:
        if name not in naming.RESERVED_TYPES:
            return self._exported.claim(name, owner, at)
        self._report.at_key(at, f"the name '{name}' is taken by Python or by the runtime", "choose another name")
        return False


def _suggestion(method: Method) -> str:
    first = method.name.partition(".")[0].lower()
    name = naming.method_name(method)
    return f"{name}_{first}" if first != name else f"{name}_it"


def _repeated(names: Iterable[str]) -> bool:
    listed = list(names)
    return len(set(listed)) < len(listed)


def _check_fields(fields: Iterable[Field], rename: Callable[[Field], str], report: Report) -> None:
    names = _Namespace(report, _RENAME)
    for field in fields:
        name, at = rename(field), field.at.get("name") or field.at
        if _is_usable(name, at, report):
            names.claim(name, f"'{field.name}'", at)


def _check_members(enum: Enum, report: Report) -> None:
    names = _Namespace(report, _RENAME)
    for value in enum.values:
        name, at = naming.enum_member(value), value.at.get("name") or value.at
        if _is_usable(name, at, report, is_constant=True):
            names.claim(name, f"'{value.value}'", at)


def _is_usable(name: str, at: Node, report: Report, *, is_constant: bool = False) -> bool:
    if naming.is_python_name(name):
        return _has_right_case(name, at, report, is_constant=is_constant)
    wire = at.value if at.path[-1] == "name" else at.path[-1]
    hint = "give it a name in Python with `name:`"
    if "enum" in at.path[-2:]:
        hint += ", as in {name: THREE_D, doc: ...}"
    report.at_key(at, f"'{wire}' cannot become a name in Python", hint)
    return False


def _has_right_case(name: str, at: Node, report: Report, *, is_constant: bool) -> bool:
    """A name that is given: what starts with a capital would hide a type, or the type would hide it."""
    if at.path[-1] != "name" or name[0].isupper() == is_constant:
        return True
    if is_constant:
        report.at(at, f"the Python name '{name}' starts with a small letter", "an enum has UPPER_CASE")
    else:
        report.at(at, f"the Python name '{name}' starts with a capital letter", "write snake_case: types have capitals")
    return False
