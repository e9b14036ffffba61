"""`since`, `widened`, `oldest_peer`: nothing comes from a version that is yet to come."""

from collections.abc import Iterator

from daemonrpc_codegen.load import Node
from daemonrpc_codegen.model import Alias, Api, Enum, Struct, Tombstone
from daemonrpc_codegen.report import Report

__all__ = ["check_versions"]

_KEYS = ("since", "widened", "oldest_peer")


def check_versions(api: Api, top: Node, report: Report) -> None:
    """Report every version that is newer than that of the schema."""
    if not api.version:
        return
    compatibility = top.get("compatibility")
    for node in (*_declarations(api), *([compatibility] if compatibility else [])):
        for key in _KEYS:
            version = node.get(key)
            if version is not None and _numbers(str(version.value)) > _numbers(api.version):
                message = f"{key} {version.value} is newer than the version {api.version} of the schema"
                report.at(version, message, f"raise the version to {version.value}, or correct it")


def _declarations(api: Api) -> Iterator[Node]:
    for item in (*api.types, *api.errors, *api.methods):
        yield item.at
        yield from () if isinstance(item, Alias) else _nodes(item.removed)
    for method in api.methods:
        yield from (param.at for param in method.params)
    for error in api.errors:
        yield from (field.at for field in error.data)
    for item in api.types:
        if isinstance(item, Struct):
            yield from (field.at for field in item.fields)
        if isinstance(item, Enum):
            yield from (value.at for value in item.values)
    yield from (item.at for item in api.compatibility.accepted)
    for tombstones in (api.removed.methods, api.removed.errors, api.removed.notifications):
        yield from _nodes(tombstones)


def _nodes(tombstones: tuple[Tombstone, ...]) -> Iterator[Node]:
    return (item.at for item in tombstones)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]
