"""Everything that can be wrong with a schema: first its shape, file by file, then its meaning as a whole."""

from daemonrpc_codegen.validate.declarations import declared_in
from daemonrpc_codegen.validate.meaning import check_meaning
from daemonrpc_codegen.validate.shape import check_shapes

__all__ = ["check_meaning", "check_shapes", "declared_in"]
