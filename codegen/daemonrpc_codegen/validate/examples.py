"""Examples of methods: what they show must be what the types say."""

from daemonrpc_codegen.model import Api, Example, Method
from daemonrpc_codegen.report import Report
from daemonrpc_codegen.validate.values import check_members, check_value

__all__ = ["check_examples"]


def check_examples(api: Api, report: Report) -> None:
    """Report where an example is wrong."""
    for method in api.methods:
        for example in method.examples:
            _check_example(api, method, example, report)


def _check_example(api: Api, method: Method, example: Example, report: Report) -> None:
    at = example.at
    owner = f"the params of '{method.name}'"
    params, result, items = at.get("params"), at.get("result"), at.get("items")
    if params is not None:
        check_members(api, method.params, params, owner, report)
    else:
        _check_no_params(method, example, report)
    if result is not None:
        check_value(api, method.result, result, report)
    if items is not None and method.stream is None:
        report.at_key(items, "only a stream has items")
    if method.stream:
        for item in at.elements("items"):
            check_value(api, method.stream.item, item, report)


def _check_no_params(method: Method, example: Example, report: Report) -> None:
    missing = [f"'{param.name}'" for param in method.params if param.required]
    if missing:
        report.at(example.at, f"the example has no params, but {', '.join(missing)} must be given")
