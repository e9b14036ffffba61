from types import ModuleType

import pytest


def test_a_service_that_lacks_methods_is_refused_by_name(torture_api: ModuleType) -> None:
    with pytest.raises(TypeError, match=r"list_.*import_.*expressions_watch"):
        torture_api.request_handler(object())
