import pytest

from daemonrpc import errors
from daemonrpc.errors import (
    RUNTIME_ERRORS,
    ApplicationError,
    BusyError,
    CallTimeoutError,
    DaemonError,
    DeadlineExceededError,
    LocalProtocolError,
    ProtocolError,
    RpcError,
    ShuttingDownError,
)


def test_every_error_is_a_daemon_error() -> None:
    for name in errors.__all__:
        value = getattr(errors, name)
        if isinstance(value, type):
            assert issubclass(value, DaemonError), name


@pytest.mark.parametrize("kind", [CallTimeoutError, DeadlineExceededError])
def test_both_ways_to_run_out_of_time_are_timeout_errors(kind: type[Exception]) -> None:
    assert issubclass(kind, TimeoutError)


def test_codes_of_the_runtime_are_those_of_the_wire() -> None:
    assert sorted(RUNTIME_ERRORS) == [
        -32800, -32700, -32603, -32602, -32601, -32600, -32095, -32094, -32093, -32092, -32091, -32090,
    ]  # fmt: skip


def test_protocol_error_says_whose_fault_it_is() -> None:
    with pytest.raises(TypeError, match="whose fault"):
        ProtocolError("somebody's")
    assert isinstance(LocalProtocolError("ours"), ProtocolError)


def test_text_of_an_rpc_error_has_message_and_code() -> None:
    assert str(RpcError("no such job", code=-32000)) == "no such job (code -32000)"


@pytest.mark.parametrize(
    ("data", "is_proof"),
    [({"started": False}, True), ({"started": True}, False), ({"started": 0}, False), ({}, False), (None, False),
     ([False], False)],
)  # fmt: skip
def test_only_started_false_proves_that_nothing_started(data: object, is_proof: bool) -> None:
    assert BusyError("busy", data=data).not_started is is_proof
    assert ShuttingDownError("bye", data=data).not_started is is_proof


def test_error_of_the_wire_bypasses_the_generated_constructor() -> None:
    class NoSuchKey(ApplicationError):
        code = -32000

        def __init__(self, message: str = "No such key.", *, key: str) -> None:
            super().__init__(message, data={"key": key})

    error = NoSuchKey.from_wire("gone", {"key": "a"})
    assert (error.message, error.code, error.data, error.is_received) == ("gone", -32000, {"key": "a"}, True)
    assert not NoSuchKey(key="a").is_received
