"""A server in a process of its own, so that its memory can be measured: `python memory_server.py SOCKET LIMITS`.

LIMITS is a JSON object of daemonrpc.Limits. A line on its standard output says that it listens.
"""

import asyncio
import sys

import msgspec
from msgspec import Struct

from daemonrpc import Context, DaemonServer, Limits, Method, RequestHandler


class Text(Struct):
    text: str = ""


class Size(Struct):
    size: int


class Empty(Struct):
    pass


LENGTH: Method[Text, int] = Method("length", python_name="length", params=Text, result=int, handler="sync")
FILL: Method[Size, str] = Method("fill", python_name="fill", params=Size, result=str, handler="sync")
HEALTH: Method[Empty, dict[str, int]] = Method(
    "health", python_name="health", params=Empty, result=dict[str, int], handler="sync", admission="always"
)


async def main(path: str, limits: Limits) -> None:
    handler = RequestHandler()
    handler.register(LENGTH, lambda params, _context: len(params.text))
    handler.register(FILL, lambda params, _context: "x" * params.size)
    server = DaemonServer(path, handler, limits=limits)

    def health(_params: Empty, _context: Context) -> dict[str, int]:
        return server.statistics()

    handler.register(HEALTH, health)
    async with server:
        sys.stdout.write("listening\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], msgspec.json.decode(sys.argv[2], type=Limits)))
