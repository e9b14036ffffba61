import tracemalloc

import pytest

from daemonrpc.limits import Limits
from daemonrpc.message import NO_ID, NULL_ID
from daemonrpc.request import LONG_BYTES, Invalid, Request, decode_id_param, decode_items, decode_requests, decode_run

LIMITS = Limits()


def request(line: bytes) -> Request:
    message = decode_requests(line, LIMITS)
    assert isinstance(message, Request), message
    return message


def fault(line: bytes, limits: Limits = LIMITS) -> tuple[bytes, int, str]:
    message = decode_requests(line, limits)
    assert isinstance(message, Invalid), message
    return message.id, message.error.code, message.error.message


# -- reading requests -------------------------------------------------------------------------------------------------


def test_request_keeps_id_and_params_as_they_came() -> None:
    message = request(b'{"jsonrpc":"2.0","id": 9007199254740993 ,"method":"a","params":{ "x":[1.50] }}')
    assert (message.id, message.method, message.params) == (b"9007199254740993", "a", b'{ "x":[1.50] }')


@pytest.mark.parametrize("id_", [b"0", b"-1", b'""', b'"a\\u0041"', b"1.5", b"1e3", b"null", b"1" * 128])
def test_each_legal_id_is_kept_byte_for_byte(id_: bytes) -> None:
    assert request(b'{"jsonrpc":"2.0","method":"a","id":%b}' % id_).id == id_


def test_request_without_id_is_a_notification() -> None:
    assert request(b'{"jsonrpc":"2.0","method":"a"}').id == NO_ID


@pytest.mark.parametrize("params", [b"", b',"params":null'])
def test_null_params_are_no_params(params: bytes) -> None:
    assert request(b'{"jsonrpc":"2.0","method":"a","id":1%b}' % params).params == b""


@pytest.mark.parametrize(
    "line",
    [b' {"jsonrpc":"2.0","method":"a"}', b'{"jsonrpc":"2.0","method":"a"}\r', b'\t{"method":"a","jsonrpc":"2.0"} \r'],
)
def test_white_space_around_the_object_and_member_order_do_not_matter(line: bytes) -> None:
    assert request(line).method == "a"


@pytest.mark.parametrize("line", [b"", b"\r", b" \t "])
def test_blank_line_is_nothing(line: bytes) -> None:
    assert decode_requests(line, LIMITS) is None


def test_meta_carries_deadline_key_and_trace_and_may_be_null() -> None:
    meta = request(b'{"jsonrpc":"2.0","method":"a","meta":{"timeout_ms":1.5,"key":"k","new":1}}').meta
    assert meta is not None
    assert (meta.timeout_ms, meta.key, meta.traceparent) == (1.5, "k", None)
    assert request(b'{"jsonrpc":"2.0","method":"a","meta":null}').meta is None


@pytest.mark.parametrize(
    ("line", "id_", "code"),
    [
        (b'{"jsonrpc":"2.0","method":"a","id":true}', NULL_ID, -32600),
        (b'{"jsonrpc":"2.0","method":"a","id":[]}', NULL_ID, -32600),
        (b'{"jsonrpc":"2.0","method":"a","id":{}}', NULL_ID, -32600),
        (b'{"jsonrpc":"2.0","id":{}}', NULL_ID, -32600),
        (b'{"jsonrpc":"2.0","id":3}', b"3", -32600),
        (b'{"jsonrpc":"2.0","method":7,"id":3}', b"3", -32600),
        (b'{"method":"a","id":3}', b"3", -32600),
        (b'{"jsonrpc":"2.1","method":"a","id":3}', b"3", -32600),
        (b'{"jsonrpc":2.0,"method":"a","id":3}', b"3", -32600),
        (b'{"jsonrpc":"2.0","method":"a","id":3,"params":"x"}', b"3", -32600),
        (b'{"jsonrpc":"2.0","method":"a","params":1}', NULL_ID, -32600),
        (b'{"jsonrpc":"2.0","method":"a","id":3,"meta":[]}', b"3", -32600),
        (b'{"jsonrpc":"2.0","method":"a","id":3,"meta":{"timeout_ms":"x"}}', b"3", -32600),
        (b'"a"', NULL_ID, -32600),
        (b"1", NULL_ID, -32600),
        (b"null", NULL_ID, -32600),
        (b"[]", NULL_ID, -32600),
        (b"[1,", NULL_ID, -32700),
        (b"{", NULL_ID, -32700),
        (b'{"jsonrpc":"2.0","method":"a"} x', NULL_ID, -32700),
        (b'{"jsonrpc":"2.0","method":"a","params":[NaN]}', NULL_ID, -32700),
        (b'{"jsonrpc":"2.0","method":"a","params":[Infinity]}', NULL_ID, -32700),
        (b'{"jsonrpc":"2.0","method":"a","params":[01]}', NULL_ID, -32700),
        (b'{"jsonrpc":"2.0","method":"a","params":["\xff"]}', NULL_ID, -32700),
        (b'{"jsonrpc":"2.0","method":"a","params":["\\ud800"]}', NULL_ID, -32700),
        (b'\xef\xbb\xbf{"jsonrpc":"2.0","method":"a"}', NULL_ID, -32700),
        (b'{"jsonrpc":"2.0","method":"a","id":"%b"}' % (b"x" * 127), NULL_ID, -32600),
        (b'{"id":"%b"}' % (b"x" * 1000), NULL_ID, -32600),
        (b'{"jsonrpc":"2.0","method":"%b","id":3}' % (b"x" * 257), b"3", -32600),
        (b'{"jsonrpc":"2.0","method":"%b","id":3}' % ("é".encode() * 129), b"3", -32600),
    ],
)
def test_each_fault_has_its_code_and_the_id_if_there_is_one(line: bytes, id_: bytes, code: int) -> None:
    assert fault(line)[:2] == (id_, code)


