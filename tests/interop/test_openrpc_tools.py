"""Our OpenRPC documents, read by the tools of OpenRPC itself."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from daemonrpc_codegen import load
from daemonrpc_codegen.openrpc import document

ROOT = Path(__file__).parents[2]
SCHEMAS = [
    *sorted(ROOT.glob("tests/golden/good/*.yaml")),
    *sorted(ROOT.glob("examples/*/schema/methods.yaml")),
    ROOT / "tests/generated/methods.yaml",
    ROOT / "tests/typing/torture.yaml",
]
TOOL_SECONDS = 30


def found_by_tools(documents: dict[str, Any], environment: dict[str, str]) -> dict[str, str]:
    """What `@open-rpc/schema-utils-js` finds wrong with each document; empty for a sound one."""
    run = subprocess.run(
        ["node", "--max-old-space-size=512", Path(__file__).with_name("openrpc_check.js")],
        input=json.dumps(documents),
        env=environment,
        capture_output=True,
        text=True,
        timeout=TOOL_SECONDS,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, str] = json.loads(run.stdout)
    return found


@pytest.fixture(scope="module")
def conductor() -> Any:
    return json.loads((ROOT / "generated/openrpc.json").read_text(encoding="utf-8"))


def test_every_document_is_read_by_the_tools_of_openrpc(conductor: Any, node_environment: dict[str, str]) -> None:
    documents = {path.relative_to(ROOT).as_posix(): document(load(path)) for path in SCHEMAS}
    found = found_by_tools(documents | {"generated/openrpc.json": conductor}, node_environment)
    assert len(found) == len(SCHEMAS) + 1
    assert found == dict.fromkeys(found, "")


def test_the_tools_see_what_is_wrong(conductor: Any, node_environment: dict[str, str]) -> None:
    text = json.dumps(conductor)
    wrong = {
        "no title": {**conductor, "info": {"version": "1.0.0"}},
        "unknown member": {**conductor, "streams": []},
        "reference to nothing": json.loads(text.replace("#/components/schemas/JobRef", "#/components/schemas/Nobody")),
    }
    found = found_by_tools(wrong, node_environment)
    assert [name for name, problem in found.items() if not problem] == []
