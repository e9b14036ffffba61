"""The `daemonrpc` command line. It imports no asyncio: its start is what a person feels."""

from daemonrpc.cli.command import describe_daemon, main, run_call, run_describe

__all__ = ["describe_daemon", "main", "run_call", "run_describe"]
