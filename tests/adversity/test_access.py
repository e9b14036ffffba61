"""Who may call what, by the kernel's word, tried with other users (RULES 2.38 and 5.13)."""

import asyncio
import json
import os
import random
import shutil
import socket
import stat
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from daemonrpc import Channel, Context, DaemonNotRunningError, DaemonServer, Limits, Peer, RequestHandler
from daemonrpc_codegen import generate, load
from support.another_user import AnotherUser, another_user
from support.raw import RawPeer, connect
from support.service import Service
from support.waiting import until

SCHEMA = Path(__file__).with_name("vault.yaml")
NOBODYS_UID, OTHER_UID = 65534, 1234
GROUP, OTHER_GID = 4321, 5678
"""The group of the socket's file, and one that has nothing to do with it."""

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user; run these tests as root")

METHODS = {
    "vault.open": "owner",
    "vault.look": "group",
    "vault.ring": "any",
    "vault.listen": "any",
    "vault.watch": "group",
}


class Vault:
    """Counts what runs, and remembers who called."""

    def __init__(self, api: ModuleType) -> None:
        self._api = api
        self.ran: Counter[str] = Counter()
        self.peers: list[Peer] = []

    async def _run(self, _params: Any, context: Context) -> str:
        self.ran[context.method] += 1
        self.peers.append(context.peer)
        return context.method

    vault_open = vault_look = vault_ring = vault_listen = _run

    async def vault_watch(self, _params: Any, context: Context) -> AsyncIterator[Any]:
        self.ran[context.method] += 1
        for number in range(3):
            yield self._api.Note(number=number)


@pytest.fixture(scope="session")
def vault_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of the generator."""
    out = tmp_path_factory.mktemp("vault")
    generate(load(SCHEMA, source="tests/adversity/vault.yaml"), out)
    return out


@pytest.fixture(scope="session")
def api(vault_dir: Path) -> Iterator[ModuleType]:
    """The generated package, imported."""
    sys.path.insert(0, str(vault_dir))
    try:
        yield import_module("vault_api")
    finally:
        sys.path.remove(str(vault_dir))


@pytest.fixture
def vault(api: ModuleType) -> Vault:
    return Vault(api)


@pytest.fixture
def passable_dir() -> Iterator[Path]:
    """A directory that others may pass through, in a place that they can reach: a user's own TMPDIR is often none."""
    places = (Path(place) for place in (tempfile.gettempdir(), "/tmp", "/var/tmp"))
    place = next((place for place in places if others_may_pass(place)), None)
    if place is None:
        pytest.skip("other users can reach no directory for temporary files")
    path = Path(tempfile.mkdtemp(prefix="rpc", dir=place))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


def others_may_pass(place: Path) -> bool:
    return all(step.is_dir() and step.stat().st_mode & stat.S_IXOTH for step in (place, *place.parents))


@pytest.fixture
def open_dir(passable_dir: Path) -> Path:
    """A directory that others may pass through, and whose files are of its group."""
    os.chown(passable_dir, -1, GROUP)
    passable_dir.chmod(0o2711)
    return passable_dir


@pytest.fixture
async def path(vault: Vault, api: ModuleType, open_dir: Path) -> AsyncIterator[Path]:
    """Where everybody can reach the vault."""
    path = open_dir / "s"
    handler: RequestHandler = api.request_handler(vault)
    async with DaemonServer(path, handler, permissions=0o666):
        yield path


@pytest.fixture
def user(vault_dir: Path) -> Any:
    """Makes another user."""

    def make(uid: int, gid: int, *groups: int) -> AbstractAsyncContextManager[AnotherUser]:
        return another_user(uid, gid, groups, packages=["vault_api"], path=[vault_dir])

    return make


def line(method: str, id_: Any = 1, **members: Any) -> str:
    return json.dumps({"jsonrpc": "2.0", "method": method, "id": id_, **members}) + "\n"


def notification(method: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method}


