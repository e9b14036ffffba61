"""`python -m log_tailer app=/var/log/app.log`: serve logs until told to stop."""

import argparse
import asyncio
import os
import re
import signal
import sys
from pathlib import Path

from daemonrpc import DaemonServer, ServiceManager, SocketFileError

from log_tailer.service import LogService
from log_tailer_api import request_handler

NAMED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,63})=(.+)")


async def serve(socket: Path, logs: dict[str, Path]) -> None:
    """Serve at a socket until SIGTERM or SIGINT. Raises SocketFileError if another daemon is there already."""
    service, ended, manager = LogService(logs), asyncio.Event(), ServiceManager.from_environment()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with manager.watched(), DaemonServer(socket, request_handler(service)):
        print(f"serving {', '.join(logs)} at {socket}", flush=True)
        manager.ready()
        await ended.wait()
        manager.stopping()
        service.close()


def main() -> int:
    """0: ended as asked; 1: cannot serve; 2: wrong command line."""
    runtime_dir = os.environ.get("XDG_RUNTIME_DIR")
    default = Path(runtime_dir, "log-tailer.sock") if runtime_dir else None
    parser = argparse.ArgumentParser(prog="log-tailer", description="Serve log files on a Unix socket.")
    parser.add_argument("logs", metavar="NAME=FILE", nargs="+", type=named_log, help="a log, and the name to ask for")
    parser.add_argument("--socket", type=Path, default=default, required=default is None, help="where to listen")
    options = parser.parse_args()
    logs = dict(options.logs)
    if len(logs) < len(options.logs):
        parser.error("two logs have the same name")
    try:
        asyncio.run(serve(options.socket, logs))
    except SocketFileError as error:
        print(f"log-tailer: {error}", file=sys.stderr)
        return 1
    return 0


def named_log(text: str) -> tuple[str, Path]:
    """`NAME=FILE`. Raises ArgumentTypeError."""
    found = NAMED.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=FILE, with a name of letters, digits, . _ and -")
    return found[1], Path(found[2]).absolute()


if __name__ == "__main__":
    sys.exit(main())
