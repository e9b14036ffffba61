"""`daemonrpc breaking`: where its sides come from, what it exits with, what is accepted."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from daemonrpc_codegen.commands.breaking import breaking
from daemonrpc_codegen.commands.release import release

SCHEMA = """\
service: Kv
package: kv_api
version: 1.0.0
doc: A store.
types:
  Entry: {doc: An entry., fields: {key: {type: str, doc: The key.}}}
methods:
  get: {doc: Read., params: {key: {type: str, doc: The key.}}, result: Entry}
"""
PARAM = "key: {type: str, doc: The key.}}, result"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project; the person stands at its top."""
    (tmp_path / "pyproject.toml").write_text('[tool.daemonrpc]\nschema = "api/methods.yaml"\n')
    (tmp_path / "api").mkdir()
    monkeypatch.chdir(tmp_path)
    write(SCHEMA)
    return tmp_path


def write(text: str) -> None:
    Path("api/methods.yaml").write_text(text, encoding="utf-8")


def changed(version: str, *changes: tuple[str, str]) -> str:
    text = SCHEMA.replace("version: 1.0.0", f"version: {version}")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


NARROWED = (PARAM, "key: {type: str, max_length: 5, doc: The key.}}, result")
GROWN = (PARAM, "key: {type: str, doc: The key.}, n: {type: int, default: 0, since: 1.1.0, doc: N.}}, result")
"""One more param."""
SHRUNK = ("fields: {key: {type: str, doc: The key.}}", "fields: {}")


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True, timeout=30)


# -- sides -------------------------------------------------------------------------------------------------------------


