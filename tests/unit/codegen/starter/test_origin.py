"""Where the installed daemonrpc comes from decides where a new project gets it."""

import json
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

import pytest

from daemonrpc_codegen.starter.origin import requirement_line


def installed(folder: Path, url: dict[str, Any] | None) -> Distribution:
    """A distribution as pip leaves it, with what it notes of its origin."""
    folder.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: daemonrpc\nVersion: 0.1.0\n")
    if url is not None:
        folder.joinpath("direct_url.json").write_text(json.dumps(url))
    return Distribution.at(folder)


@pytest.mark.parametrize(
    ("noted", "line"),
    [
        (None, None),
        ({"url": "file:///src/my%20rpc", "dir_info": {"editable": True}}, "-e file:///src/my%20rpc"),
        ({"url": "file:///src/rpc", "dir_info": {}}, "daemonrpc @ file:///src/rpc"),
        ({"url": "file:///d/daemonrpc-0.1.0.whl", "archive_info": {}}, "daemonrpc @ file:///d/daemonrpc-0.1.0.whl"),
        (
            {
                "url": "https://host/rpc.git",
                "vcs_info": {"vcs": "git", "commit_id": "abc"},
            },
            "daemonrpc @ git+https://host/rpc.git@abc",
        ),
    ],
    ids=["index", "editable", "folder", "wheel", "repository"],
)
def test_requirement_names_the_place_that_pip_noted(tmp_path: Path, noted: dict[str, Any] | None, line: str) -> None:
    assert requirement_line(installed(tmp_path, noted)) == line


def test_the_daemonrpc_of_these_tests_can_be_asked() -> None:
    line = requirement_line(distribution("daemonrpc"))
    assert line is None or line.startswith(("-e file://", "daemonrpc @ "))
