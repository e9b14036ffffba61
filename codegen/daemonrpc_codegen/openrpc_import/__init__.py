"""`daemonrpc import openrpc`: an OpenRPC document as a schema file, and a list of what that could not say."""

from daemonrpc_codegen.openrpc_import.document import DocumentError, read_document
from daemonrpc_codegen.openrpc_import.findings import Finding
from daemonrpc_codegen.openrpc_import.importer import Imported, import_openrpc

__all__ = ["DocumentError", "Finding", "Imported", "import_openrpc", "read_document"]