WHO: dict[str, tuple[tuple[int, ...], set[str]]] = {
    "stranger": ((OTHER_UID, OTHER_GID), {"any"}),
    "stranger of many groups": ((OTHER_UID, OTHER_GID, *range(6000, 6100)), {"any"}),
    "nobody": ((NOBODYS_UID, NOBODYS_UID), {"any"}),
    "stranger of root's group": ((OTHER_UID, 0), {"any"}),
    "by its primary group": ((OTHER_UID, GROUP), {"group", "any"}),
    "by a supplementary group": ((OTHER_UID, OTHER_GID, 1, GROUP, 9999), {"group", "any"}),
    "by a group among more than are looked at": ((OTHER_UID, OTHER_GID, *range(6000, 6300), GROUP), {"any"}),
    "root of another group": ((0, OTHER_GID), {"owner", "group", "any"}),
}
"""uid, gid and further groups of each caller, and the levels that it has."""


@only_root
@pytest.mark.parametrize("who", WHO)
async def test_level_of_a_caller_is_decided_by_its_uid_and_groups(
    path: Path, vault: Vault, user: Any, who: str
) -> None:
    identity, levels = WHO[who]
    uid = identity[0]
    async with user(*identity) as caller:
        for method, level in METHODS.items():
            answer = (await caller.do("raw", path=path, send=line(method)))[-1]
            assert answer["id"] == 1
            if level in levels:
                assert "result" in answer, (who, method, answer)
                assert vault.ran.pop(method) == 1
            else:
                assert answer["error"]["code"] == -32092
                assert all(word in answer["error"]["message"] for word in (method, level, f"uid {uid}"))
    assert not vault.ran, "what was refused did not run"


@only_root
@pytest.mark.parametrize("client", ["VaultClient", "VaultClientSync"])
@pytest.mark.parametrize("who", ["stranger", "by a supplementary group", "root of another group"])
async def test_generated_clients_say_who_was_refused(
    path: Path, vault: Vault, user: Any, who: str, client: str
) -> None:
    identity, levels = WHO[who]
    async with user(*identity) as caller:
        for method, level in METHODS.items():
            name, is_stream = method.replace(".", "_"), method == "vault.watch"
            answer = await caller.do("call", path=path, client=f"vault_api.{client}", method=name, is_stream=is_stream)
            if level in levels:
                assert answer == {"result": [0, 1, 2] if is_stream else method}
            else:
                assert (answer["error"], answer["code"]) == ("NotAllowedError", -32092)
                assert f"uid {identity[0]}" in answer["message"]
                assert not vault.ran[method]


@only_root
async def test_handler_sees_the_caller_that_the_kernel_saw(path: Path, vault: Vault, user: Any) -> None:
    async with user(OTHER_UID, OTHER_GID, GROUP) as caller:
        await caller.do("raw", path=path, send=line("vault.ring"))
        (peer,) = vault.peers
    assert (peer.uid, peer.gid, peer.pid) == (OTHER_UID, OTHER_GID, caller.pid)
    assert peer.access == {"group", "any"}


@only_root
async def test_each_item_of_a_batch_is_decided_by_itself(path: Path, vault: Vault, user: Any) -> None:
    batch = [
        json.loads(line("vault.open", "o")),
        json.loads(line("vault.ring", "r")),
        notification("vault.open"),
        notification("vault.ring"),
        json.loads(line("vault.watch", "w")),
    ]
    async with user(OTHER_UID, OTHER_GID) as caller:
        lines = await caller.do("raw", path=path, send=json.dumps(batch) + "\n")
    (answers,) = lines
    by_id = {answer["id"]: answer for answer in answers}
    assert set(by_id) == {"o", "r", "w"}
    assert by_id["r"]["result"] == "vault.ring"
    assert {by_id[name]["error"]["code"] for name in ("o", "w")} == {-32092}
    assert vault.ran == {"vault.ring": 2}


@only_root
async def test_notification_that_is_not_allowed_is_neither_run_nor_answered(
    path: Path, vault: Vault, user: Any
) -> None:
    send = json.dumps(notification("vault.open")) + "\n" + line("vault.ring", "after")
    async with user(OTHER_UID, OTHER_GID) as caller:
        (answer,) = await caller.do("raw", path=path, send=send)
    assert answer["id"] == "after"
    assert vault.ran == {"vault.ring": 1}