def test_two_files(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("new.yaml").write_text(changed("1.1.0", NARROWED))
    assert breaking(["api/methods.yaml", "new.yaml"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("new.yaml:8:30: in method 'get', param 'key': max_length 5 is new\n")
    assert "WIRE param-narrowed: breaks old clients with a new server" in out
    assert breaking(["api/methods.yaml", "api/methods.yaml"]) == 0
    assert capsys.readouterr().out == "api/methods.yaml: nothing breaks (compared with api/methods.yaml)\n"


def test_the_defaults_are_those_of_the_project(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert breaking([]) == 0, "before the first release there is nothing to break"
    assert "nothing breaks (compared with nothing)" in capsys.readouterr().out
    assert release([]) == 0
    assert breaking([]) == 0
    write(changed("1.1.0", NARROWED))
    assert breaking([]) == 1
    assert "against 1.0.0" in capsys.readouterr().out


def test_a_released_model_may_be_either_side(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert release([]) == 0
    Path("old.yaml").write_text(changed("1.0.0", SHRUNK))
    assert breaking(["old.yaml", "api/released/1.0.0.json"]) == 1
    assert "1.0.0: in method 'get', in the result, field 'key'" in capsys.readouterr().out, "a model has no places"
    write(changed("1.1.0", NARROWED))
    assert breaking(["api/released/1.0.0.json"]) == 1


def test_all_releases_are_compared_and_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert release([]) == 0
    write(changed("1.1.0", GROWN))
    assert release([]) == 0
    write(
        changed(
            "1.2.0",
            GROWN,
            ("{key: {type: str, doc: The key.}, n", "{key: {type: str, max_length: 5, doc: The key.}, n"),
        )
    )
    assert breaking([]) == 1
    assert "max_length 5 is new\n" in (out := capsys.readouterr().out)
    assert "against 1.0.0, 1.1.0" in out


def test_what_only_an_old_release_knows_is_found(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert release([]) == 0
    accepted = (
        "types:",
        "compatibility:\n  accepted:\n    - {rule: result-field-removed-required, element: types/Entry/fields/key,"
        " since: 1.1.0, reason: Nobody reads it.}\ntypes:",
    )
    write(changed("1.1.0", SHRUNK, accepted))
    assert release([]) == 0
    write(changed("1.2.0", SHRUNK))
    assert breaking(["api/released/1.1.0.json"]) == 0, "the last release has no such field"
    capsys.readouterr()
    assert breaking([]) == 1
    out = capsys.readouterr().out
    assert "result-field-removed-required" in out
    assert "against 1.0.0\n" in out


def test_another_major_version_and_what_is_too_old_may_break(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert release([]) == 0
    write(changed("2.0.0", SHRUNK))
    assert breaking([]) == 0
    assert "(compared with nothing; may break 1.0.0)" in capsys.readouterr().out
    assert breaking(["api/released/1.0.0.json"]) == 1, "who asks about that release is told"
    write(changed("2.0.0", SHRUNK, ("types:", "compatibility: {oldest_peer: 1.0.0}\ntypes:")))
    assert breaking([]) == 1, "the schema says that it must not"
    write(changed("1.2.0", SHRUNK, ("types:", "compatibility: {oldest_peer: 1.1.0}\ntypes:")))
    assert breaking([]) == 0


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_git_revision_with_what_it_includes(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    types = "types:\n  Entry: {doc: An entry., fields: {key: {type: str, doc: The key.}}}\n"
    write(SCHEMA.replace(types, "include: [parts/types.yaml]\n"))
    Path("api/parts").mkdir()
    Path("api/parts/types.yaml").write_text(types)
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    Path("api/parts/types.yaml").write_text(types.replace("type: str", "type: str | None"))
    assert breaking(["HEAD:api/methods.yaml"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("api/parts/types.yaml:2:36: in method 'get', in the result, field 'key': null is allowed now")
    assert "against HEAD:api/methods.yaml" in out
    git("commit", "-q", "-a", "-m", "two")
    assert breaking(["HEAD:api/methods.yaml"]) == 0
    assert breaking(["HEAD~1:api/methods.yaml"]) == 1
    assert breaking(["HEAD~1:api/methods.yaml", "HEAD:api/methods.yaml"]) == 1
    monkeypatch.chdir("api")
    assert breaking(["HEAD~1:./methods.yaml"]) == 1
    assert breaking(["HEAD:./methods.yaml", "methods.yaml"]) == 0


# -- wrong input -------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.yaml"], "there is no file 'missing.yaml'; a git revision is written HEAD~1:schema/methods.yaml"),
        (["HEAD:api/methods.yaml"], "git knows no revision 'HEAD'"),
        (["api/methods.yaml", "missing.yaml"], "there is no file 'missing.yaml'"),
        (["api/methods.yaml", "api"], "api is a folder: only the old side can be one"),
        (["empty"], "empty holds no released model; `daemonrpc release` makes one"),
        (["model.json"], "model.json is no released model: its format is not 'daemonrpc model 1'"),
        (["text.json"], "text.json is no JSON: "),
        (["wrong.yaml"], "wrong.yaml:1:1: 'package' is missing"),
        (["api/methods.yaml", "--category", "WIRE,TASTE"], "there is no category 'TASTE'; known are SOURCE, WIRE, "),
    ],
)
def test_wrong_input_is_said_and_is_no_finding(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    git("init", "-q")
    Path("empty").mkdir()
    Path("model.json").write_text("{}")
    Path("text.json").write_text("text")
    Path("wrong.yaml").write_text("service: Kv\nversion: 1.0.0\ndoc: A store.\n")
    assert breaking(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_file_that_a_revision_does_not_have(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    assert breaking(["HEAD:api/other.yaml"]) == 2
    assert capsys.readouterr().err == "HEAD:api/other.yaml: there is no such file in HEAD\n"


def test_a_schema_that_is_wrong_is_wrong_input(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(SCHEMA.replace("result: Entry", "result: Entri"))
    assert breaking(["api/methods.yaml"]) == 2
    assert "did you mean 'Entry'?" in capsys.readouterr().err


# -- categories and output ---------------------------------------------------------------------------------------------


def test_categories_choose_what_fails(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("new.yaml").write_text(changed("1.1.0", ("get: {doc: Read.,", "get: {doc: Read., name: read,")))
    assert breaking(["api/methods.yaml", "new.yaml"]) == 1
    assert breaking(["api/methods.yaml", "new.yaml", "--category", "SOURCE"]) == 1
    capsys.readouterr()
    assert breaking(["api/methods.yaml", "new.yaml", "--category", "wire, behavior"]) == 0
    assert capsys.readouterr().out.startswith("new.yaml: nothing breaks, 1 other change (--all shows them)")


def test_json_holds_everything(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("new.yaml").write_text(changed("1.1.0", GROWN))
    assert breaking(["api/methods.yaml", "new.yaml", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["breaks"] is False
    assert [item["rule"] for item in found["findings"]] == ["param-added"]
    assert found["findings"][0]["element"] == "methods/get/params/n"
    assert found["findings"][0]["place"] == {"file": "new.yaml", "line": 8, "column": 63}


# -- what is accepted --------------------------------------------------------------------------------------------------


def accepting(rule: str, element: str, since: str = "1.1.0") -> tuple[str, str]:
    entry = f"{{rule: {rule}, element: {element}, since: {since}, reason: It is meant.}}"
    return "types:", f"compatibility:\n  accepted:\n    - {entry}\ntypes:"


def test_an_accepted_finding_does_not_fail_and_no_other_is_accepted_with_it(project: Path) -> None:
    meant = accepting("param-narrowed", "methods/get/params/key")
    Path("new.yaml").write_text(changed("1.1.0", NARROWED, meant))
    assert breaking(["api/methods.yaml", "new.yaml"]) == 0
    Path("new.yaml").write_text(changed("1.1.0", NARROWED, SHRUNK, meant))
    assert breaking(["api/methods.yaml", "new.yaml"]) == 1


def test_an_accepted_finding_that_is_not_there_is_an_error(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("new.yaml").write_text(changed("1.1.0", accepting("param-narrowed", "methods/get/params/key")))
    assert breaking(["api/methods.yaml", "new.yaml"]) == 1
    assert capsys.readouterr().out.startswith(
        "new.yaml:7:7: in accepted finding 1: nothing breaks the rule 'param-narrowed' at 'methods/get/params/key'"
        " any more\n  hint: remove it\n"
    )


def test_a_change_that_breaks_nobody_needs_no_acceptance(project: Path) -> None:
    Path("new.yaml").write_text(changed("1.1.0", GROWN, accepting("param-added", "methods/get/params/n")))
    assert breaking(["api/methods.yaml", "new.yaml"]) == 1, "nothing is there to be accepted"


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_an_accepted_finding_lives_until_its_change_is_behind_all_releases(project: Path) -> None:
    assert release([]) == 0
    meant = accepting("param-narrowed", "methods/get/params/key")
    write(changed("1.1.0", NARROWED, meant))
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    assert breaking(["HEAD:api/methods.yaml"]) == 0, "the change is older than the last commit"
    assert release([]) == 0
    assert breaking([]) == 0, "1.0.0 still needs it"
    assert breaking(["api/released/1.1.0.json"]) == 0
    later = (meant[0], meant[1].replace("compatibility:\n", "compatibility:\n  oldest_peer: 1.1.0\n"))
    write(changed("1.1.0", NARROWED, later))
    assert breaking([]) == 1, "nobody needs it any more"
