"""Processor time of a call, on both sides, as a process: `python -m bench.processor SYSTEM SOCKET PID PAUSE SECONDS`.

Prints microseconds for each call, one call after the other with so many seconds between them. PID is the server's.
"""

import asyncio
import sys
import time
from pathlib import Path

from bench.systems import SYSTEMS, Client

WARM_UP_CALLS = 50


def processor_seconds(pid: int | str) -> float:
    """What the scheduler says that a process has used; exact, unlike the ticks of /proc/PID/stat."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


async def _measured(client: Client, pid: int, pause: float, seconds: float) -> float:
    await client.open()
    for _ in range(WARM_UP_CALLS):
        await client.echo("fix-tests#7", 50)
    count, end = 0, time.perf_counter() + seconds
    before = processor_seconds(pid) + processor_seconds("self")
    while time.perf_counter() < end:
        await client.echo("fix-tests#7", 50)
        count += 1
        if pause:
            await asyncio.sleep(pause)
    used = processor_seconds(pid) + processor_seconds("self") - before
    await client.close()
    return used / count * 1e6


def main(name: str, path: str, pid: str, pause: str, seconds: str) -> None:
    (system,) = [system for system in SYSTEMS if system.name == name]
    print(system.run(_measured(system.client(path), int(pid), float(pause), float(seconds))))


if __name__ == "__main__":
    main(*sys.argv[1:])
