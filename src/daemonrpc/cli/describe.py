"""`daemonrpc describe`: what a daemon offers, as its OpenRPC document says."""

from collections.abc import Iterator
from typing import Any

import msgspec

from daemonrpc.cli.document import Json, fetch_document, method_of
from daemonrpc.cli.flags import flag_lines, method_flags
from daemonrpc.cli.outcome import EXIT_OK, answered
from daemonrpc.client_sync import SyncChannel

__all__ = ["help_lines", "run_describe"]

OWN_OPTIONS = """\
options of every call:
  --json             print the result on one line, as it came
  --timeout SECONDS  to wait (30; a stream has no deadline)"""


def run_describe(socket: str, method: str | None, *, as_json: bool = False) -> int:
    """Prints what a daemon offers: all methods in a line each, or one with its params."""

    def work() -> int:
        with SyncChannel(socket) as channel:
            document = fetch_document(channel)
        described = document if method is None else method_of(document, method)
        if as_json:
            print(msgspec.json.format(msgspec.json.encode(described), indent=2).decode())
        else:
            print("\n".join(_service_lines(document) if method is None else _method_lines(described, document)))
        return EXIT_OK

    return answered(work)


def help_lines(method: Json, document: Json, socket: str) -> Iterator[str]:
    """What `daemonrpc call SOCKET METHOD --help` shows."""
    yield f"usage: daemonrpc call {socket} {method['name']} [flags, or all params as one JSON text]"
    yield ""
    yield from _method_lines(method, document)
    yield ""
    yield OWN_OPTIONS


def _service_lines(document: Json) -> Iterator[str]:
    info: Json = document.get("info", {})
    yield f"{info.get('title', '?')} {info.get('version', '?')}"
    methods: list[Json] = document.get("methods", [])
    width = max((len(method["name"]) for method in methods), default=0)
    for method in methods:
        yield f"  {method['name']:{width}}  {_first_sentence(_doc(method))}".rstrip()


def _method_lines(method: Json, document: Json) -> Iterator[str]:
    name = method["name"]
    yield from _wrapped(f"{name}  {_doc(method)}".rstrip(), "", "    ")
    if method.get("deprecated"):
        yield from _wrapped(f"deprecated: {method.get('x-deprecated', 'do not use it')}", "    ", "    ")
    for line in flag_lines(method_flags(method, document)):
        indent = line[: len(line) - len(line.lstrip())]
        yield from _wrapped(line.lstrip(), indent, "      ")
    if "x-stream" in method:
        yield f"  items {_type_text(method['x-stream'].get('item', {}))}, one a line"
    result: Json = method.get("result") or {}
    yield f"  -> {_doc(result) or _type_text(result.get('schema', {}))}"
    for error in _errors(method, document):
        yield from _wrapped(f"error {error.get('code')}: {error.get('message')}", "  ", "      ")


def _errors(method: Json, document: Json) -> list[Json]:
    known: Json = document.get("components", {}).get("errors", {})
    listed: list[Json] = method.get("errors", [])
    return [known.get(str(error["$ref"]).rpartition("/")[2], {}) if "$ref" in error else error for error in listed]


def _doc(described: Json) -> str:
    return described.get("summary") or described.get("description") or ""


def _first_sentence(text: str) -> str:
    first, point, _ = text.partition(". ")
    return first + point.strip()


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    from shutil import get_terminal_size  # slow to import, and a call does without it
    from textwrap import wrap

    width = max(40, get_terminal_size().columns)
    lines = wrap(text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False)
    return [line.rstrip() for line in lines]


def _type_text(schema: Any) -> str:
    """A schema as one or two words: `JobState`, `list of JobEntry`, `string or null`."""
    match schema:
        case {"$ref": reference}:
            return str(reference).rpartition("/")[2].removesuffix(".params")
        case {"allOf": [only]}:
            return _type_text(only)
        case {"anyOf": choices}:
            return " or ".join(dict.fromkeys(map(_type_text, choices)))
        case {"type": [*kinds]}:
            return " or ".join(_type_text({**schema, "type": kind}) for kind in kinds)
        case {"type": "array", "items": items}:
            return f"list of {_type_text(items)}"
        case {"type": str(kind)}:
            return kind
        case _:
            return "any JSON value"
