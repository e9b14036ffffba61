from daemonrpc_codegen.python.imports import Imports, export_key


def test_imports_are_grouped_and_sorted() -> None:
    imports = Imports()
    for module, name in [
        (".types", "Job10"),
        (".types", "Job9"),
        (".types", "JOB"),
        ("daemonrpc", "open_union"),
        ("daemonrpc", "UNSET"),
        ("daemonrpc", "Channel"),
        ("typing", "Any"),
        ("msgspec", "Struct"),
        ("hypothesis", "strategies as st"),
    ]:
        imports.use(module, name)
    assert imports.render().splitlines() == [
        "from typing import Any",
        "",
        "from daemonrpc import UNSET, Channel, open_union",
        "from hypothesis import strategies as st",
        "from msgspec import Struct",
        "",
        "from .types import JOB, Job9, Job10",
    ]


def test_a_use_returns_the_name_that_code_prints() -> None:
    assert Imports().use("hypothesis", "strategies as st") == "st"


def test_exports_are_sorted_with_capitals_first() -> None:
    names = ["request_handler", "ClearedLimits", "ClearJobs", "JOB_2", "JOB_10"]
    assert sorted(names, key=export_key) == ["JOB_2", "JOB_10", "ClearJobs", "ClearedLimits", "request_handler"]
