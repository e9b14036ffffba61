from pathlib import Path

import pytest

from daemonrpc_codegen.emit import MANIFEST, Difference, Result, differences, write
from daemonrpc_codegen.errors import OutputError
from daemonrpc_codegen.python.header import MADE_BY

TEXT = f'"""{MADE_BY} from a.yaml."""\n'


def test_files_are_written_once_and_then_left_alone(tmp_path: Path) -> None:
    files = {"kv/types.py": TEXT, "openrpc.json": "{}\n"}
    assert write(files, tmp_path) == Result(written=("kv/types.py", "openrpc.json", MANIFEST))
    before = {path: (tmp_path / path).stat().st_mtime_ns for path in files}
    assert write(files, tmp_path).written == ()
    assert {path: (tmp_path / path).stat().st_mtime_ns for path in files} == before


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    write({"kv/types.py": TEXT, "kv/errors.py": TEXT}, tmp_path)
    assert write({"kv/types.py": TEXT + "x = 1\n", "kv/errors.py": TEXT}, tmp_path).written == ("kv/types.py",)


def test_what_is_no_longer_made_is_removed_with_its_empty_folder(tmp_path: Path) -> None:
    write({"old/types.py": TEXT, "kv/types.py": TEXT}, tmp_path)
    (tmp_path / "kv" / "by_hand.py").write_text("mine = True\n")
    assert write({"new/types.py": TEXT}, tmp_path).removed == ("kv/types.py", "old/types.py")
    assert not (tmp_path / "old").exists()
    assert (tmp_path / "kv" / "by_hand.py").exists()


def test_a_manifest_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    out, precious = tmp_path / "out", tmp_path / "precious.txt"
    precious.write_text("mine\n")
    write({"kv/types.py": TEXT}, out)
    (out / MANIFEST).write_text(f"../precious.txt\n{precious}\nkv/../../precious.txt\n")
    write({"kv/types.py": TEXT}, out)
    assert precious.read_text() == "mine\n"


@pytest.mark.parametrize("content", ["print('mine')\n", b"\xff\xfe"])
def test_a_file_of_somebody_else_is_not_overwritten_and_nothing_is_written(
    tmp_path: Path, content: str | bytes
) -> None:
    foreign = tmp_path / "kv" / "types.py"
    foreign.parent.mkdir()
    foreign.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = foreign.read_bytes()
    with pytest.raises(OutputError, match=r"types\.py was not made by this tool"):
        write({"kv/errors.py": TEXT, "kv/types.py": TEXT}, tmp_path)
    assert foreign.read_bytes() == before
    assert not (tmp_path / "kv" / "errors.py").exists()


def test_a_file_of_ours_is_overwritten_without_a_manifest(tmp_path: Path) -> None:
    write({"kv/types.py": TEXT}, tmp_path)
    (tmp_path / MANIFEST).unlink()
    assert "kv/types.py" in write({"kv/types.py": TEXT + "x = 1\n"}, tmp_path).written


@pytest.mark.parametrize("link", ["kv", "kv/types.py"])
def test_nothing_is_written_through_a_symbolic_link(tmp_path: Path, link: str) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (out / link).parent.mkdir(parents=True)
    (out / link).symlink_to(elsewhere)
    with pytest.raises(OutputError, match="symbolic link"):
        write({"kv/types.py": TEXT}, out)
    assert list(elsewhere.iterdir()) == []


def test_differences_name_each_file_and_why(tmp_path: Path) -> None:
    write({"kv/a.py": TEXT, "kv/b.py": TEXT, "kv/c.py": TEXT}, tmp_path)
    (tmp_path / "kv" / "a.py").write_text("changed\n")
    (tmp_path / "kv" / "b.py").unlink()
    found = differences({"kv/a.py": TEXT, "kv/b.py": TEXT}, tmp_path)
    assert found == [
        Difference("kv/a.py", "is stale"),
        Difference("kv/b.py", "is missing"),
        Difference(MANIFEST, "is stale"),
        Difference("kv/c.py", "is no longer made"),
    ]
    assert "-changed" in found[0].diff