def test_method_name_is_measured_in_bytes() -> None:
    assert request(b'{"jsonrpc":"2.0","method":"%b"}' % ("é".encode() * 128)).method == "é" * 128


def test_batch_is_a_list_of_requests_and_faults() -> None:
    batch = decode_requests(b' [{"jsonrpc":"2.0","method":"a","id":1}, 2, {"jsonrpc":"2.0","method":"b"}]', LIMITS)
    assert isinstance(batch, list)
    assert [type(item) for item in batch] == [Request, Invalid, Request]


def test_batch_over_the_limit_is_refused_as_a_whole() -> None:
    limits = Limits(batch_items=2)
    assert fault(b"[1,2,3]", limits)[1] == -32600
    assert fault(b"[1,2,3", limits)[1] == -32700
    assert isinstance(decode_requests(b"[1,2]", limits), list)


@pytest.mark.parametrize(
    "line",
    [
        b"[" + b"1," * 1_000_000 + b"1]",
        b'{"a":' + b"[" + b"{}," * 500_000 + b"{}]" + b',"id":1}',
        b"{" + b",".join(b'"%x":1' % n for n in range(200_000)) + b"}",
    ],
    ids=["batch of a million", "deep member", "object of many members"],
)
def test_wrong_line_with_many_parts_costs_no_memory_for_each(line: bytes) -> None:
    tracemalloc.start()
    try:
        assert fault(line)[1] == -32600
        assert tracemalloc.get_traced_memory()[1] < 4 * len(line)
    finally:
        tracemalloc.stop()


def test_items_of_an_array_are_given_as_text_up_to_a_limit() -> None:
    assert decode_items(b'[1, "a",{"b":[2]}]', 3) == [b"1", b'"a"', b'{"b":[2]}']
    assert decode_items(b"[]", 0) == []
    assert decode_items(b"[1,2]", 1) is None


def test_line_too_deep_for_the_parser_is_a_parse_error() -> None:
    """RULES 2.27: a RecursionError is no DecodeError."""
    line = b'{"jsonrpc":"2.0","method":"a","params":%b%b}' % (b"[" * 100_000, b"]" * 100_000)
    assert fault(line)[:2] == (NULL_ID, -32700)


LONG = b'"' + b"x" * LONG_BYTES + b'"'


@pytest.mark.parametrize(
    ("members", "answer"),
    [
        (b'"jsonrpc":"2.0","id":1,"method":"a","params":[%b]' % LONG, None),
        (b'"jsonrpc":"2\\u002e0","id":1,"method":"a","params":[%b]' % LONG, None),
        (b'"jsonrpc":"2.0","method":"a","x":%b' % LONG, None),
        (b'"jsonrpc":"2.0","id":1,"method":"a","params":%b' % LONG, (b"1", -32600)),
        (b'"id":1,"method":"a","params":[%b],"jsonrpc":2.0' % LONG, (b"1", -32600)),
        (b'"jsonrpc":%b,"id":1,"method":"a"' % LONG, (b"1", -32600)),
        (b'"jsonrpc":"2.0","id":1,"method":%b' % LONG, (b"1", -32600)),
        (b'"jsonrpc":"2.0","id":%b,"method":"a"' % LONG, (NULL_ID, -32600)),
        (b'"jsonrpc":"2.0","id":1,"method":"a","meta":%b' % LONG, (b"1", -32600)),
        (b'"jsonrpc":"2.0","id":1,"method":"a","params":[%b' % LONG, (NULL_ID, -32700)),
    ],
)
def test_long_message_is_read_like_a_short_one(members: bytes, answer: tuple[bytes, int] | None) -> None:
    line = b"{%b}" % members
    if answer is None:
        assert request(line).method == "a"
    else:
        assert fault(line)[:2] == answer


# -- cancel params ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("params", "id_"), [(b'{"id":1}', b"1"), (b'{"id":"a","x":2}', b'"a"'), (b"[1.0]", b"1.0")])
def test_cancel_names_an_id(params: bytes, id_: bytes) -> None:
    assert decode_id_param(params) == id_


@pytest.mark.parametrize("params", [b"", b"{}", b"[]", b"[1,2]", b'{"Id":1}', b"{", b'"x"'])
def test_cancel_without_an_id_is_refused(params: bytes) -> None:
    with pytest.raises(ValueError, match=r"rpc\.cancel takes the params"):
        decode_id_param(params)


def test_run_gives_the_requests_before_the_first_line_that_needs_a_closer_look() -> None:
    good = b'{"jsonrpc":"2.0","method":"m","params":{"a":"\xc3\xa9"},"id":1}'
    bad = [
        b"",
        b"[" + good + b"]",
        good[:-1],
        good.replace(b"2.0", b"1.0"),
        good.replace(b"\xc3\xa9", b"\xc3"),
        good.replace(b'"id":1', b'"id":[]'),
        good.replace(b'"id":1', b'"id":"%b"' % (b"x" * LIMITS.id_bytes)),
        good.replace(b'"m"', b'"%b"' % (b"m" * LIMITS.method_bytes)),
        good.replace(b'{"a":"\xc3\xa9"}', b"7"),
    ]
    assert decode_run([], LIMITS) == []
    for line in bad:
        assert [request.id for request in decode_run([good, good, line, good], LIMITS)] == [b"1", b"1"], line
