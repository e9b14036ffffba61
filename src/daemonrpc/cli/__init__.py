"""The `daemonrpc` command line. It imports no asyncio: its start is what a person feels."""

from daemonrpc.cli.command import main

__all__ = ["main"]
