"""`daemonrpc docs`: a reference site of one HTML file, with all of its styles and scripts inside."""

from daemonrpc_codegen.site.page import MADE_BY
from daemonrpc_codegen.site.render import reference_site

__all__ = ["MADE_BY", "reference_site"]
