"""Wire name -> Python name. The only place that changes a name.

The rules: words are split at every character that is no letter or digit and where the case says so (`jobId`); a field
is snake_case, an enum value UPPER_SNAKE, a params struct PascalCase. What Python or the generated code needs for itself
gets the suffix `_`. Two names that become the same are an error (`validate/names.py`), never numbered.
"""

import builtins
import keyword
import re
import sys
from collections.abc import Collection
from typing import Final

from daemonrpc_codegen.model import EnumValue, Field, Method

__all__ = [
    "CHANNEL_ATTRIBUTES",
    "RESERVED_TYPES",
    "constant_name",
    "data_field_name",
    "data_name",
    "default_name",
    "enum_member",
    "field_name",
    "invalid_name",
    "is_python_name",
    "is_reserved_package",
    "method_name",
    "param_name",
    "params_name",
    "service_names",
    "strategy_name",
]

CHANNEL_ATTRIBUTES: Final = frozenset(
    {"call", "close", "connect", "is_daemon_running", "socket_path", "statistics", "stream", "timeout"}
)
"""What a client has without being generated: a method cannot take these names."""

_ANNOTATIONS: Final = frozenset({"bool", "bytes", "datetime", "dict", "field", "float", "int", "list", "str"})
"""Lower-case names that generated classes use inside their bodies: an attribute of that name would hide them."""

_DECORATORS: Final = frozenset({"deprecated"})
"""Names that generated clients use between their methods."""

_SIGNATURE: Final = frozenset({"self", "timeout"})
"""Arguments that every generated client method has."""

_RUNTIME_TYPES: Final = frozenset(
    {
        *("Annotated", "Any", "AsyncIterator", "Protocol", "StrEnum", "TYPE_CHECKING", "UTC", "UUID"),
        *("Callable", "ITEMS", "RESULTS", "SERVICE", "SearchStrategy", "ServiceValues", "Struct", "UNSET", "UnsetType"),
        *(
            "Channel",
            "Constraint",
            "Context",
            "DaemonServer",
            "Method",
            "OpenEnum",
            "Peer",
            "Redacted",
            "RequestHandler",
        ),
        *("ServiceInfo", "Stream", "StreamMethod", "SyncChannel", "SyncStream", "Unknown"),
        *("ApplicationError", "BusyError", "CallCancelledError", "CallTimeoutError", "ConnectionLostError"),
        *("DaemonError", "DaemonNotRunningError", "DeadlineExceededError", "InternalError", "InvalidParamsError"),
        *("InvalidRequestError", "LocalProtocolError", "MessageTooLargeError", "MethodNotFoundError"),
        *("NotAllowedError", "ParseError", "ProtocolError", "RemoteProtocolError", "RpcError", "ShuttingDownError"),
        *("StreamLaggedError",),
    }
)

RESERVED_TYPES: Final = _RUNTIME_TYPES | frozenset(name for name in dir(builtins) if name[0].isupper())
"""Names that a type or an error cannot take: generated modules import them, or they are Python's own."""

_PACKAGES: Final = frozenset({"daemonrpc", "daemonrpc_codegen", "hypothesis", "msgspec"})

_WORD: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+[0-9]*")
_LOWER_NAME: Final = re.compile(r"[a-z][a-z0-9_]*\Z")


def method_name(method: Method) -> str:
    """Name of a method of the client and of the service: `job.submit` -> `job_submit`."""
    return _free(method.python_name or _snake(method.name), _ANNOTATIONS | _DECORATORS)


def params_name(method: Method) -> str:
    """Name of the struct of a method's params: `submit_job` -> `SubmitJobParams`."""
    return "".join(word.capitalize() for word in _words(method_name(method))) + "Params"


def constant_name(method: Method) -> str:
    """Name of a method's descriptor: `job.submit` -> `JOB_SUBMIT`."""
    return _free("_".join(word.upper() for word in _words(method.name)), RESERVED_TYPES)


def data_field_name(field: Field) -> str:
    """Name of a field of an error's data: as for a field, but the constructor of the error has a `message`."""
    return _free(field.python_name or _snake(field.name), _ANNOTATIONS | {"self", "super", "message"})


def default_name(method: Method, param: Field) -> str:
    """Name of the constant that holds the default of a param: `JOB_CANCEL_GRACE_SECONDS_DEFAULT`."""
    return f"{constant_name(method)}_{param_name(param).upper()}_DEFAULT"


def data_name(error: str) -> str:
    """Name of the struct of an error's data: `JobNotFound` -> `JobNotFoundData`."""
    return f"{error}Data"


def field_name(field: Field) -> str:
    """Name of a field of a struct: `jobId` -> `job_id`, `from` -> `from_`."""
    return _free(field.python_name or _snake(field.name), _ANNOTATIONS)


def param_name(field: Field) -> str:
    """Name of a param: as for a field, but `self` and `timeout` are taken."""
    return _free(field.python_name or _snake(field.name), _ANNOTATIONS | _SIGNATURE)


def enum_member(value: EnumValue) -> str:
    """Name of a member of an enum: `in-progress` -> `IN_PROGRESS`."""
    return value.python_name or "_".join(word.upper() for word in _words(value.value))


def strategy_name(type_name: str) -> str:
    """Name of the function that makes test values of a type: `JobState` -> `job_state`."""
    return _free(_snake(type_name), _ANNOTATIONS | {"cache", "st"})


def invalid_name(type_name: str, taken: Collection[str]) -> str:
    """Name of the function that makes values which are none of a type; `taken` are the names of the strategies."""
    name = f"invalid_{_snake(type_name)}"
    return f"{name}_" if name in taken else name


def service_names(service: str) -> tuple[str, ...]:
    """Names of the package that come from the service itself: the clients and the interface."""
    return f"{service}Client", f"{service}ClientSync", f"{service}Service"


def is_python_name(name: str) -> bool:
    """Whether the result of a renaming can be used: what has no letters, or starts with a digit, cannot."""
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")


def is_reserved_package(name: str) -> bool:
    """Whether a package of that name would hide one that generated code or Python itself needs."""
    return name in _PACKAGES or name in sys.stdlib_module_names or keyword.iskeyword(name)


def _free(name: str, taken: frozenset[str]) -> str:
    return f"{name}_" if keyword.iskeyword(name) or name in taken else name


def _snake(name: str) -> str:
    return name if _LOWER_NAME.match(name) else "_".join(word.lower() for word in _words(name))


def _words(name: str) -> list[str]:
    return _WORD.findall(name) if name.isascii() else []
