"""Who uses a type or an error: the methods, types and errors that mention it."""

from collections.abc import Iterator

from daemonrpc_codegen.direction import uses_of
from daemonrpc_codegen.model import Api, Method
from daemonrpc_codegen.resolve import names_in
from daemonrpc_codegen.site.links import Links
from daemonrpc_codegen.site.view import Piece

__all__ = ["used_by"]


def used_by(api: Api, links: Links) -> dict[str, list[Piece]]:
    """By name of a type or an error, links to all that mention it, each once."""
    found: dict[str, list[Piece]] = {}
    for name, user in _uses(api, links):
        known = found.setdefault(name, [])
        if user not in known:
            known.append(user)
    return found


def _uses(api: Api, links: Links) -> Iterator[tuple[str, Piece]]:
    for method in api.methods:
        for name in _mentioned(method):
            yield name, links.method(method.name)
    for item in api.types:
        for name in uses_of(item):
            yield name, links.named(item.name)
    for error in api.errors:
        for field in error.data:
            for name in names_in(field.type):
                yield name, links.named(error.name)


def _mentioned(method: Method) -> Iterator[str]:
    for param in method.params:
        yield from names_in(param.type)
    yield from names_in(method.result)
    if method.stream:
        yield from names_in(method.stream.item)
    yield from method.errors
