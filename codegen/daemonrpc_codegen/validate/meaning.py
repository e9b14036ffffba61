"""All checks of meaning, one after the other: what has the right shape and still makes no sense."""

from daemonrpc_codegen.include import SchemaFile
from daemonrpc_codegen.model import Api
from daemonrpc_codegen.report import Report
from daemonrpc_codegen.validate.accepted import check_accepted
from daemonrpc_codegen.validate.errors import check_errors
from daemonrpc_codegen.validate.examples import check_examples
from daemonrpc_codegen.validate.fields import check_fields
from daemonrpc_codegen.validate.includes import check_includes
from daemonrpc_codegen.validate.methods import check_methods
from daemonrpc_codegen.validate.names import check_names
from daemonrpc_codegen.validate.recursion import check_recursion, without_alias_cycles
from daemonrpc_codegen.validate.removed import check_removed
from daemonrpc_codegen.validate.types import check_types
from daemonrpc_codegen.validate.versions import check_versions

__all__ = ["check_meaning"]


def check_meaning(api: Api, files: list[SchemaFile], report: Report) -> None:
    """Report everything that is wrong with the model."""
    api = without_alias_cycles(api, report)  # the other checks follow aliases to their ends
    check_recursion(api, report)
    check_types(api, report)
    check_fields(api, report)
    check_errors(api, report)
    check_methods(api, report)
    check_examples(api, report)
    check_names(api, files, report)
    check_removed(api, report)
    check_accepted(api, report)
    check_versions(api, files[0].top, report)
    check_includes(api, files, report)
