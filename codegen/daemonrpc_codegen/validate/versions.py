"""`since`: nothing comes from a version that is yet to come."""

from collections.abc import Iterator

from daemonrpc_codegen.load import Node
from daemonrpc_codegen.model import Api, Enum, Struct
from daemonrpc_codegen.report import Report

__all__ = ["check_versions"]


def check_versions(api: Api, report: Report) -> None:
    """Report every `since` that is newer than the version of the schema."""
    if not api.version:
        return
    for node in _declarations(api):
        since = node.get("since")
        if since is not None and _numbers(str(since.value)) > _numbers(api.version):
            message = f"since {since.value} is newer than the version {api.version} of the schema"
            report.at(since, message, f"raise the version to {since.value}, or correct it")


def _declarations(api: Api) -> Iterator[Node]:
    for item in (*api.types, *api.errors, *api.methods):
        yield item.at
    for method in api.methods:
        yield from (param.at for param in method.params)
    for error in api.errors:
        yield from (field.at for field in error.data)
    for item in api.types:
        if isinstance(item, Struct):
            yield from (field.at for field in item.fields)
        if isinstance(item, Enum):
            yield from (value.at for value in item.values)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]