@only_root
async def test_what_is_open_to_all_is_only_what_the_runtime_itself_answers(path: Path, user: Any) -> None:
    send = line("rpc.discover", 1) + line("rpc.cancel", 2, params={"id": 99}) + line("vault.unlisted", 3)
    async with user(OTHER_UID, OTHER_GID) as caller:
        answers = {answer["id"]: answer for answer in await caller.do("raw", path=path, send=send)}
    assert answers[1]["result"]["info"]["title"] == "Vault"
    assert answers[2]["result"] is None
    assert answers[3]["error"]["code"] == -32601


@only_root
async def test_group_is_the_daemons_own_where_the_directory_names_none(
    vault: Vault, api: ModuleType, passable_dir: Path, user: Any
) -> None:
    path = passable_dir / "s"
    async with DaemonServer(path, api.request_handler(vault), permissions=0o666):
        for gid, is_allowed in ((os.getegid(), True), (GROUP, False)):
            async with user(OTHER_UID, gid) as caller:
                (answer,) = await caller.do("raw", path=path, send=line("vault.look"))
                assert ("result" in answer) is is_allowed


@only_root
async def test_mode_of_the_socket_keeps_strangers_out_before_any_method_is_looked_at(
    vault: Vault, api: ModuleType, open_dir: Path, user: Any
) -> None:
    path = open_dir / "s"
    async with DaemonServer(path, api.request_handler(vault)):  # 0o660, as always when nothing is said
        async with user(OTHER_UID, OTHER_GID) as stranger:
            with_client = {"path": path, "method": "vault_ring", "is_stream": False}
            for client in ("vault_api.VaultClient", "vault_api.VaultClientSync"):
                answer = await stranger.do("call", client=client, **with_client)
                assert answer["error"] == DaemonNotRunningError.__name__
                assert "permission denied" in answer["message"].lower()
        async with user(OTHER_UID, OTHER_GID, GROUP) as member:
            (answer,) = await member.do("raw", path=path, send=line("vault.look"))
            assert answer["result"] == "vault.look"


# -- cancelling -------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def a_call_in_flight(service: Service, path: Path) -> AsyncIterator[RawPeer]:
    async with await connect(path) as peer:
        peer.call("hold", ["a"], id_=7)
        await until(lambda: service.probe.started["a"])
        yield peer
        assert not service.probe.cancelled["a"]
        service.probe.release.set()
        assert (await peer.line())["result"] == ["a"]


