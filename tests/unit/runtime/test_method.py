import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET, Struct, UnsetType

from daemonrpc.errors import ApplicationError
from daemonrpc.method import Method, Safety, ServiceInfo, StreamMethod


class Submit(Struct, kw_only=True):
    path: str
    request_id: str | UnsetType = UNSET


class Missing(ApplicationError):
    code = -32000


def method(safety: Safety = "unsafe", **kwargs: Any) -> Method[Submit, str]:
    return Method("job.submit", python_name="submit", params=Submit, result=str, safety=safety, **kwargs)


@pytest.mark.parametrize(("safety", "may"), [("safe", True), ("idempotent", True), ("unsafe", False)])
def test_safety_decides_whether_a_call_may_run_twice(safety: Safety, may: bool) -> None:
    assert method(safety).may_be_repeated(Submit(path="a")) is may


@pytest.mark.parametrize(
    ("params", "may"),
    [(Submit(path="a", request_id="r"), True), (Submit(path="a"), False), (Submit(path="a", request_id=""), False)],
)
def test_keyed_call_may_run_twice_only_with_its_key(params: Submit, may: bool) -> None:
    assert method("keyed", key="request_id").may_be_repeated(params) is may


def test_descriptor_prints_its_name_and_encodes_it_once() -> None:
    described = method(errors=(Missing,))
    assert repr(described) == "<Method job.submit>"
    assert described.wire_name == b'"job.submit"'
    assert described.wire_name is described.wire_name
    assert described.errors_by_code == {-32000: Missing}
    assert described.result_decoder.decode(b'"x"') == "x"
    assert not described.is_stream


def test_stream_has_items_a_notification_and_a_result() -> None:
    stream: StreamMethod[Submit, int, None] = StreamMethod(
        "watch", python_name="watch", params=Submit, item=int, result=None, notification="watch.event"
    )
    assert stream.is_stream
    assert (stream.wire_notification, stream.slow_consumer) == (b'"watch.event"', "block")
    assert stream.item_decoder.decode(b"7") == 7
    assert stream.result_decoder.decode(b"null") is None


def service(package: str) -> ServiceInfo:
    return ServiceInfo(name="S", version="1.0.0", fingerprint="f", package=package, methods=())


def test_document_is_read_from_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "documented_api"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "openrpc.json").write_bytes(b'{"openrpc":"1.3.2"}\n')
    monkeypatch.syspath_prepend(tmp_path)
    try:
        assert service("documented_api").document() == b'{"openrpc":"1.3.2"}'
    finally:
        sys.modules.pop("documented_api", None)


def test_package_without_document_is_named() -> None:
    with pytest.raises(FileNotFoundError):
        service("daemonrpc").document()
