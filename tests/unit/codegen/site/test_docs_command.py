"""`daemonrpc docs`: where it writes, and what it leaves alone."""

from pathlib import Path

import pytest

from daemonrpc_codegen.commands.docs import docs

SCHEMA = """\
service: Kv
package: kv_api
version: 1.0.0
doc: A store.
methods:
  get: {doc: Read., result: str}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text('[tool.daemonrpc]\nschema = "methods.yaml"\nout = "made"\n')
    (tmp_path / "methods.yaml").write_text(SCHEMA)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_page_lies_in_the_output_folder(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert docs([]) == 0
    assert capsys.readouterr().out == "wrote made/reference.html\n"
    assert "Made by `daemonrpc docs` from methods.yaml." in (project / "made" / "reference.html").read_text()
    assert docs([]) == 0
    assert capsys.readouterr().out == "made/reference.html is up to date\n"


def test_the_file_can_be_named(project: Path) -> None:
    assert docs(["--schema", "methods.yaml", "--out", "site/index.html"]) == 0
    assert (project / "site" / "index.html").is_file()
    assert not (project / "made").exists()


def test_a_file_of_somebody_else_is_left_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "mine.html").write_text("<p>mine</p>")
    (project / "link.html").symlink_to(project / "mine.html")
    assert docs(["--out", "mine.html"]) == 1
    assert docs(["--out", "link.html"]) == 1
    assert (project / "mine.html").read_text() == "<p>mine</p>"
    assert capsys.readouterr().err.splitlines() == [
        "mine.html was not made by this tool: move it away, or choose another file",
        "link.html is a symbolic link: what is behind it is not ours to write",
    ]


def test_a_wrong_schema_writes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "methods.yaml").write_text(SCHEMA.replace("str}", "strng}"))
    assert docs([]) == 1
    assert "unknown type 'strng'" in capsys.readouterr().err
    assert not (project / "made").exists()
