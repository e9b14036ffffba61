"""Which way a type travels. Direction decides strictness: params are read strictly, everything else tolerantly.

A type that a method's params reach is *sent*; one that a result, a stream item or an error's data reaches is *received*
(both seen from the client). A type may be both.
"""

from collections.abc import Iterable

from daemonrpc_codegen.model import Alias, Api, Enum, Named, Struct, TypeDef, TypeRef, Union
from daemonrpc_codegen.resolve import names_in

__all__ = ["read_tolerantly", "received_by_clients", "sent_by_clients", "uses_of"]


def sent_by_clients(api: Api) -> set[str]:
    """Names of the declared types that params can hold, at any depth."""
    return _reach(api, (param.type for method in api.methods for param in method.params))


def received_by_clients(api: Api) -> set[str]:
    """Names of the declared types that answers, stream items and error data can hold, at any depth."""
    results = [method.result for method in api.methods]
    items = [method.stream.item for method in api.methods if method.stream]
    data = [field.type for error in api.errors for field in error.data]
    return _reach(api, [*results, *items, *data])


def read_tolerantly(api: Api) -> set[str]:
    """Names of the types that clients receive, and of those that no message holds yet, with all that these hold."""
    received = received_by_clients(api)
    unused = set(api.type_by_name) - sent_by_clients(api) - received
    return received | _reach(api, (Named(name) for name in unused))


def uses_of(item: TypeDef) -> Iterable[str]:
    """The declared types that a declaration mentions, in its own order, with repetitions."""
    match item:
        case Struct(fields=fields):
            return [name for field in fields for name in names_in(field.type)]
        case Alias(type=ref):
            return names_in(ref)
        case Union(variants=variants):
            return [variant.struct for variant in variants]
        case Enum():
            return ()


def _reach(api: Api, refs: Iterable[TypeRef]) -> set[str]:
    reached: set[str] = set()
    ahead = [name for ref in refs for name in names_in(ref)]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead.extend(uses_of(api.type_by_name[name]))
    return reached
