"""Methods: what travels, and what a caller may rely on."""

from typing import Final

from daemonrpc_codegen import naming
from daemonrpc_codegen.breaking.context import Context, Use
from daemonrpc_codegen.breaking.fields import Members, compare_members
from daemonrpc_codegen.breaking.finding import Spot
from daemonrpc_codegen.breaking.values import compare_uses
from daemonrpc_codegen.jsonschema import Direction
from daemonrpc_codegen.load import Node
from daemonrpc_codegen.model import Method, StreamDef

__all__ = ["compare_methods"]

_REPEATABLE: Final = {"unsafe": 0, "keyed": 1, "idempotent": 2, "safe": 2}
_ACCESS: Final = {"owner": 0, "group": 1, "any": 2}


def compare_methods(context: Context) -> None:
    """All changes of methods."""
    top = context.new.at  # stands for the service, out of which a method was taken
    old = {method.name: method for method in context.old.methods}
    new = {method.name: method for method in context.new.methods}
    service = Spot((), top, ())
    removed = Spot(("removed", "methods"), top, ())
    context.keep_tombstones(context.old.removed.methods, context.new.removed.methods, new, removed)
    notifications = [method.stream.notification for method in new.values() if method.stream]
    kept = (context.old.removed.notifications, context.new.removed.notifications)
    context.keep_tombstones(*kept, notifications, Spot(("removed", "notifications"), top, ()))
    renamed = _renamed(context, old, new)
    for name, method in old.items():
        if name not in new and name not in renamed:
            _removed(context, method, _spot_of(method, service, top))
    for name, method in new.items():
        spot = _spot_of(method, service, method.at)
        if name in old:
            _compare(context, old[name], method, spot)
        elif name not in renamed.values():
            context.changes.add("method-added", spot, f"the method '{name}' is new")
            context.need_since(method.since, spot, f"the method '{name}'")


def _renamed(context: Context, old: dict[str, Method], new: dict[str, Method]) -> dict[str, str]:
    """What went without an announcement while something just like it came, under a new name."""
    added = {name: method for name, method in new.items() if name not in old}
    pairs: dict[str, str] = {}
    for name, method in old.items():
        if name in new or context.is_retired(f"methods/{name}", name, context.new.removed.methods):
            continue
        twin = next(
            (item for item in added.values() if _is_like(method, item) and item.name not in pairs.values()), None
        )
        if twin is not None:
            pairs[name] = twin.name
            spot = Spot(("methods", twin.name), twin.at, (f"in method '{twin.name}'",))
            message = f"the method '{name}' is gone, and '{twin.name}' is new and like it"
            context.changes.add("method-renamed", spot, message)
    return pairs


def _is_like(left: Method, right: Method) -> bool:
    def shape(method: Method) -> object:
        params = [(param.name, param.type, param.constraints, param.required) for param in method.params]
        return params, method.result, method.stream and method.stream.item

    return left.doc == right.doc or (bool(left.params) and shape(left) == shape(right))


def _spot_of(method: Method, service: Spot, at: Node) -> Spot:
    return service.child("methods", method.name, at=at, step=f"in method '{method.name}'")


def _removed(context: Context, method: Method, spot: Spot) -> None:
    what, element = f"the method '{method.name}'", f"methods/{method.name}"
    if context.is_retired(element, method.name, context.new.removed.methods):
        context.changes.add("method-retired", spot, f"{what} is gone, as announced")
        return
    count, wanted = context.history.deprecations[element], context.history.wanted
    announced = f" (deprecated in {count} of {wanted} releases)" if 0 < count < wanted else ""
    untombed = " (announced, but without a tombstone)" if count >= wanted else ""
    context.changes.add("method-removed", spot, f"{what} is gone{announced}{untombed}")


def _compare(context: Context, old: Method, new: Method, spot: Spot) -> None:
    _compare_promises(context, old, new, spot)
    _compare_python(context, old, new, spot)
    _compare_params(context, old, new, spot)
    result = spot.child("result", at=new.at.get("result") or new.at, step="in the result")
    compare_uses(context, Use(old.result), Use(new.result), result, Direction.RECEIVED)
    _compare_streams(context, old.stream, new.stream, new.at, spot)
    _compare_errors(context, old, new, spot)


