"""Methods: streams, keys, and settings that go together."""

from daemonrpc_codegen.errors import did_you_mean
from daemonrpc_codegen.load import Node
from daemonrpc_codegen.model import Api, Method, Scalar, ScalarName, StreamDef, Struct, Union
from daemonrpc_codegen.report import Report
from daemonrpc_codegen.resolve import resolve, resolve_field

__all__ = ["check_methods"]


def check_methods(api: Api, report: Report) -> None:
    """Report what is wrong with the methods beside their params."""
    for method in api.methods:
        _check_reserved(method.at, method.name, report)
        _check_key(api, method, report)
        _check_error_list(method, report)
        if method.stream:
            _check_stream(api, method, method.stream, report)
        else:
            _check_no_stream(method, report)


def _check_reserved(at: Node, name: str, report: Report) -> None:
    if name.startswith("rpc."):
        report.at_key(at, f"'{name}': names that start with 'rpc.' are reserved (JSON-RPC 2.0, section 4.3)")


def _check_error_list(method: Method, report: Report) -> None:
    seen: set[str] = set()
    for node in method.at.elements("errors"):
        if node.value in seen:
            report.at(node, f"'{node.value}' is listed twice")
        seen.add(str(node.value))


def _check_key(api: Api, method: Method, report: Report) -> None:
    given = method.at.get("key")
    if method.safety != "keyed":
        if given is not None:
            report.at_key(
                given, f"'key' means nothing with safety '{method.safety}'", "write `safety: keyed`, or remove it"
            )
        return
    if report.has_been_said((*method.at.path, "key")):
        return
    param = next((param for param in method.params if param.name == method.key), None)
    if param is None:
        names = [param.name for param in method.params]
        hint = did_you_mean(method.key, names) or f"add a param '{method.key}', or name one with `key:`"
        report.at(given or method.at["safety"], f"the key '{method.key}' is no param of the method", hint)
    elif resolve_field(api, param).base != Scalar(ScalarName.STR):
        report.at(param.at, f"the key '{method.key}' must be text: it is compared", "use the type str")


def _check_no_stream(method: Method, report: Report) -> None:
    for key in ("item", "notification", "slow_consumer"):
        node = method.at.get(key)
        if node is not None:
            report.at_key(node, f"'{key}' belongs to a stream", "add `stream: true`, or remove it")


def _check_stream(api: Api, method: Method, stream: StreamDef, report: Report) -> None:
    at = method.at
    for key, what in (("item", "the type of its items"), ("notification", "the method name that carries an item")):
        if at.get(key) is None and not report.has_been_said((*at.path, key)):
            report.at_key(at["stream"], f"a stream needs '{key}'", f"{key}: {what}")
    notification, handler, detached = at.get("notification"), at.get("handler"), at.get("detached")
    if notification is not None:
        _check_reserved(notification, str(notification.value), report)
    if handler is not None:
        report.at_key(handler, "the handler of a stream is always an async generator", "remove `handler`")
    if detached is not None and detached.value:
        report.at_key(detached, "a stream ends with its connection", "remove `detached`")
    _check_result(api, method, stream, report)


def _check_result(api: Api, method: Method, stream: StreamDef, report: Report) -> None:
    node, result = method.at.get("result"), resolve(api, method.result)
    is_unknown = result.base == Scalar(ScalarName.ANY) and node is not None and node.value != ScalarName.ANY
    if node is None or method.at.get("item") is None or is_unknown:
        return
    if not isinstance(result.base, Struct) or result.nullable:
        report.at(node, "the result of a stream must be a struct, which tells it from an item", "it may have no fields")
        return
    item = resolve(api, stream.item).base
    items = {variant.struct for variant in item.variants} if isinstance(item, Union) else {getattr(item, "name", "")}
    if result.base.name in items:
        message = f"'{result.base.name}' is both an item and the result of the stream"
        report.at(node, message, "give the end of the stream a struct of its own")
