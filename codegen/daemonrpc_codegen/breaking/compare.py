"""An old and a new model -> all changes between them."""

from collections import Counter
from collections.abc import Iterable

from daemonrpc_codegen.breaking.context import Context
from daemonrpc_codegen.breaking.errors import compare_errors
from daemonrpc_codegen.breaking.finding import Finding, Spot
from daemonrpc_codegen.breaking.history import History, deprecated_elements
from daemonrpc_codegen.breaking.methods import compare_methods
from daemonrpc_codegen.breaking.names import compare_names
from daemonrpc_codegen.dump import fingerprint
from daemonrpc_codegen.model import Api

__all__ = ["compare_models"]


def compare_models(old: Api, new: Api, *, is_release: bool = False, past: Iterable[Api] = ()) -> list[Finding]:
    """All changes from an old model to a new one, those that break nobody too.

    is_release: the old model was released under its version, so what is new needs a newer one.
    past: all releases that are known, to see what was announced to go; the old model if there are none.
    """
    deprecations: Counter[str] = deprecated_elements(list(past) or [old])
    history = History(old.version, is_release, deprecations, new.compatibility.deprecated_releases)
    context = Context(old, new, history)
    compare_methods(context)
    compare_errors(context)
    compare_names(context)
    if is_release and old.version == new.version and fingerprint(old) != fingerprint(new):
        spot = Spot(("version",), new.at.get("version") or new.at, ("version",))
        message = f"the wire is not that of the release {old.version}"
        context.changes.add("version-not-raised", spot, message)
    return list(context.changes)
