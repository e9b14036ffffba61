"""Names that only Python knows: of the service, the package and the types."""

from daemonrpc_codegen.breaking.context import Context
from daemonrpc_codegen.breaking.finding import Spot
from daemonrpc_codegen.load import Node

__all__ = ["compare_names"]


def compare_names(context: Context) -> None:
    """Changes of names that generated code exports. To be called when everything else has been compared."""
    top = context.new.at
    for key in ("service", "package"):
        before, after = getattr(context.old, key), getattr(context.new, key)
        if before != after:
            spot = Spot((key,), top.get(key) or top, (key,))
            context.changes.add("python-name-changed", spot, f"the {key} was '{before}' and is '{after}'")
    for item in context.old.types:
        if item.name not in context.new.type_by_name:
            _type_gone(context, item.name, top)
    for before, after in sorted(context.met):
        if before != after and before in context.new.type_by_name:
            spot = Spot(("types", after), context.new.type_by_name[after].at, (f"type '{after}'",))
            context.changes.add("python-type-changed", spot, f"it stands where '{before}' stood")


def _type_gone(context: Context, name: str, top: Node) -> None:
    if context.history.was_announced(f"types/{name}"):
        return
    successor = context.pairs.get(name, "")
    if successor and successor not in context.old.type_by_name:
        at = context.new.type_by_name[successor].at
        spot = Spot(("types", successor), at, (f"type '{successor}'",))
        context.changes.add("type-renamed", spot, f"'{name}' is called '{successor}' now")
    else:
        spot = Spot(("types", name), top, (f"type '{name}'",))
        context.changes.add("type-removed", spot, f"the type '{name}' is gone")
