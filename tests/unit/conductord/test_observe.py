"""Which files an attempt touched."""

import os
from pathlib import Path

from conductord.observe import FileChange, changes, keep_snapshot, kept_snapshot, take_snapshot


def test_made_changed_and_removed_files_are_told(tmp_path: Path) -> None:
    work, state = tmp_path / "work", tmp_path / "state"
    (work / "sub").mkdir(parents=True)
    for name in ("same", "changed", "gone", "sub/deep"):
        (work / name).write_text("1")
    before = take_snapshot(work, state)
    (work / "changed").write_text("22")
    (work / "gone").unlink()
    (work / "sub" / "new").write_text("x")
    assert changes(before, take_snapshot(work, state)) == [
        FileChange("observer.file_modified", "changed"),
        FileChange("observer.file_deleted", "gone"),
        FileChange("observer.file_created", "sub/new"),
    ]


def test_hidden_directories_and_the_state_are_left_out(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "state").mkdir()
    for name in (".git/index", "state/conductor.db", "seen", ".hidden-file"):
        (tmp_path / name).write_text("1")
    assert sorted(take_snapshot(tmp_path, tmp_path / "state")) == [".hidden-file", "seen"]


def test_a_workspace_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert take_snapshot(tmp_path / "none", tmp_path) == {}


def test_a_dangling_link_is_a_file_like_any_other(tmp_path: Path) -> None:
    os.symlink("nowhere", tmp_path / "link")
    assert list(take_snapshot(tmp_path, tmp_path / "state")) == ["link"]


def test_a_snapshot_is_kept_for_a_later_daemon(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("1")
    before = keep_snapshot(tmp_path / "attempt", tmp_path, tmp_path / "attempt")
    assert before == take_snapshot(tmp_path, tmp_path / "attempt")
    assert kept_snapshot(tmp_path / "attempt") == before
    assert kept_snapshot(tmp_path / "other") is None