def _compare_params(context: Context, old: Method, new: Method, spot: Spot) -> None:
    element = f"methods/{old.name}"
    before = Members(element, "params", old.params, old.removed, naming.param_name)
    after = Members(element, "params", new.params, new.removed, naming.param_name)
    compare_members(context, before, after, spot, Direction.SENT, compare_uses)
    names = [param.name for param in new.params]
    moved = [param.name for at, param in enumerate(old.params) if param.name in names and names.index(param.name) != at]
    if moved:
        here = spot.child("params", at=new.at.get("params") or new.at, step="params")
        listed = ", ".join(f"'{name}'" for name in moved)
        context.changes.add("params-reordered", here, f"other places for {listed}: {', '.join(names)}")


def _compare_streams(context: Context, old: StreamDef | None, new: StreamDef | None, at: Node, spot: Spot) -> None:
    if old is None and new is None:
        return
    if old is None or new is None:
        state = "it answers once" if new is None else "it is a stream"
        context.changes.add("method-stream-changed", spot, f"{state} now")
        return
    item = spot.child("item", at=at.get("item") or at, step="in an item")
    compare_uses(context, Use(old.item), Use(new.item), item, Direction.RECEIVED)
    if old.notification != new.notification:
        here = spot.child("notification", at=at.get("notification") or at, step="notification")
        message = f"items came in '{old.notification}' and come in '{new.notification}' now"
        context.changes.add("notification-renamed", here, message)
    if old.slow_consumer != new.slow_consumer:
        here = spot.child("slow_consumer", at=at.get("slow_consumer") or at, step="slow_consumer")
        message = f"it was {old.slow_consumer} and is {new.slow_consumer}"
        context.changes.add("slow-consumer-changed", here, message)


def _compare_errors(context: Context, old: Method, new: Method, spot: Spot) -> None:
    before = {context.old.error_by_name[name].code: name for name in old.errors}
    after = {context.new.error_by_name[name].code: name for name in new.errors}
    nodes = {str(node.value): node for node in new.at.elements("errors")}
    for code, name in after.items():
        if code not in before:
            here = spot.child("errors", name, at=nodes.get(name, new.at), step=f"error '{name}'")
            context.changes.add("error-added", here, f"it may answer with '{name}' ({code}) now")
    for code, name in before.items():
        if code not in after:
            here = spot.child("errors", name, at=new.at, step=f"error '{name}'")
            context.changes.add("error-dropped", here, f"it no longer answers with '{name}' ({code})")


def _compare_promises(context: Context, old: Method, new: Method, spot: Spot) -> None:
    def changed(key: str, weaker: str, stronger: str, before: int, after: int) -> None:
        if before != after:
            here = spot.child(key, at=new.at.get(key) or new.at, step=key)
            message = f"it was {_words(getattr(old, key))} and is {_words(getattr(new, key))}"
            context.changes.add(weaker if after < before else stronger, here, message)

    changed("safety", "safety-weakened", "safety-strengthened", _REPEATABLE[old.safety], _REPEATABLE[new.safety])
    changed("access", "access-narrowed", "access-widened", _ACCESS[old.access], _ACCESS[new.access])
    always = old.admission == "always", new.admission == "always"
    changed("admission", "admission-narrowed", "admission-widened", always[0], always[1])
    changed("detached", "detached-changed", "detached-changed", old.detached, new.detached)
    if old.key and new.key and old.key != new.key:
        here = spot.child("key", at=new.at.get("key") or new.at, step="key")
        context.changes.add("key-changed", here, f"it was '{old.key}' and is '{new.key}'")


def _words(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _compare_python(context: Context, old: Method, new: Method, spot: Spot) -> None:
    before, after = naming.method_name(old), naming.method_name(new)
    if before != after:
        message = f"the method is called '{after}' in Python; it was '{before}'"
        context.changes.add("python-name-changed", spot, message)
