from types import ModuleType


def test_a_descriptor_says_what_the_schema_says(torture_api: ModuleType) -> None:
    put = torture_api.PUT
    assert (put.name, put.python_name, put.safety, put.key, put.access) == (
        "put",
        "put_value",
        "keyed",
        "request_id",
        "owner",
    )
    watch = torture_api.NUMBERS_WATCH
    assert (watch.item, watch.result, watch.slow_consumer) == (torture_api.Item, torture_api.End, "drop_oldest")


def test_the_service_knows_its_methods_and_its_document(torture_api: ModuleType) -> None:
    service = torture_api.SERVICE
    assert len(service.methods) == 8
    assert b'"openrpc":"1.3.2"' in service.document()
    assert service.fingerprint.encode() in service.document()


def test_the_document_is_one_line(torture_api: ModuleType) -> None:
    assert b"\n" not in torture_api.SERVICE.document()
