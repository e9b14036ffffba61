import pytest

from daemonrpc.abi import ABI, require_abi


def test_generated_code_of_this_runtime_is_accepted() -> None:
    require_abi(ABI)


@pytest.mark.parametrize(
    ("wanted", "older"), [(ABI + 1, "the installed daemonrpc is older"), (ABI - 1, "the generated package is older")]
)
def test_other_interface_is_refused_and_the_older_side_named(wanted: int, older: str) -> None:
    with pytest.raises(ImportError, match=older):
        require_abi(wanted)
