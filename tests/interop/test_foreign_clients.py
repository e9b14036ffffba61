"""Clients that others wrote, against our server."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from conformance.service import LIMITS, service
from daemonrpc import DaemonServer

CLIENT_SECONDS = 20.0


@pytest.fixture(autouse=True)
def quiet_log(caplog: pytest.LogCaptureFixture) -> None:
    """Handlers fail on purpose here."""
    caplog.set_level(logging.CRITICAL, "daemonrpc.server")


async def heard_by(script: str, socket_path: Path, environment: dict[str, str]) -> Any:
    """What a client, run by node, heard of the service of the conformance table."""
    path = Path(__file__).with_name(script)
    async with DaemonServer(socket_path, service(), limits=LIMITS):
        process = await asyncio.create_subprocess_exec(
            "node",
            path,
            socket_path,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(CLIENT_SECONDS):
                output, complaint = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert process.returncode == 0, complaint.decode()
    return json.loads(output)


def result(id_: object, value: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": id_, "result": value}


TEXT = "Ωμ€\U0001f600\n\u2028"


async def test_jayson_is_served(node_environment: dict[str, str], socket_path: Path) -> None:
    heard = await heard_by("jayson_client.js", socket_path, node_environment)
    assert heard["named"] == result("a", 19)
    assert heard["positional"] == result(7, 19)
    assert heard["text"] == result(1, [TEXT])
    assert heard["nothing"] == result(1, None)
    assert heard["unknown"]["error"]["code"] == -32601
    assert heard["misfit"]["error"]["code"] == -32602
    error = {"code": -32000, "message": "job 'x' not found", "data": {"job_id": "x"}}
    assert heard["refused"] == {"jsonrpc": "2.0", "id": 1, "error": error}
    assert heard["broken"]["error"]["code"] == -32603
    assert heard["large"] == 900_000
    assert [(answer["id"], "result" in answer) for answer in heard["batch"]] == [("x", True), ("y", False)]
    assert heard["parallel"] == [result(number, [number]) for number in range(50)]
    assert heard["marks"] == result(1, [["note"]])


async def test_vscode_jsonrpc_is_served(node_environment: dict[str, str], socket_path: Path) -> None:
    heard = await heard_by("vscode_client.js", socket_path, node_environment)
    assert (heard["named"], heard["positional"], heard["nothing"], heard["text"]) == (19, 19, None, [TEXT])
    assert heard["unknown"]["code"] == -32601
    assert heard["unknown"]["data"] == {"method": "nosuch", "service": "Conformance", "version": "1.2.3"}
    assert heard["misfit"]["code"] == -32602
    assert heard["refused"] == {"code": -32000, "message": "job 'x' not found", "data": {"job_id": "x"}}
    assert heard["broken"]["code"] == -32603
    assert heard["parallel"] == [[number] for number in range(50)]
    assert heard["marks"] == [["note"]]
    assert heard["held"] == "held"
    assert (heard["end"], heard["items"]) == (None, [0, 1, 2])
