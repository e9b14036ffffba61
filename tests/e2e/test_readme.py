"""The README's own code: what a newcomer copies must run."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.waiting import until

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def greeter_api(tmp_path: Path) -> Path:
    (tmp_path / "methods.yaml").write_text(blocks("yaml")[0])
    command = [Path(sys.executable).parent / "daemonrpc", "generate", "--schema", "methods.yaml", "--out", "."]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=30)
    return tmp_path


async def test_the_schema_the_client_and_the_service_of_the_readme_work_together(
    greeter_api: Path, socket_path: Path
) -> None:
    client, service = blocks("python")[0], blocks("python")[1]
    path = "/run/user/1000/greeter.sock"
    assert path in client
    assert path in service
    (greeter_api / "daemon.py").write_text(service.replace(path, str(socket_path)))
    body = "".join(f"    {line}\n" for line in client.replace(path, str(socket_path)).splitlines())
    (greeter_api / "caller.py").write_text(f"import asyncio\n\nasync def main():\n{body}\nasyncio.run(main())\n")

    daemon = await asyncio.create_subprocess_exec(sys.executable, "daemon.py", cwd=greeter_api)
    try:
        await until(socket_path.exists)
        async with asyncio.timeout(20):
            caller = await asyncio.create_subprocess_exec(
                sys.executable, "caller.py", cwd=greeter_api, stdout=asyncio.subprocess.PIPE
            )
            output, _ = await caller.communicate()
        assert output.decode() == "Hello, Ada!\n"
    finally:
        daemon.terminate()
        await daemon.wait()


def test_the_handler_filled_by_hand_is_python() -> None:
    namespace: dict[str, object] = {}
    exec(blocks("python")[2], namespace)
    assert getattr(namespace["handler"], "method_names") == ["sum"]  # noqa: B009  # its type is unknown here


def test_every_page_that_the_readme_links_to_exists() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
