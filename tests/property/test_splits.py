"""However a stream of bytes is cut into pieces, the same messages come out and the same answers are given."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from daemonrpc import Limits, RemoteProtocolError
from daemonrpc.client_connection import ClientConnection
from daemonrpc.framing import LineReader
from daemonrpc.server_connection import ServerConnection

LIMITS = Limits(line_bytes=200, drain_bytes=2000, batch_items=3, id_bytes=12, method_bytes=20, depth=5)
"""Small, so that the examples reach over each of them."""

IDS = st.one_of(
    st.integers(-(2**70), 2**70), st.text(max_size=4), st.none(), st.floats(allow_nan=False, allow_infinity=False)
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=8,
)
METHODS = st.sampled_from(["echo", "a.b", "größe", "rpc.cancel", "", "x" * 21])


def text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


REQUESTS = st.builds(
    lambda head, rest: head | rest,
    st.fixed_dictionaries({"jsonrpc": st.sampled_from(["2.0", "2.0", "2.0", "1.0"]), "method": METHODS}),
    st.fixed_dictionaries({}, optional={"id": IDS, "params": JSON, "meta": JSON, "new": JSON}),
)
CLIENT_LINES = st.one_of(
    REQUESTS.map(text),
    st.lists(REQUESTS, max_size=4).map(text),
    JSON.map(text),
    st.binary(max_size=30).map(lambda junk: junk.replace(b"\n", b"")),
    st.sampled_from([b"", b" ", b"\r", b"{", b'{"jsonrpc":"2.0"', b"[" * 50, b"x" * 201, b"y" * 200, b"\xff" * 300]),
)


@st.composite
def cut(draw: st.DrawFn, data: bytes) -> list[bytes]:
    """The bytes in pieces; some pieces may be empty, as no read is but every caller may be."""
    places = sorted(draw(st.lists(st.integers(0, len(data)), max_size=12)))
    return [data[start:end] for start, end in zip([0, *places], [*places, len(data)], strict=True)]


@st.composite
def whole_and_cut(draw: st.DrawFn, lines: st.SearchStrategy[bytes]) -> tuple[bytes, list[bytes]]:
    data = b"".join(line + b"\n" for line in draw(st.lists(lines, max_size=8)))
    if draw(st.booleans()):
        data += draw(lines)  # the last line has no newline
    return data, draw(cut(data))


@given(whole_and_cut(st.binary(max_size=250)))
def test_lines(case: tuple[bytes, list[bytes]]) -> None:
    whole, pieces = case
    assert lines_of([whole]) == lines_of(pieces) == lines_of([bytes([byte]) for byte in whole])


def lines_of(pieces: list[bytes]) -> list[Any]:
    reader = LineReader(LIMITS)
    lines: list[Any] = [line for piece in pieces for line in reader.receive(piece)]
    return [*lines, reader.has_partial_line, reader.is_exhausted, reader.receive_eof()]


@given(st.lists(st.binary(max_size=200).map(lambda line: line.replace(b"\n", b"")), max_size=6))
def test_lines_within_the_limit_come_out_as_they_went_in(lines: list[bytes]) -> None:
    assert LineReader(LIMITS).receive(b"".join(line + b"\n" for line in lines)) == lines


@given(whole_and_cut(CLIENT_LINES))
def test_requests_and_their_answers(case: tuple[bytes, list[bytes]]) -> None:
    whole, pieces = case
    assert served([whole]) == served(pieces)


def served(pieces: list[bytes]) -> tuple[list[Any], bytes]:
    """What a server understands and what it puts on the wire when it echoes."""
    connection = ServerConnection(LIMITS)
    seen = [request for piece in pieces for request in _receive(connection, piece)]
    connection.receive_eof()
    seen += _requests(connection)
    assert connection.in_flight == 0
    return seen, connection.data_to_send()


def _receive(connection: ServerConnection, piece: bytes) -> list[Any]:
    connection.receive_data(piece)
    return list(_requests(connection))


def _requests(connection: ServerConnection) -> Iterator[Any]:
    while connection.has_backlog:
        request = connection.next_request()
        if request is not None:
            connection.answer(request, request.params or b"null")
            yield request.id, request.method, request.params, request.meta


ANSWERS = st.one_of(
    st.builds(lambda id_, result: {"jsonrpc": "2.0", "id": id_, "result": result}, st.integers(1, 5), JSON),
    st.builds(
        lambda id_, code: {"jsonrpc": "2.0", "id": id_, "error": {"code": code, "message": "m"}},
        st.one_of(st.integers(1, 5), st.none()),
        st.integers(-40000, 40000),
    ),
    st.builds(
        lambda id_, item: {"jsonrpc": "2.0", "method": "item", "params": item, "stream": id_}, st.integers(1, 6), JSON
    ),
)
SERVER_LINES = st.one_of(
    ANSWERS.map(text), ANSWERS.map(text), ANSWERS.map(text), st.sampled_from([b"", b"  ", b"nonsense", b"x" * 201])
)


@given(whole_and_cut(SERVER_LINES))
def test_answers_and_items(case: tuple[bytes, list[bytes]]) -> None:
    whole, pieces = case
    assert received([whole]) == received(pieces)


def received(pieces: list[bytes]) -> list[Any]:
    """What a client with five calls understands, up to the first thing that no server may send."""
    connection = ClientConnection(LIMITS)
    for number in range(5):
        connection.call(b'"m"', b"", is_stream=number % 2 == 0)
    seen: list[Any] = []
    try:
        for piece in pieces:
            for call, answer in connection.receive_data(piece):
                seen.append(
                    (call and call.id, bytes(answer.result), answer.error and answer.error.code, bytes(answer.params))
                )
    except RemoteProtocolError as error:
        seen.append(str(error))
    return seen
