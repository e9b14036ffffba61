"""`conductor call METHOD [JSON]`: call any method of the daemon with JSON."""

import sys
from argparse import ArgumentParser, Namespace
from typing import Any

import msgspec

from conductor_api import SERVICE
from conductord.cli.exits import CommandError, ExitCode
from conductord.cli.options import duration
from conductord.cli.session import CALL_TIMEOUT, Session
from daemonrpc import StreamMethod


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument(
        "method", metavar="METHOD", help="name on the wire, such as job.status; see: conductor describe"
    )
    parser.add_argument(
        "params", nargs="?", metavar="JSON", help="params as a JSON object; - reads them from standard input"
    )
    parser.add_argument(
        "--timeout", type=duration, metavar="TIME", help="how long to wait (default 30s; a stream: for ever)"
    )


def run(session: Session, args: Namespace) -> int:
    """The result as JSON; the items of a stream as one JSON object a line, and its result last."""
    params = _params(sys.stdin.read() if args.params == "-" else args.params)
    if any(isinstance(method, StreamMethod) and method.name == args.method for method in SERVICE.methods):
        return _stream(session, args, params)
    timeout = CALL_TIMEOUT if args.timeout is None else args.timeout
    with session.client() as client:
        session.output.document(client.call(args.method, params, timeout=timeout))
    return ExitCode.FINE


def _stream(session: Session, args: Namespace, params: Any) -> int:
    with session.client() as client, client.stream(args.method, params, timeout=args.timeout) as stream:
        try:
            for item in stream:
                session.output.record(item)
        except KeyboardInterrupt:
            return ExitCode.INTERRUPTED
        session.output.record(stream.result)
    return ExitCode.FINE


def _params(text: str | None) -> Any:
    if text is None:
        return None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise CommandError(
            f"the params are not JSON: {error}",
            code=ExitCode.USAGE,
            hint="""such as: conductor call job.status '{"job_id": "x"}'""",
        ) from None
