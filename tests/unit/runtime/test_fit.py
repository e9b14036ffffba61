import pytest

from daemonrpc.fit import LineFit
from daemonrpc.limits import Limits

FIT = LineFit(Limits(line_bytes=1000, depth=64))


@pytest.mark.parametrize("data", [b"1", b"[" * 63 + b"]" * 63, b'"%b"' % (b"{" * 500), b"[" + b"{}," * 200 + b"{}]"])
def test_what_fits_has_no_fault(data: bytes) -> None:
    assert FIT.fault("item", data, 10) is None


def test_names_and_ids_count_too() -> None:
    data = b"x" * 900
    assert FIT.fault("result", data, 30) is None
    assert FIT.fault("result", data, 40) is not None


def test_long_text_is_too_large() -> None:
    fault = FIT.fault("item", b"x" * 1000, 0)
    assert fault is not None
    assert (fault.code, fault.data) == (-32093, {"limit": 1000})
    assert fault.message == "the item has 1000 bytes and does not fit a line of 1000"


def test_deep_text_is_an_internal_error() -> None:
    """The line adds a level."""
    fault = FIT.fault("result", b"[" * 64 + b"]" * 64, 0)
    assert fault is not None
    assert (fault.code, fault.data) == (-32603, {"limit": 64})
