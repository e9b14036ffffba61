"""Which names a project can have, and what is said of the others."""

import keyword
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemonrpc_codegen import naming
from daemonrpc_codegen.starter.name import ProjectName, ProjectNameError, project_name


def test_the_names_in_python_follow_from_the_name_of_the_project() -> None:
    assert project_name("kv-cache") == ProjectName("kv-cache", "kv_cache", "kv_cache_api", "KvCache")
    assert project_name("tail2") == ProjectName("tail2", "tail2", "tail2_api", "Tail2")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "'' is no name for a project: lower-case letters"),
        ("KvCache", "for instance 'kv-cache'"),
        ("kv cache", "for instance 'kv-cache'"),
        ("2fast", "for instance 'fast'"),
        ("kv-", "for instance 'kv'"),
        ("kv--cache", "for instance 'kv-cache'"),
        ("größe", "is no name for a project"),
        ("a.b", "for instance 'a-b'"),
        ("kv\n", "is no name for a project"),
        ("x" * 40, "at most 39 characters"),
        ("class", "'class' would be a keyword of Python, which cannot be imported; try 'class-daemon'"),
        ("true", "its class 'True' would be a keyword of Python; try 'true-daemon'"),
        ("json", "'json' would hide a module of Python's own"),
        ("daemonrpc", "'daemonrpc' would hide a package that the project needs"),
        ("daemonrpc-codegen", "'daemonrpc_codegen' would hide a package that the project needs"),
        ("conductor", "'conductor_api' would hide a package that the project needs"),
        ("pytest", "'pytest' would hide a package"),
        ("tests", "'tests' would be taken for a folder of the project"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(name: str, said: str) -> None:
    with pytest.raises(ProjectNameError) as caught:
        project_name(name)
    assert said in str(caught.value)


def test_what_is_suggested_for_a_taken_name_can_be_had() -> None:
    for name in [*keyword.kwlist, *sys.stdlib_module_names, "daemonrpc", "conductor", "tests"]:
        try:
            project_name(name)
        except ProjectNameError as error:
            suggested = str(error).rpartition("'")[0].rpartition("'")[2]
            if "try '" in str(error):
                assert project_name(suggested).name == suggested


def test_any_text_is_a_name_that_works_or_an_error() -> None:
    seen: Counter[str] = Counter()

    @given(st.text(max_size=45) | st.from_regex(r"[a-z][a-z0-9_-]{0,45}", fullmatch=True))
    def check(text: str) -> None:
        try:
            name = project_name(text)
        except ProjectNameError:
            seen["refused"] += 1
            return
        for package in (name.package, name.api_package):
            assert naming.is_python_name(package)
            assert not naming.is_reserved_package(package)
        assert naming.is_python_name(name.service)
        seen["accepted"] += 1

    check()
    assert seen["accepted"] > 20, seen
    assert seen["refused"] > 20, seen
