"""A client that is another user: a child process that only root can make."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

__all__ = ["AnotherUser", "another_user"]

PROGRAM = Path(__file__).with_name("another_user_process.py")
SECONDS = 30.0


class AnotherUser:
    """Does what `another_user_process` can do; each call is one of its functions."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid

    async def do(self, command: str, **arguments: Any) -> Any:
        """What the function of that name returned."""
        assert self._process.stdin is not None
        text = json.dumps({"do": command, **arguments}, default=str)
        self._process.stdin.write(text.encode() + b"\n")
        return await self.read()

    async def read(self) -> Any:
        assert self._process.stdout is not None
        async with asyncio.timeout(SECONDS):
            line = await self._process.stdout.readline()
        assert line, "the other user's process has ended: see its standard error"
        return json.loads(line)


@asynccontextmanager
async def another_user(
    uid: int, gid: int, groups: Sequence[int] = (), *, packages: Sequence[str] = (), path: Sequence[Path] = ()
) -> AsyncIterator[AnotherUser]:
    """A process of that user. packages: what it imports while it still can, from the folders of `path` as well."""
    identity = json.dumps({"uid": uid, "gid": gid, "groups": list(groups), "packages": ["daemonrpc", *packages]})
    found = os.pathsep.join([*map(str, path), *sys.path])
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(PROGRAM),
        identity,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": found},
        limit=2**24,
    )
    try:
        user = AnotherUser(process)
        assert await user.read() == process.pid
        yield user
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
