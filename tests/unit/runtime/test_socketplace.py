import os
import stat
from pathlib import Path

import pytest

from daemonrpc.socketplace import PATH_LIMIT, SocketFileError, check_path, prepare_directory

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


def refused(directory: Path, what: str) -> None:
    with pytest.raises(SocketFileError, match=what) as caught:
        prepare_directory(directory)
    assert str(directory) in str(caught.value)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_path_is_measured_in_bytes() -> None:
    check_path(Path("s" * PATH_LIMIT))
    with pytest.raises(SocketFileError, match="108 bytes, the system allows 107: choose a shorter directory"):
        check_path(Path("é" * 54))


def test_abstract_name_is_refused() -> None:
    with pytest.raises(SocketFileError, match="zero byte"):
        check_path(Path("\0name"))


def test_missing_directories_are_made_for_their_owner_alone_whatever_the_umask(socket_dir: Path) -> None:
    """`Path.mkdir(parents=True)` would have left the mode of all but the last to the umask."""
    old = os.umask(0)
    try:
        prepare_directory(socket_dir / "a" / "b" / "c")
    finally:
        os.umask(old)
    assert [mode_of(socket_dir / path) for path in ("a", "a/b", "a/b/c")] == [0o700] * 3


@pytest.mark.parametrize("mode", [0o700, 0o750, 0o755, 0o1777, 0o1770])
def test_directory_in_which_nobody_else_can_replace_the_socket_is_fine(socket_dir: Path, mode: int) -> None:
    socket_dir.chmod(mode)
    prepare_directory(socket_dir)
    assert mode_of(socket_dir) == mode


@pytest.mark.parametrize(
    ("mode", "what"),
    [
        (0o777, "everybody may write to .*: chmod o-w"),
        (0o702, "everybody may write to .*: chmod o-w"),
        (0o770, "group 0 may write to .*: chmod g-w"),
        (0o720, "group 0 may write to .*: chmod g-w"),
    ],
)
def test_directory_that_others_may_write_to_is_refused(socket_dir: Path, mode: int, what: str) -> None:
    socket_dir.chmod(mode)
    refused(socket_dir, what.replace("group 0", f"group {socket_dir.stat().st_gid}"))
    assert mode_of(socket_dir) == mode


@needs_root
@pytest.mark.parametrize("mode", [0o700, 0o1777])
def test_directory_of_somebody_else_is_refused_even_if_it_is_sticky(socket_dir: Path, mode: int) -> None:
    socket_dir.chmod(mode)
    os.chown(socket_dir, 12345, 12345)
    refused(socket_dir, "belongs to uid 12345")


@needs_root
def test_directory_behind_somebody_elses_link_is_refused(socket_dir: Path) -> None:
    (socket_dir / "real").mkdir()
    link = socket_dir / "link"
    link.symlink_to("real")
    prepare_directory(link)
    os.chown(link, 12345, 12345, follow_symlinks=False)
    refused(link, "symbolic link of uid 12345")


@pytest.mark.parametrize("what", ["file", "dangling link", "below a file"])
def test_what_is_no_directory_is_refused(socket_dir: Path, what: str) -> None:
    place = socket_dir / "place"
    if what == "dangling link":
        place.symlink_to("nowhere")
    else:
        place.touch()
    refused(place / "below" if what == "below a file" else place, "cannot use directory")
