"""`conductor config show|check`: the settings."""

from argparse import ArgumentParser, Namespace
from typing import Any, cast

import msgspec

from conductord.cli.exits import ExitCode
from conductord.cli.options import add_json
from conductord.cli.session import Session
from conductord.cli.table import table

_SOCKET_SETTINGS = {"socket.path": "socket", "socket.permissions": "socket_permissions", "socket.backlog": "backlog"}
"""Names of the settings behind the fields of the socket."""


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=("show", "check"),
        default="show",
        help="show (default): settings of the running daemon; check: whether they are right, without a daemon",
    )
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """Exit code 2 when a setting is wrong."""
    return _check(session, args.json) if args.action == "check" else _show(session, args.json)


def _check(session: Session, as_json: bool) -> int:
    settings = session.settings
    if as_json:
        session.output.document({"valid": True, "config_file": str(settings.config_file)})
    else:
        there = "" if settings.config_file.exists() else " (there is no such file)"
        session.output.line(f"ok: {settings.config_file}{there}")
    return ExitCode.FINE


def _show(session: Session, as_json: bool) -> int:
    with session.client() as client:
        config = client.config()
    if as_json:
        session.output.document(config)
        return ExitCode.FINE
    rows = [
        [name, text, config.origins.get(_SOCKET_SETTINGS.get(name, name), "")]
        for name, text in _flat(msgspec.to_builtins(config))
        if not name.startswith("origins")
    ]
    for line in table(session.output, ["SETTING", "VALUE", "FROM"], rows):
        session.output.line(line)
    return ExitCode.FINE


def _flat(values: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, dict):
            pairs += _flat(cast("dict[str, Any]", value), f"{prefix}{name}.")
        else:
            pairs.append((prefix + name, f"{value:#o}" if name == "permissions" else str(value)))
    return pairs
