"""A server in a process that may have only so many descriptors: `server_of_few_descriptors.py SOCKET LIMIT`."""

import asyncio
import resource
import sys
import time

from daemonrpc import DaemonServer, RequestHandler


async def main(path: str, limit: int) -> None:
    handler = RequestHandler()
    handler.register("echo", lambda params, _context: params)
    handler.register("cpu_seconds", lambda _params, _context: time.process_time())
    async with DaemonServer(path, handler):
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        print("ready", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)  # until the test closes its end


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
