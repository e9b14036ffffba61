"""Errors: a code is the identity of an error, and its name is Python's business."""

from daemonrpc_codegen import naming
from daemonrpc_codegen.breaking.context import Context
from daemonrpc_codegen.breaking.fields import Members, compare_members
from daemonrpc_codegen.breaking.finding import Spot
from daemonrpc_codegen.breaking.values import compare_uses
from daemonrpc_codegen.jsonschema import Direction
from daemonrpc_codegen.load import Node
from daemonrpc_codegen.model import ErrorDef

__all__ = ["compare_errors"]


def compare_errors(context: Context) -> None:
    """All changes of errors."""
    top = context.new.at  # stands for the service, out of which an error was taken
    new = {error.code: error for error in context.new.errors}
    _check_tombstones(context, new, top)
    for error in context.old.errors:
        same_code, same_name = new.get(error.code), context.new.error_by_name.get(error.name)
        if same_name is not None and same_name.code != error.code:
            message = f"the code of '{error.name}' was {error.code} and is {same_name.code}"
            context.changes.add("error-code-changed", _spot_of(same_name), message)
        if same_code is not None:
            _compare(context, error, same_code)
        elif same_name is None:
            _removed(context, error, Spot(("errors", error.name), top, (f"error '{error.name}'",)))


def _check_tombstones(context: Context, new: dict[int, ErrorDef], top: Node) -> None:
    spot = Spot(("removed", "errors"), top, ())
    kept = (context.old.removed.errors, context.new.removed.errors)
    context.keep_tombstones(*kept, context.new.error_by_name, spot)
    for item in context.old.removed.errors:
        user = None if item.code is None else new.get(item.code)
        if user is not None and user.name != item.name:
            message = f"the code {item.code} was that of '{item.name}', removed in {item.since}"
            context.changes.add("error-code-reused", _spot_of(user), message)


def _spot_of(error: ErrorDef) -> Spot:
    return Spot(("errors", error.name), error.at, (f"in error '{error.name}'",))


def _compare(context: Context, old: ErrorDef, new: ErrorDef) -> None:
    spot = _spot_of(new)
    if old.name != new.name:
        # One that keeps code and doc was renamed; another doc is another error.
        if old.name in context.new.error_by_name or old.doc != new.doc:
            message = f"the code {new.code} was that of '{old.name}'"
            context.changes.add("error-code-reused", spot, message)
            return
        context.changes.add("error-renamed", spot, f"'{old.name}' is called '{new.name}' now")
    before = Members(f"errors/{old.name}", "data", old.data, old.removed, naming.data_field_name)
    after = Members(f"errors/{new.name}", "data", new.data, new.removed, naming.data_field_name)
    compare_members(context, before, after, spot, Direction.RECEIVED, compare_uses)


def _removed(context: Context, error: ErrorDef, spot: Spot) -> None:
    what = f"the error '{error.name}' ({error.code})"
    tombstones = context.new.removed.errors
    if not context.is_retired(f"errors/{error.name}", error.name, tombstones):
        context.changes.add("error-removed", spot, f"{what} is gone")
    context.need_tombstone(error.name, tombstones, spot, what)
