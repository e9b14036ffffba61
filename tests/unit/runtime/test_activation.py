import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from daemonrpc import ActivationError, activation, inherited_listener, inherited_listeners
from support.activation import listening_at, spawn_with

Pass = Callable[..., list[int]]


@pytest.fixture
def pass_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pass]:
    """Passes descriptors on to this process as a service manager would, but above those that the tests need."""
    first = 400
    monkeypatch.setattr(activation, "FIRST_DESCRIPTOR", first)
    taken: list[int] = []

    def pass_on(*sockets: socket.socket | int, names: str | None = None, **variables: str) -> list[int]:
        for sock in sockets:
            fd = first + len(taken)
            os.dup2(sock if isinstance(sock, int) else sock.fileno(), fd, inheritable=True)
            taken.append(fd)
        set_to = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": str(len(taken)), **variables}
        if names is not None:
            set_to["LISTEN_FDNAMES"] = names
        for name, value in set_to.items():
            monkeypatch.setenv(name, value)
        return taken

    yield pass_on
    for fd in filter(_is_open, taken):
        os.close(fd)


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


@pytest.fixture
def listener(socket_path: Path) -> Iterator[socket.socket]:
    with listening_at(socket_path) as found:
        yield found


def test_without_a_manager_there_is_no_listener() -> None:
    assert inherited_listeners() == []
    assert inherited_listener() is None


def test_listener_is_taken_over_with_its_name(listener: socket.socket, socket_path: Path, pass_on: Pass) -> None:
    pass_on(listener, names="api")
    (found,) = inherited_listeners()
    with found.socket as sock:
        assert (found.name, sock.getsockname()) == ("api", str(socket_path))
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(socket_path))
            sock.accept()[0].close()


def test_listeners_without_names_are_called_unknown(listener: socket.socket, pass_on: Pass) -> None:
    pass_on(listener, listener)
    found = inherited_listeners()
    assert [one.name for one in found] == ["unknown", "unknown"]
    for one in found:
        one.socket.close()


def test_child_processes_inherit_neither_variables_nor_descriptors(listener: socket.socket, pass_on: Pass) -> None:
    (fd,) = pass_on(listener, names="api")
    sock = inherited_listener()
    assert sock is not None
    with sock:
        assert not [name for name in os.environ if name.startswith("LISTEN_")]
        assert not os.get_inheritable(fd)
        assert inherited_listeners() == []


def test_variables_for_another_process_are_removed_and_its_descriptors_left_alone(
    listener: socket.socket, pass_on: Pass
) -> None:
    """A shell between manager and daemon passes the variables on, with a pid that is not ours."""
    (fd,) = pass_on(listener, LISTEN_PID=str(os.getppid()))
    assert inherited_listeners() == []
    assert "LISTEN_PID" not in os.environ
    assert os.get_inheritable(fd)


@pytest.mark.parametrize(
    ("variables", "what"),
    [
        ({"LISTEN_PID": "me"}, "LISTEN_PID='me' is no number"),
        ({"LISTEN_FDS": "one"}, "LISTEN_FDS='one' is no number"),
        ({"LISTEN_FDS": "-1"}, "LISTEN_FDS='-1' is no number"),
        ({"LISTEN_FDS": ""}, "LISTEN_FDS='' is no number"),
        ({"LISTEN_FDS": "9" * 5000}, "LISTEN_FDS='9{38}' is no number"),
        ({"LISTEN_FDS": "99999999999"}, "is more than"),
        ({"LISTEN_FDS": "2"}, "inherited descriptor 401 .* is not open"),
        ({"LISTEN_FDNAMES": "a:b"}, "names 2 sockets, LISTEN_FDS=1"),
    ],
)
def test_variables_that_cannot_be_right_are_an_error(
    listener: socket.socket, pass_on: Pass, variables: dict[str, str], what: str
) -> None:
    pass_on(listener, **variables)
    with pytest.raises(ActivationError, match=what):
        inherited_listeners()


def sockets_that_cannot_be_served(directory: Path, stack: ExitStack) -> dict[str, socket.socket | int]:
    datagrams = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
    datagrams.bind(str(directory / "datagrams"))
    packets = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
    packets.bind(str(directory / "packets"))
    packets.listen()
    internet = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    connected, other = socket.socketpair()
    stack.enter_context(connected)
    stack.enter_context(other)
    file = stack.enter_context((directory / "file").open("xb"))
    return {
        "no stream socket": datagrams,
        "is no stream socket": packets,
        "no Unix socket": internet,
        "does not listen: the unit must say Accept=no": connected,
        "is no socket": file.fileno(),
    }


def test_what_is_no_listening_unix_stream_socket_is_named_with_what_to_change(
    socket_dir: Path, pass_on: Pass, listener: socket.socket
) -> None:
    with ExitStack() as stack:
        for what, wrong in sockets_that_cannot_be_served(socket_dir, stack).items():
            descriptors = pass_on(listener, wrong, names="good:bad")
            with pytest.raises(ActivationError, match=rf"inherited descriptor 401 \(bad\) .*{what}"):
                inherited_listeners()
            assert not _is_open(descriptors[0]), "what was taken over before is closed again"
            descriptors.clear()


def test_one_of_several_is_chosen_by_name(listener: socket.socket, socket_dir: Path, pass_on: Pass) -> None:
    with listening_at(socket_dir / "admin") as admin:
        descriptors = pass_on(listener, admin, names="api:admin")
        chosen = inherited_listener("admin")
        assert chosen is not None
        with chosen:
            assert chosen.getsockname() == str(socket_dir / "admin")
            assert [_is_open(fd) for fd in descriptors] == [False, True]


@pytest.mark.parametrize("name", [None, "other"])
def test_a_choice_that_is_not_clear_is_an_error(listener: socket.socket, pass_on: Pass, name: str | None) -> None:
    descriptors = pass_on(listener, listener, names="api:admin")
    with pytest.raises(ActivationError, match="passed 2: api, admin"):
        inherited_listener(name)
    assert not any(_is_open(fd) for fd in descriptors)


PROGRAM = """
import os, subprocess, sys
from daemonrpc import inherited_listener
sock = inherited_listener()
print(sock.fileno(), sock.getsockname())
child = "import os; print([n for n in os.environ if n.startswith('LISTEN_')], os.path.exists('/proc/self/fd/3'))"
print(subprocess.run([sys.executable, "-c", child], close_fds=False, capture_output=True, text=True).stdout)
"""


def test_a_process_takes_descriptor_3_and_its_child_does_not(listener: socket.socket, socket_path: Path) -> None:
    with spawn_with([listener], "-c", PROGRAM, stderr=subprocess.STDOUT) as process:
        output, _ = process.communicate(timeout=20)
    assert output.splitlines()[:2] == [f"3 {socket_path}", "[] False"]
