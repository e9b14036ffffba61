"""`python -m kv_cache`: serve until told to stop."""

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

from daemonrpc import DaemonServer, ServiceManager, SocketFileError

from kv_cache.service import CacheService
from kv_cache_api import request_handler


async def serve(socket: Path, max_size: int) -> None:
    """Serve at a socket until SIGTERM or SIGINT. Raises SocketFileError if another daemon is there already."""
    service, ended, manager = CacheService(max_size), asyncio.Event(), ServiceManager.from_environment()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with manager.watched(), DaemonServer(socket, request_handler(service)):
        print(f"serving at {socket}", flush=True)
        manager.ready()
        await ended.wait()
        manager.stopping()
        service.close()


def main() -> int:
    """0: ended as asked; 1: cannot serve; 2: wrong command line."""
    runtime_dir = os.environ.get("XDG_RUNTIME_DIR")
    default = Path(runtime_dir, "kv-cache.sock") if runtime_dir else None
    parser = argparse.ArgumentParser(prog="kv-cache", description="A cache of texts on a Unix socket.")
    parser.add_argument("--socket", type=Path, default=default, required=default is None, help="where to listen")
    parser.add_argument("--max-mib", type=int, default=64, help="room for entries in MiB, 2 at the least (64)")
    options = parser.parse_args()
    if options.max_mib < 2:
        parser.error("--max-mib must be 2 or more")
    try:
        asyncio.run(serve(options.socket, options.max_mib * 2**20))
    except SocketFileError as error:
        print(f"kv-cache: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
