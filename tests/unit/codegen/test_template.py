"""A project's own templates: what they replace, what they get, and what is said when they fail."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib.resources import files
from pathlib import Path

import pytest

from daemonrpc_codegen import Api, TemplateError, differences, generate
from daemonrpc_codegen.commands.generate import check
from daemonrpc_codegen.commands.generate import generate as generate_verb
from daemonrpc_codegen.render import render_files

SCHEMA = """\
service: Kv
package: kv_api
version: 1.0.0
doc: A store.
methods:
  get:
    doc: Read.
    params: {key: {type: str, doc: The key.}}
    result: str
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """An empty folder of templates."""
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


@pytest.fixture
def project(tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with templates of its own, none of them there yet."""
    settings = '[tool.daemonrpc]\nschema = "methods.yaml"\nout = "made"\ntemplates = "own"\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    (tmp_path / "methods.yaml").write_text(SCHEMA)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    assert own.is_dir()


def test_a_template_of_the_project_replaces_ours_and_no_other(torture: Api, own: Path) -> None:
    (own / "reference.md.j2").write_text("{{ module.service }}: {{ module.methods | length }} methods\n")
    ours, theirs = render_files(torture), render_files(torture, own)
    assert theirs.pop("reference.md") == f"Torture: {len(torture.methods)} methods\n"
    ours.pop("reference.md")
    assert theirs == ours


def test_a_template_can_add_to_the_one_that_it_replaces(torture: Api, own: Path) -> None:
    (own / "types.py.j2").write_text('# Licensed.\n{% include "daemonrpc/types.py.j2" %}\n')
    name = "torture_api/types.py"
    assert render_files(torture, own)[name].strip() == "# Licensed.\n" + render_files(torture)[name].strip()


def test_generate_and_check_take_the_folder_from_the_settings(
    project: Path, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own / "reference.md.j2").write_text("Mine.\n")
    assert generate_verb([]) == 0
    assert (project / "made" / "reference.md").read_text() == "Mine.\n"
    assert check([]) == 0
    (own / "reference.md.j2").write_text("Changed.\n")
    capsys.readouterr()
    assert check([]) == 1
    assert "reference.md is stale" in capsys.readouterr().err


def test_the_folder_of_the_command_line_wins(project: Path) -> None:
    (project / "other").mkdir()
    (project / "other" / "reference.md.j2").write_text("Other.\n")
    assert generate_verb(["--templates", "other"]) == 0
    assert (project / "made" / "reference.md").read_text() == "Other.\n"
    assert check([]) == 1
    assert check(["--templates", "other"]) == 0


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "types.py.j2",
            "{{ module.docstring }}\n\n{{ module.nothing }}\n",
            "own/types.py.j2:3: .*no .*'nothing'",
        ),
        ("types.py.j2", "\n{{ modul.docstring }}\n", "own/types.py.j2:2: 'modul' is undefined"),
        ("types.py.j2", "\n{% for x in %}\n", "own/types.py.j2:2: "),
        ("types.py.j2", "{% if module %}\n", "own/types.py.j2:1: "),
        ("types.py.j2", "a\nb {{ module.docstring | no_filter }}\n", "own/types.py.j2:2: No filter named 'no_filter'"),
        ("types.py.j2", "a\n{% include 'other.j2' %}\n", "own/types.py.j2:2: there is no template 'other.j2'"),
        ("types.py.j2", "{{ 1 / 0 }}\n", "own/types.py.j2:1: ZeroDivisionError: division by zero"),
        ("type.py.j2", "", "own/type.py.j2: no template of that name.*\n  hint: did you mean 'types.py.j2'?"),
        ("zzz", "", "own/zzz: no template of that name.*\n  hint: replaced can be client.py.j2, errors.py.j2"),
        ("deep/types.py.j2", "", "own/deep/types.py.j2: no template of that name"),
    ],
)
def test_a_wrong_template_is_said_with_its_place_and_nothing_is_written(
    project: Path, own: Path, name: str, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (own / name).parent.mkdir(exist_ok=True)
    (own / name).write_text(text)
    assert generate_verb([]) == check([]) == 1
    printed = capsys.readouterr().err
    assert re.match(said, printed), printed
    assert printed.count(str(name)) == 2, "each verb says it once"
    assert not (project / "made").exists()


def test_a_folder_of_templates_that_is_not_there_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate_verb(["--templates", "nowhere"]) == 1
    assert capsys.readouterr().err == "nowhere: there is no such folder of templates\n"


def test_what_an_editor_or_git_leaves_in_the_folder_is_no_template(torture: Api, own: Path) -> None:
    (own / ".gitkeep").touch()
    (own / ".types.py.j2.swp").touch()
    assert render_files(torture, own) == render_files(torture)


def test_an_error_of_our_own_templates_is_not_laid_at_the_projects_door(torture: Api, own: Path) -> None:
    from daemonrpc_codegen.template import Templates

    with pytest.raises(Exception, match="no attribute 'docstring'") as caught:
        Templates(own).render("types.py.j2", object())
    assert not isinstance(caught.value, TemplateError)


def test_the_functions_take_a_folder_too(torture: Api, own: Path, tmp_path: Path) -> None:
    (own / "reference.md.j2").write_text("Mine.\n")
    generate(torture, tmp_path / "made", templates=own)
    assert differences(torture, tmp_path / "made", templates=str(own)) == []
    assert [item.path for item in differences(torture, tmp_path / "made")] == ["reference.md"]


def test_the_language_page_names_every_template_and_the_view_that_it_gets() -> None:
    root = Path(__file__).parents[3]
    page = (root / "docs" / "schema-language.md").read_text(encoding="utf-8")
    for name in (item.name for item in files("daemonrpc_codegen").joinpath("templates").iterdir()):
        if name.endswith(".j2"):
            assert f"`{name}`" in page, name
    rows = [line for line in page.splitlines() if ".j2` |" in line]
    assert rows
    for row in rows:
        view, module = row.split("`")[-4], row.split("`")[-2]
        found = getattr(__import__(module, fromlist=[view]), view)
        assert is_dataclass(found), view
        assert fields(found)
