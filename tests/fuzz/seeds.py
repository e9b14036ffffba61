"""What fuzzing starts from: the lines of the conformance table and valid calls of every method."""

import json

import msgspec

from conductor_api import SERVICE
from conformance.table import TABLE
from fuzz.script import script_bytes

__all__ = ["LINES", "answers", "calls", "params", "scripts"]

LONGEST = 2000
VALUES = ("a-1", 7, True, ["x"], {"x": "y"}, None)


def _lines() -> list[bytes]:
    lines = [line for case in TABLE for line in case.sent.split(b"\n")]
    return list(dict.fromkeys(line for line in lines if 0 < len(line) <= LONGEST))


LINES = _lines()


def calls() -> list[bytes]:
    """A request of every method of the conductor, by name and by position."""
    made: list[bytes] = []
    for number, method in enumerate(SERVICE.methods):
        for params in ({"job_id": "a-1", "config_path": "x.yaml", "limit": 3}, ["a-1"], {}, None):
            message = {"jsonrpc": "2.0", "id": number, "method": method.name, "params": params}
            made.append(json.dumps(message, separators=(",", ":")).encode())
    return made


def params() -> list[bytes]:
    """Params of every method: values of several types for each field, alone and together, by name and by position."""
    made: list[bytes] = []
    for number, method in enumerate(SERVICE.methods):
        fields = msgspec.structs.fields(method.params)
        names = [field.encode_name for field in fields]
        given = [dict.fromkeys(row, value) for row in (names, *([name] for name in names)) for value in VALUES]
        by_position = [[*row.values()] for row in given]
        made += [bytes([number]) + json.dumps(row).encode() for row in (*given, *by_position)]
    return made


def answers() -> list[bytes]:
    """What a server may say to calls with the ids 1 to 5, and some of what it may not."""
    return [
        b'{"jsonrpc":"2.0","id":1,"result":null}',
        b'{"jsonrpc":"2.0","id":2,"result":{"a":[1,"x",{}]}}',
        b'{"jsonrpc":"2.0","id":3,"error":{"code":-32601,"message":"m","data":{"method":"x"}}}',
        b'{"jsonrpc":"2.0","id":4,"error":{"code":-32090,"message":"m","data":{"started":false,"retry_after_ms":1}}}',
        b'{"jsonrpc":"2.0","method":"item","params":{"seq":1},"stream":2}',
        b'{"jsonrpc":"2.0","method":"item","params":[1]}',
        b'{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"not JSON"}}',
        b'{"jsonrpc":"2.0","id":5,"result":1,"error":null}',
        b'{"jsonrpc":"2.0","id":"1","result":1}',
        b'{"jsonrpc":"2.0","id":1.0,"result":1}',
        b'{"jsonrpc":"2.0","id":9,"result":1}',
        b'{"jsonrpc":"2.0","id":1}',
    ]


def scripts(lines: list[bytes]) -> list[bytes]:
    """The lines as inputs of a target that reads a script: each alone, and all by fours, cut small."""
    alone = [script_bytes(line + b"\n", b"\x07\x0f") for line in lines]
    fours = [b"\n".join(lines[at : at + 4]) + b"\n" for at in range(0, len(lines), 4)]
    return alone + [script_bytes(four, bytes([9, 13, 37, 2, 14, 255])) for four in fours]
