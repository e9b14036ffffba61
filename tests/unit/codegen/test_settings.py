from pathlib import Path

import pytest

from daemonrpc_codegen.settings import Settings, SettingsError, find_settings


def test_settings_come_from_the_nearest_project_above(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.daemonrpc]\nschema = "a.yaml"\nout = "made"\n')
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert find_settings(deep) == Settings(tmp_path, tmp_path / "a.yaml", tmp_path / "made")


def test_a_project_without_settings_has_none(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert find_settings(tmp_path) == Settings(tmp_path, None, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.daemonrpc\n", "pyproject.toml"),
        ("[tool.daemonrpc]\nschem = 'a'\n", r"\[tool.daemonrpc\] has no 'schem'"),
        ("[tool.daemonrpc]\nschem = 'a'\n", "did you mean 'schema'?"),
        ("[tool.daemonrpc]\nnothing = 'a'\n", "known are schema, out, package, templates"),
        ("[tool.daemonrpc]\nout = 5\n", "out must be text"),
        ("[tool.daemonrpc]\ntemplates = ''\n", "templates must be text"),
        ("[tool.daemonrpc]\npackage = ['a']\n", "package must be the name of a Python package, such as kv_api"),
        ("[tool.daemonrpc]\npackage = 'kv-api'\n", "package must be the name"),
        ("[tool.daemonrpc]\npackage = 'KvApi'\n", "package must be the name"),
        ("[tool.daemonrpc]\npackage = 'class'\n", "package must be the name"),
        ("[tool.daemonrpc]\npackage = 'json'\n", "'json' would hide another package"),
        ("tool.daemonrpc = 5\n", "tool.daemonrpc must be a table"),
    ],
)
def test_wrong_settings_are_said(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(SettingsError, match=said):
        find_settings(tmp_path)
