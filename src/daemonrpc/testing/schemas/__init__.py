"""Test values made from the JSON Schemas of an OpenRPC document: valid ones, and ones with one thing wrong in them.

It needs hypothesis: pip install 'daemonrpc[testing]'.
"""

from daemonrpc.testing.schemas.document import DocumentValues
from daemonrpc.testing.schemas.draw import drawn
from daemonrpc.testing.schemas.invalid import Wrong
from daemonrpc.testing.schemas.normal import UnsupportedSchema
from daemonrpc.testing.schemas.service import ServiceValues

__all__ = ["DocumentValues", "ServiceValues", "UnsupportedSchema", "Wrong", "drawn"]
