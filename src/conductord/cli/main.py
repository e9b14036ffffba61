"""From the arguments to the verb, and from what it raised to an exit code."""

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import Protocol, cast

from conductord.cli.exits import CommandError, ExitCode
from conductord.cli.options import common_options, split_arguments
from conductord.cli.session import Session
from conductord.cli.verb_table import VERBS, Verb, overview
from conductord.problems import FileProblemsError


class VerbModule(Protocol):
    """What the module of a verb offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments of the verb."""
        ...

    def run(self, session: Session, args: argparse.Namespace) -> int:
        """Do it. The exit code; CommandError and the errors of a call are turned into one."""
        ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run `conductor` with these arguments (those of the process by default). The exit code."""
    _accept_any_text()
    before, rest = split_arguments(sys.argv[1:] if argv is None else argv)
    if rest[:1] == ["help"] and len(rest) == 2:
        rest = [rest[1], "--help"]
    if before.version:
        return _print_version()
    if before.help or not rest or rest == ["help"]:
        print(overview(), file=sys.stdout if before.help or rest else sys.stderr)
        return ExitCode.FINE if before.help or rest else ExitCode.USAGE
    verb = VERBS.get(rest[0])
    if verb is None:
        return _unknown_verb(rest[0])
    module = cast("VerbModule", importlib.import_module(f"conductord.cli.verbs.{verb.module}"))
    args = _parser(rest[0], verb, module).parse_args(rest[1:], before)
    return _guarded(module, args)


def _accept_any_text() -> None:
    """A terminal of an old encoding shows `?` for a character that it lacks, and nothing fails because of it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _parser(name: str, verb: Verb, module: VerbModule) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"conductor {name}",
        description=f"{verb.summary[0].upper()}{verb.summary[1:]}.",
        parents=[common_options()],
    )
    module.add_arguments(parser)
    return parser


def _guarded(module: VerbModule, args: argparse.Namespace) -> int:
    session = Session(args)
    try:
        code = module.run(session, args)
        sys.stdout.flush()
        return code
    except CommandError as error:
        session.output.error(error.message, error.hint)
        return error.code
    except FileProblemsError as error:
        session.output.error(str(error))
        return ExitCode.USAGE
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        return _reader_gone()
    except Exception as error:
        return _call_failed(session, error)


def _call_failed(session: Session, error: Exception) -> int:
    """Anything else is the failure of a call, or a mistake of ours, which keeps its traceback."""
    from daemonrpc import DaemonError

    if not isinstance(error, DaemonError):
        raise error
    from conductord.cli.failures import explain

    told = explain(error, session.socket)
    session.output.error(told.message, told.hint)
    return told.code


def _reader_gone() -> int:
    # The interpreter flushes stdout once more at exit, which would raise again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.READER_GONE


def _unknown_verb(name: str) -> int:
    from difflib import get_close_matches

    near = get_close_matches(name, VERBS, n=1)
    hint = f"did you mean: conductor {near[0]}" if near else "the verbs there are: conductor --help"
    print(f"error: there is no verb {name!r}\n{hint}", file=sys.stderr)
    return ExitCode.USAGE


def _print_version() -> int:
    from importlib.metadata import version

    print(f"conductor {version('daemonrpc')}")
    return ExitCode.FINE
