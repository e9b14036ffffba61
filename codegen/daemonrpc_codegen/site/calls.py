"""Examples of a method: the call in every form, and the lines that come back."""

import re
import shlex
from collections.abc import Iterator
from typing import Any, Final

from daemonrpc_codegen.exchange import answer_lines, by_position, request_line
from daemonrpc_codegen.model import Api, Method
from daemonrpc_codegen.site.command_call import command_call
from daemonrpc_codegen.site.links import Links
from daemonrpc_codegen.site.python_call import python_call
from daemonrpc_codegen.site.samples import NoSampleError, Samples
from daemonrpc_codegen.site.view import Call, Example, Piece, Prose

__all__ = ["examples_of", "json_pieces"]

_TOKEN: Final = re.compile(r'("(?:[^"\\]|\\.)*")(?=(\s*:)?)|(-?[0-9][0-9.eE+-]*)|(true|false|null)')


def examples_of(api: Api, method: Method, samples: Samples, links: Links) -> list[Example]:
    """What the schema shows; if that is nothing, a call that is made up, without an answer."""
    shown = [
        Example(
            title=f"Example {number}" if len(method.examples) > 1 else "Example",
            doc=links.prose(example.doc),
            calls=list(_calls(api, method, example.params)),
            answer=[json_pieces(line) for line in answer_lines(method, example)],
        )
        for number, example in enumerate(method.examples, 1)
    ]
    return shown or _made_up(api, method, samples)


def _made_up(api: Api, method: Method, samples: Samples) -> list[Example]:
    try:
        params = samples.params(method)
    except NoSampleError:
        return []
    return [Example("Call", Prose(), list(_calls(api, method, params)), [])]


def _calls(api: Api, method: Method, params: dict[str, Any]) -> Iterator[Call]:
    yield Call("nc", "nc", _netcat(request_line(method, params)))
    yield Call("command", "daemonrpc", Prose([Piece(command_call(api, method, params))]))
    yield Call("python", "Python", Prose([Piece(python_call(api, method, params))]))
    positional = by_position(method, params)
    if positional:
        yield Call("position", "by position", _netcat(request_line(method, positional)))


def _netcat(line: str) -> Prose:
    """printf does not look into its second argument, so the line arrives as it is."""
    before, after = Piece("printf '%s\\n' "), Piece(' | nc -NU "$SOCKET"')
    if "'" in line:
        return Prose([before, Piece(shlex.quote(line)), after])
    return Prose([before, Piece("'"), *json_pieces(line), Piece("'"), after])


def json_pieces(text: str) -> Prose:
    """JSON with its tokens marked."""
    pieces: list[Piece] = []
    end = 0
    for match in _TOKEN.finditer(text):
        if match.start() > end:
            pieces.append(Piece(text[end : match.start()]))
        pieces.append(Piece(match.group(), mark=_mark(match)))
        end = match.end()
    return Prose([*pieces, Piece(text[end:])])


def _mark(match: re.Match[str]) -> str:
    string, is_key, number, _ = match.groups()
    if string:
        return "key" if is_key else "string"
    return "number" if number else "word"