async def test_one_connection_cannot_cancel_the_calls_of_another(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    async with a_call_in_flight(service, socket_path), await connect(socket_path) as other:
        other.call("rpc.cancel", {"id": 7}, id_=1)
        assert (await other.line())["result"] is None
        other.call("hold", ["b"], id_=7)
        await until(lambda: service.probe.started["b"])
        other.call("rpc.cancel", {"id": 7}, id_=2)
        answers = {answer["id"]: answer for answer in [await other.line(), await other.line()]}
        assert answers[7]["error"]["code"] == -32800
        assert service.probe.cancelled == {"b": 1}


@only_root
async def test_another_user_cannot_cancel_a_call(service: Service, open_dir: Path, user: Any) -> None:
    path = open_dir / "s"
    async with DaemonServer(path, service.handler, permissions=0o666), a_call_in_flight(service, path):
        async with user(OTHER_UID, OTHER_GID) as caller:
            (answer,) = await caller.do("raw", path=path, send=line("rpc.cancel", params={"id": 7}))
        assert answer["result"] is None


# -- how many connections ---------------------------------------------------------------------------------------------


@asynccontextmanager
async def quota_of(service: Service, path: Path, **limits: Any) -> AsyncIterator[DaemonServer]:
    async with DaemonServer(path, service.handler, permissions=0o666, limits=Limits(**limits)) as server:
        yield server
        await until(lambda: server.statistics()["connections"] == 0)
        state = server._state
        assert state is not None
        assert not state.connections._of_uid, "after all, nothing is counted (RULES 2.40)"


def refused(heard: list[Any]) -> list[Any]:
    return [answer["error"] for answer in heard if "error" in answer]


@only_root
async def test_connections_of_a_user_beyond_the_quota_are_refused_and_the_owner_still_connects(
    service: Service, open_dir: Path, user: Any
) -> None:
    path = open_dir / "s"
    async with quota_of(service, path) as server, user(OTHER_UID, OTHER_GID) as greedy:
        quota = Limits().connections_per_uid
        heard = await greedy.do("hold", path=path, count=quota + 25, method="echo")
        assert [("error" in answer) for answer in heard] == [False] * quota + [True] * 25
        for error in refused(heard):
            assert (error["code"], error["message"]) == (-32090, f"uid {OTHER_UID} has its {quota} connections")
            assert error["data"] == {"started": False, "refused": "connection", "retry_after_ms": 100}
        assert server.statistics()["connections"] == quota
        async with Channel(path) as owner:
            assert await owner.call("echo", [1]) == [1]
        async with user(NOBODYS_UID, NOBODYS_UID) as modest:
            assert not refused(await modest.do("hold", path=path, count=5, method="echo"))


@only_root
async def test_connection_that_is_closed_makes_room_for_one(service: Service, open_dir: Path, user: Any) -> None:
    path = open_dir / "s"
    async with quota_of(service, path, connections_per_uid=10) as server, user(OTHER_UID, OTHER_GID) as greedy:
        assert not refused(await greedy.do("hold", path=path, count=10, method="echo"))
        await greedy.do("drop", count=4)
        await until(lambda: server.statistics()["connections"] == 6)
        heard = await greedy.do("hold", path=path, count=6, method="echo")
        assert len(refused(heard)) == 2


@only_root
async def test_client_of_a_user_beyond_the_quota_waits_for_its_turn_and_is_told(
    vault: Vault, api: ModuleType, open_dir: Path, user: Any
) -> None:
    """The refusal proves that nothing was started, so a client tries again (DESIGN 5.1), and gives up in the end."""
    path = open_dir / "s"
    handler = api.request_handler(vault)
    limits = Limits(connections_per_uid=1)
    async with DaemonServer(path, handler, permissions=0o666, limits=limits), user(OTHER_UID, OTHER_GID) as greedy:
        assert not refused(await greedy.do("hold", path=path, count=1, method="vault.ring"))
        for client in ("vault_api.VaultClient", "vault_api.VaultClientSync"):
            answer = await greedy.do("call", path=path, client=client, method="vault_ring", is_stream=False)
            assert (answer["error"], answer["code"]) == ("BusyError", -32090)
        await greedy.do("drop", count=1)
        for client in ("vault_api.VaultClient", "vault_api.VaultClientSync"):
            answer = await greedy.do("call", path=path, client=client, method="vault_ring", is_stream=False)
            assert answer == {"result": "vault.ring"}
    assert vault.ran == {"vault.ring": 3}


@only_root
@pytest.mark.parametrize("seed", range(3))
async def test_quota_counts_exactly_whatever_happens_to_connections(
    service: Service, open_dir: Path, user: Any, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """RULES 2.40: a third of them fail while they are set up, the rest in many ways; then all of the quota is there."""
    path = open_dir / "s"
    chance = random.Random(seed)
    loop = asyncio.get_running_loop()
    connect_accepted = loop.connect_accepted_socket

    async def fails_at_random(factory: Any, sock: socket.socket) -> Any:
        await asyncio.sleep(0)
        if chance.random() < 0.3:
            sock.close()
            raise OSError("for the test")
        return await connect_accepted(factory, sock)

    calls = [line("echo"), line("nothing") * 50, line("hold", params=["x"]), line("endless", params=["x", 1000])]
    texts = ["", "{", "[]\n", "\0\n", *calls, "".join(calls)]
    async with quota_of(service, path, connections_per_uid=10) as server, user(OTHER_UID, OTHER_GID) as caller:
        with monkeypatch.context() as patched:
            patched.setattr(loop, "connect_accepted_socket", fails_at_random)
            await caller.do("storm", path=path, count=400, seed=seed, texts=texts)
            await until(lambda: set(server.statistics().values()) == {0})
        heard = await caller.do("hold", path=path, count=12, method="echo")
        assert len(refused(heard)) == 2
    assert service.probe.started["x"], "some were let in"
