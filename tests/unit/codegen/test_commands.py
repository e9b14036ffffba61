import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from daemonrpc_codegen.commands.generate import check, generate

GENERATE = "import sys; from daemonrpc_codegen.commands.generate import generate; sys.exit(generate(sys.argv[1:]))"
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
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with its settings; the person stands in a folder of it."""
    (tmp_path / "pyproject.toml").write_text('[tool.daemonrpc]\nschema = "api/methods.yaml"\nout = "made"\n')
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "methods.yaml").write_text(SCHEMA)
    monkeypatch.chdir(tmp_path / "api")
    return tmp_path


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_generate_takes_its_defaults_from_the_project(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate([]) == 0
    assert (project / "made" / "kv_api" / "client.py").is_file()
    assert "from api/methods.yaml. Do not edit." in (project / "made" / "kv_api" / "types.py").read_text()
    assert capsys.readouterr().out.count("wrote ") == 14
    assert generate([]) == 0
    assert capsys.readouterr().out == f"{project / 'made'} is up to date\n"


def test_two_runs_make_the_same_bytes(project: Path) -> None:
    assert generate(["--out", "one"]) == generate(["--out", "two"]) == 0
    assert tree(Path("one")) == tree(Path("two"))


def test_the_output_does_not_depend_on_where_the_person_stands(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert generate(["--out", str(project / "one")]) == 0
    monkeypatch.chdir(project)
    assert generate(["--schema", "api/methods.yaml", "--out", "two"]) == 0
    assert tree(project / "one") == tree(project / "two")


def test_the_output_does_not_depend_on_the_order_of_hashes(project: Path) -> None:
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", GENERATE, "--out", seed], env=environment, check=True, timeout=30)
    assert tree(Path("1")) == tree(Path("2"))


def test_a_wrong_schema_writes_nothing_and_prints_all_its_errors(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate([]) == 0
    before = tree(project / "made")
    (project / "api" / "methods.yaml").write_text(SCHEMA.replace("str", "strng").replace("A store.", '""'))
    capsys.readouterr()
    assert generate([]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        "methods.yaml:4:6: 'doc': '' is not allowed",
        "  hint: the doc is blank",
        "methods.yaml:8:26: in method 'get', param 'key': unknown type 'strng'",
        "  hint: did you mean 'str'?",
        "methods.yaml:9:13: in method 'get': unknown type 'strng'",
        "  hint: did you mean 'str'?",
    ]
    assert tree(project / "made") == before


def test_the_settings_may_call_the_package_otherwise(project: Path) -> None:
    generate(["--out", "one"])
    with (project / "pyproject.toml").open("a") as settings:
        settings.write('package = "other_kv"\n')
    assert generate(["--out", "two"]) == 0
    one, two = tree(Path("one")), tree(Path("two"))
    assert "other_kv/types.py" in two
    assert {name.replace("other_kv/", "kv_api/") for name in two} == set(one)
    assert one["openrpc.json"] == two["openrpc.json"], "the wire does not know the package"
    assert check(["--out", "two"]) == 0


def test_check_is_silent_when_all_is_fresh(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    generate([])
    capsys.readouterr()
    assert check([]) == 0
    assert capsys.readouterr() == ("", "")


def test_check_names_what_is_stale_and_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    generate([])
    (project / "api" / "methods.yaml").write_text(SCHEMA.replace("doc: Read.", "doc: Read a text."))
    before = tree(project / "made")
    capsys.readouterr()
    assert check([]) == 1
    stale = [line for line in capsys.readouterr().err.splitlines() if line.endswith(" is stale")]
    names = ["client.py", "client_sync.py", "methods.py", "openrpc.json", "server.py", "openrpc.json", "reference.md"]
    assert [Path(line.removesuffix(" is stale")).name for line in stale] == names
    assert tree(project / "made") == before


def test_a_missing_schema_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate(["--schema", "nowhere.yaml"]) == 1
    assert capsys.readouterr().err == "nowhere.yaml: No such file or directory\n"


def test_a_schema_that_is_no_text_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "api" / "methods.yaml").write_bytes(b"service: \xff\n")
    assert generate([]) == 1
    assert capsys.readouterr().err.startswith("methods.yaml:1:1: not UTF-8: ")


def test_without_settings_and_options_the_person_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    assert generate([]) == 2
    assert "no schema is given: use --schema" in capsys.readouterr().err


@pytest.mark.parametrize(("methods", "seconds"), [(25, 0.5), (1000, 5.0)])
def test_generation_is_fast(tmp_path: Path, methods: int, seconds: float) -> None:
    """The targets of DESIGN part 8, with room for a busy machine: three times the time."""
    fields = "".join(
        f"      field_{number}: {{type: str | None, default: null, doc: A field.}}\n" for number in range(8)
    )
    types = "".join(f"  Type{number}:\n    doc: A type.\n    fields:\n{fields}" for number in range(methods))
    calls = "".join(
        f"  group.method_{number}:\n    doc: A method.\n    params:\n"
        f"      key: {{type: str, doc: The key.}}\n      limit: {{type: int, default: 50, doc: How many.}}\n"
        f"    result: Type{number}\n"
        for number in range(methods)
    )
    head = SCHEMA.partition("methods:")[0]
    (tmp_path / "methods.yaml").write_text(f"{head}types:\n{types}methods:\n{calls}")
    arguments = [sys.executable, "-c", GENERATE, "--schema", "methods.yaml", "--out", "out"]
    start = time.perf_counter()
    subprocess.run(arguments, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL, timeout=50)
    assert time.perf_counter() - start < seconds * 3
