"""Descriptors of methods: what generated code instantiates.

A `Method` is printed once and used by both sides: the client encodes and decodes with it, the server finds the
handler by it.
"""

from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

import msgspec
from msgspec import Struct

from daemonrpc.context import Access
from daemonrpc.errors import ApplicationError
from daemonrpc.values import decode_hook

__all__ = ["Method", "Safety", "ServiceInfo", "SlowConsumer", "StreamMethod"]

P = TypeVar("P")
R = TypeVar("R")
I = TypeVar("I")  # noqa: E741  # the item of a stream; P, I, R are the letters of this module

Safety = Literal["safe", "idempotent", "keyed", "unsafe"]
SlowConsumer = Literal["block", "drop_oldest", "disconnect"]


class Method(Generic[P, R]):
    """A method that is answered once.

    Attributes:
        name: the name on the wire.
        python_name: the attribute of service and client.
        params, result: the types; `params` is a struct, `result` any type that msgspec decodes.
        errors: the ApplicationError subclasses that the schema declares.
        safety: what a client may do after a lost connection (DESIGN part 5.1).
        key: for `keyed` methods, the param that makes a second call the same call.
        handler: `sync` handlers run inline and must not block.
        admission: `always` is answered even when every slot is taken.
        access: who may call.
        detached: goes on when its caller is gone.
    """

    is_stream = False

    def __init__(
        self,
        name: str,
        *,
        python_name: str,
        params: type[P],
        result: Any,
        errors: tuple[type[ApplicationError], ...] = (),
        safety: Safety = "unsafe",
        key: str | None = None,
        handler: Literal["sync", "async"] = "async",
        admission: Literal["slots", "always"] = "slots",
        access: Access = "any",
        detached: bool = False,
    ) -> None:
        self.name = name
        self.python_name = python_name
        self.params = params
        self.result = result
        self.errors = errors
        self.safety: Safety = safety
        self.key = key
        self.handler = handler
        self.admission = admission
        self.access: Access = access
        self.detached = detached

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    @cached_property
    def wire_name(self) -> bytes:
        """JSON text of the name."""
        return msgspec.json.encode(self.name)

    @cached_property
    def result_decoder(self) -> msgspec.json.Decoder[Any]:
        """Tolerant, as a receiver of results must be."""
        return msgspec.json.Decoder(self.result, dec_hook=decode_hook)

    @cached_property
    def errors_by_code(self) -> dict[int, type[ApplicationError]]:
        """The declared errors, by the code on the wire."""
        return {error.code: error for error in self.errors}

    def may_be_repeated(self, params: P) -> bool:
        """Whether a call that may have run already may be sent again (DESIGN part 5.1)."""
        if self.safety == "keyed":
            return bool(self.key and getattr(params, self.key, None))
        return self.safety != "unsafe"


class StreamMethod(Method[P, R], Generic[P, I, R]):
    """A method that sends items before it is answered.

    Attributes:
        item: the type of an item.
        notification: the method name of each item's notification.
        slow_consumer: what happens when the reader is slower than the writer.
    """

    is_stream = True

    def __init__(
        self,
        name: str,
        *,
        item: Any,
        notification: str,
        slow_consumer: SlowConsumer = "block",
        **method: Any,
    ) -> None:
        super().__init__(name, **method)
        self.item = item
        self.notification = notification
        self.slow_consumer: SlowConsumer = slow_consumer

    @cached_property
    def wire_notification(self) -> bytes:
        """JSON text of the notification's method name."""
        return msgspec.json.encode(self.notification)

    @cached_property
    def item_decoder(self) -> msgspec.json.Decoder[Any]:
        """Tolerant, as a receiver of items must be."""
        return msgspec.json.Decoder(self.item, dec_hook=decode_hook)


class ServiceInfo(Struct, frozen=True, kw_only=True):
    """The service that a schema describes."""

    name: str
    version: str
    fingerprint: str
    """Changes whenever the API changes on the wire."""
    package: str
    """The generated package, which holds the OpenRPC document."""
    methods: tuple[Method[Any, Any], ...]

    def document(self) -> bytes:
        """The OpenRPC document on one line, for `rpc.discover`."""
        from pkgutil import get_data  # only when somebody asks

        data = get_data(self.package, "openrpc.json")
        if data is None:
            raise FileNotFoundError(f"package {self.package} holds no openrpc.json; run `daemonrpc generate`")
        return data.strip()
