"""Methods of the Kv service, as client and server both see them.

Made by `daemonrpc generate` from smallest.yaml. Do not edit.
"""

from daemonrpc import Method, ServiceInfo

from .errors import KeyMissing
from .types import GetParams

GET: Method[GetParams, str] = Method(
    "get",
    python_name="get",
    params=GetParams,
    result=str,
    errors=(KeyMissing,),
    safety="safe",
)
"""Read one text."""

SERVICE = ServiceInfo(
    name="Kv",
    version="1.0.0",
    fingerprint="c3a5b1223a518f4e",
    package=__package__ or "",
    methods=(GET,),
)
"""The service: its version, its fingerprint and all its methods."""
