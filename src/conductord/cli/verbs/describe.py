"""`conductor describe [METHOD]`: describe the methods of the daemon."""

from argparse import ArgumentParser, Namespace
from difflib import get_close_matches
from typing import Any

import msgspec

from conductor_api import SERVICE
from conductord.cli.exits import CommandError, ExitCode
from conductord.cli.method_text import describe_method
from conductord.cli.options import add_json
from conductord.cli.session import Session
from conductord.cli.table import table


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("method", nargs="?", metavar="METHOD", help="name on the wire; all methods without it")
    parser.add_argument(
        "--running",
        action="store_true",
        help="ask the running daemon, which may be of another version, for its description",
    )
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """From the schema; with --json, as OpenRPC."""
    document = _document(session, running=args.running)
    if args.method is None:
        return _print_all(session, document, as_json=args.json)
    method = _find(document, args.method)
    if args.json:
        session.output.document(method)
    else:
        for line in describe_method(session.output, method, document):
            session.output.line(line)
    return ExitCode.FINE


def _document(session: Session, *, running: bool) -> dict[str, Any]:
    document: dict[str, Any]
    if running:
        with session.client() as client:
            document = client.call("rpc.discover")
    else:
        document = msgspec.json.decode(SERVICE.document())
    return document


def _find(document: dict[str, Any], name: str) -> dict[str, Any]:
    methods: dict[str, dict[str, Any]] = {method["name"]: method for method in document["methods"]}
    if name not in methods:
        near = get_close_matches(name, methods, n=3)
        hint = f"did you mean: {', '.join(near)}" if near else "all methods: conductor describe"
        raise CommandError(f"there is no method {name!r}", code=ExitCode.USAGE, hint=hint)
    return methods[name]


def _print_all(session: Session, document: dict[str, Any], *, as_json: bool) -> int:
    if as_json:
        session.output.document(document)
        return ExitCode.FINE
    info = document["info"]
    session.output.line(f"{info['title']} {info['version']}: {info['description']}")
    rows = [[method["name"], method["summary"].partition(". ")[0].rstrip(".")] for method in document["methods"]]
    for line in table(session.output, ["METHOD", ""], rows):
        session.output.line(line)
    return ExitCode.FINE
