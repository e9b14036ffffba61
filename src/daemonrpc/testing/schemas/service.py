"""What generated `strategies.py` makes its invalid values with: the document of the service, read when it is needed."""

from functools import cached_property
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from daemonrpc.method import ServiceInfo
from daemonrpc.testing.schemas.document import DocumentValues
from daemonrpc.testing.schemas.invalid import Wrong

__all__ = ["ServiceValues"]


class ServiceValues:
    """Values that readers of a service's messages refuse, as decoded JSON."""

    def __init__(self, service: ServiceInfo) -> None:
        self._service = service

    @cached_property
    def document(self) -> DocumentValues:
        """The document as test values."""
        return DocumentValues(msgspec.json.decode(self._service.document()))

    def invalid_params(self, method: str) -> SearchStrategy[dict[str, Any]]:
        """Params by name that the server refuses."""
        return _values(self.document.invalid_params(method))

    def invalid_type(self, name: str) -> SearchStrategy[Any]:
        """What no reader of a declared type takes."""
        return _values(self.document.invalid_component(name))

    def invalid_error_data(self, name: str) -> SearchStrategy[Any]:
        """What a client does not take as the data of an error."""
        return _values(self.document.invalid_error_data(name))


def _values(wrongs: SearchStrategy[Wrong] | None) -> SearchStrategy[Any]:
    return st.nothing() if wrongs is None else wrongs.map(lambda wrong: wrong.value)
