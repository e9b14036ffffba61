from types import ModuleType

from daemonrpc import UNSET


def test_an_error_takes_its_data_as_arguments(torture_api: ModuleType) -> None:
    error = torture_api.WithData(message_="m", super_=None)
    assert error.code == -32001
    assert error.message == "An error with data."
    assert error.data == torture_api.WithDataData(optional_first=UNSET, message_="m", self_=5, super_=None)


def test_an_error_without_data_has_none(torture_api: ModuleType) -> None:
    error = torture_api.Plain("Another message.")
    assert error.message == "Another message."
    assert error.data is None
