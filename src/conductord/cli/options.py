"""Options that every verb has, and the types of arguments that several share."""

import argparse
from collections.abc import Sequence

from conductord.quantities import parse_duration


def common_options() -> argparse.ArgumentParser:
    """Parent parser of every verb; the same options are taken before the verb."""
    parser = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    group = parser.add_argument_group("options of every verb")
    group.add_argument("--socket", metavar="PATH", help="socket of the daemon (CONDUCTOR_SOCKET)")
    group.add_argument("--state-dir", metavar="DIR", help="where the daemon keeps everything (CONDUCTOR_STATE_DIR)")
    group.add_argument("--config", metavar="FILE", help="file of settings (CONDUCTOR_CONFIG)")
    group.add_argument("--color", choices=("auto", "always", "never"), help="when to use colour")
    group.add_argument("-q", "--quiet", action="store_true", help="no messages, only answers")
    group.add_argument("-v", "--verbose", action="store_true", help="more messages")
    return parser


def split_arguments(argv: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """What stands before the verb, and the verb with all that follows."""
    parser = argparse.ArgumentParser(prog="conductor", add_help=False, parents=[common_options()])
    parser.add_argument("-h", "--help", action="store_true", default=False)
    parser.add_argument("-V", "--version", action="store_true", default=False)
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    before = parser.parse_args(argv)
    return before, before.rest


def duration(text: str) -> float:
    """Type of an argument: `90`, `5m`, `2h`, `7d`, as seconds."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def positive(text: str) -> int:
    """Type of an argument: a whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def natural(text: str) -> int:
    """Type of an argument: a whole number from 0 on."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 on")
    return int(text)


def assignment(text: str) -> tuple[str, str]:
    """Type of an argument: `name=value`."""
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form name=value")
    return name, value


def add_job(parser: argparse.ArgumentParser) -> None:
    """The argument JOB."""
    parser.add_argument(
        "job",
        metavar="JOB",
        help="name of a job (the newest of that name), name#number, number, or the beginning of a name",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option --json."""
    parser.add_argument("--json", action="store_true", help="the answer as JSON, with the keys of the schema")


def add_yes(parser: argparse.ArgumentParser) -> None:
    """The option --yes."""
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
