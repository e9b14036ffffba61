"""The table of presence: every kind of type, in every state of presence, absent, null, there and wrong.

Both ways, params to a strict server and results to a tolerant client, and both steps, what is read of a text and what
is written of the value that was read. The table below is written out by hand; the types are generated.
"""

import importlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import msgspec
import pytest

from daemonrpc import UNSET, InvalidParamsError
from daemonrpc.encode import encode_value
from daemonrpc.method import Method
from daemonrpc.params import params_decoder
from daemonrpc_codegen import generate, load

HEAD = """\
service: Presence
package: presence_table_api
version: 1.0.0
doc: Every kind of type in every state of presence.
types:
  Name: {type: str, pattern: "[a-z]+", max_length: 5, doc: An alias with constraints.}
  Maybe: {type: Name | None, doc: An alias that is nullable.}
  Names: {type: "list[Name]", max_length: 2, doc: An alias of a list.}
  Colour: {doc: An open enum., enum: {red: Red., blue: Blue.}}
  Level: {doc: A closed enum., closed: true, enum: {low: Low., high: High.}}
  Inner: {doc: A struct., fields: {a: {type: int, default: 1, doc: A number.}}}
  Circle: {doc: A variant., fields: {r: {type: float, doc: Its radius.}}}
  Square: {doc: A variant., fields: {}}
  Shape: {doc: An open union., union: {tag: kind, of: {circle: Circle, square: Square}}}
  Disc: {doc: A variant., fields: {r: {type: float, doc: Its radius.}}}
  Box: {doc: A variant., fields: {}}
  Solid: {doc: A closed union., closed: true, union: {tag: kind, of: {disc: Disc, box: Box}}}
"""

Given = Literal["absent", "null", "value", "wrong", "strictly wrong"]
Presence = Literal["required", "optional", "nullable", "both", "defaulted", "null by default", "nullable defaulted"]
STATES: dict[Presence, str] = {
    "required": "type: '{type}'",
    "optional": "type: '{type}', optional: true",
    "nullable": "type: '{type} | None'",
    "both": "type: '{type} | None', optional: true",
    "defaulted": "type: '{type}', default: {default}",
    "null by default": "type: '{type} | None', default: null",
    "nullable defaulted": "type: '{type} | None', default: {default}",
}
NULLABLE: set[Presence] = {"nullable", "both", "null by default", "nullable defaulted"}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of type: what fits it, what no reader takes, what only a strict one refuses."""

    type: str
    value: Any
    wrong: Any
    strictly_wrong: Any = None
    default: Any = None
    """None: as `value`."""
    has_default: bool = True
    is_mutable: bool = False
    """An argument has no default of it."""
    is_nullable: bool = False


KINDS = {
    "str": Kind(type="str", value="a b", wrong=5),
    "int": Kind(type="int", value=2**63 - 1, wrong="5", strictly_wrong=2**63),
    "float": Kind(type="float", value=0.5, wrong="x"),
    "bool": Kind(type="bool", value=False, wrong=0),
    "bytes": Kind(type="bytes", value="/w==", wrong="!"),
    "datetime": Kind(type="datetime", value="2026-02-01T12:00:00Z", wrong="now", strictly_wrong="2026-02-01T12:00:00"),
    "uuid": Kind(type="uuid", value="12345678-1234-5678-1234-567812345678", wrong="12345678"),
    "any": Kind(type="any", value={"a": [1, None]}, wrong=..., default=5, is_nullable=True),
    "list": Kind(type="list[str]", value=["a", ""], wrong=[5], default=[], is_mutable=True),
    "dict": Kind(type="dict[str, int]", value={"": 1}, wrong={"a": "1"}, default={}, is_mutable=True),
    "nested": Kind(
        type="list[dict[str, Name | None]]",
        value=[{"a": None, "b": "x"}, {}],
        wrong=[None],
        strictly_wrong=[{"a": "X"}],
        default=[{"a": "b"}],
        is_mutable=True,
    ),
    "alias": Kind(type="Name", value="abc", wrong=1, strictly_wrong="abcdef"),
    "nullable alias": Kind(type="Maybe", value="abc", wrong=1, strictly_wrong="A", is_nullable=True),
    "list alias": Kind(
        type="Names", value=["a"], wrong="a", strictly_wrong=["a", "b", "c"], default=[], is_mutable=True
    ),
    "open enum": Kind(type="Colour", value="blue", wrong=1, strictly_wrong="green"),
    "closed enum": Kind(type="Level", value="high", wrong="medium"),
    "struct": Kind(
        type="Inner", value={"a": 2}, wrong={"a": "2"}, strictly_wrong={"b": 1}, default={}, is_mutable=True
    ),
    "open union": Kind(
        type="Shape",
        value={"kind": "circle", "r": 1.5},
        wrong={"kind": "circle", "r": "x"},
        strictly_wrong={"kind": "star", "n": 5},
        has_default=False,
    ),
    "closed union": Kind(type="Solid", value={"kind": "box"}, wrong={"kind": "star"}, has_default=False),
    "list of open unions": Kind(
        type="list[Shape | None]",
        value=[{"kind": "square"}, None],
        wrong=[{"kind": "circle"}],
        strictly_wrong=[{"kind": "star"}],
        default=[],
        is_mutable=True,
    ),
}


def default_of(kind: Kind) -> Any:
    return kind.value if kind.default is None else kind.default


def is_legal(kind: Kind, presence: Presence, *, argument: bool) -> bool:
    """Whether the language has this cell at all; the others are errors, which the golden pairs show."""
    if kind.type == "any" and presence in NULLABLE:
        return False
    has_value = presence in ("defaulted", "nullable defaulted")
    return not (has_value and (not kind.has_default or (argument and kind.is_mutable)))


def cells(*, argument: bool) -> Iterator[tuple[str, Presence]]:
    for name, kind in KINDS.items():
        yield from ((name, presence) for presence in STATES if is_legal(kind, presence, argument=argument))


def type_name(kind: str, presence: Presence) -> str:
    return f"{kind} {presence}".title().replace(" ", "")


def schema() -> str:
    def field(name: str, presence: Presence) -> str:
        kind = KINDS[name]
        form = STATES[presence].replace("{type}", kind.type).replace("{default}", json.dumps(default_of(kind)))
        return f"{{x: {{{form}, doc: X.}}}}"

    structs = (f"  {type_name(*cell)}: {{doc: X., fields: {field(*cell)}}}\n" for cell in [*cells(argument=False)])
    methods = (
        f"  {type_name(*cell)}: {{doc: X., params: {field(*cell)}, result: Inner}}\n" for cell in cells(argument=True)
    )
    return f"{HEAD}{''.join(structs)}methods:\n{''.join(methods)}"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder: Path = tmp_path_factory.mktemp("table")
    (folder / "methods.yaml").write_text(schema())
    generate(load(folder / "methods.yaml"), folder)
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module("presence_table_api")
    finally:
        sys.path.remove(str(folder))


def given_text(kind: Kind, given: Given) -> str | None:
    """The object with `x`; None where a kind has no such value."""
    if given in ("absent", "null"):
        return "{}" if given == "absent" else '{"x": null}'
    value = {"value": kind.value, "wrong": kind.wrong, "strictly wrong": kind.strictly_wrong}[given]
    return None if value is ... or (given == "strictly wrong" and value is None) else json.dumps({"x": value})


def expected(kind: Kind, presence: Presence, given: Given, *, is_strict: bool) -> Any:
    """The JSON that the value read is written as; UNSET for an absent one, Ellipsis for an error."""
    allows_null = presence in NULLABLE or kind.is_nullable
    match given:
        case "absent" if presence in ("required", "nullable"):
            return ...
        case "absent" if presence in ("optional", "both"):
            return UNSET
        case "absent":
            return None if presence == "null by default" else default_of(kind)
        case "null":
            return None if allows_null else ...
        case "value":
            return kind.value
        case "wrong":
            return ...
        case "strictly wrong":
            return ... if is_strict else kind.strictly_wrong


def check_row(read: Any, kind: Kind, presence: Presence, *, is_strict: bool) -> Counter[str]:
    """Holds each of the given values against the table, and counts the verdicts."""
    counts: Counter[str] = Counter()
    given: Given
    for given in ("absent", "null", "value", "wrong", "strictly wrong"):
        text = given_text(kind, given)
        if text is None:
            continue
        wanted = expected(kind, presence, given, is_strict=is_strict)
        if wanted is ...:
            with pytest.raises((msgspec.ValidationError, InvalidParamsError)):
                read(text.encode())
            counts["refused"] += 1
            continue
        value = read(text.encode())
        assert (value.x is UNSET) == (wanted is UNSET)
        if wanted is not UNSET:
            assert plain(value.x, kind) == wanted, (presence, given)
        counts["read"] += 1
    return counts


def plain(value: Any, kind: Kind) -> Any:
    """What a value is on the wire; a struct that clients send leaves out its defaults."""
    shown = json.loads(encode_value(value))
    return {} if kind.type == "Inner" and shown == {"a": 1} else shown


@pytest.mark.parametrize(("name", "presence"), [*cells(argument=True)])
def test_a_strict_server_reads_params(package: ModuleType, name: str, presence: Presence) -> None:
    check_params(package, name, presence)


def check_params(package: ModuleType, name: str, presence: Presence) -> Counter[str]:
    method: Method[Any, Any] = method_of(package, name, presence)
    return check_row(params_decoder(method.params), KINDS[name], presence, is_strict=True)


@pytest.mark.parametrize(("name", "presence"), [*cells(argument=False)])
def test_a_tolerant_client_reads_results(package: ModuleType, name: str, presence: Presence) -> None:
    check_result(package, name, presence)


def check_result(package: ModuleType, name: str, presence: Presence) -> Counter[str]:
    result = getattr(package, type_name(name, presence))
    decoder = Method("x", python_name="x", params=result, result=result).result_decoder
    kind = KINDS[name]
    if kind.type == "Inner":  # a client ignores a field that it does not know
        assert decoder.decode(b'{"x": {"b": 1}}').x.a == 1
        kind = Kind(type="Inner", value=kind.value, wrong=kind.wrong, default={}, is_mutable=True)
    return check_row(decoder.decode, kind, presence, is_strict=False)


@pytest.mark.parametrize(("name", "presence"), [*cells(argument=True)])
def test_a_client_writes_params_without_what_is_absent_or_a_default(
    package: ModuleType, name: str, presence: Presence
) -> None:
    method, kind = method_of(package, name, presence), KINDS[name]
    values: list[tuple[Any, Any]] = [({"x": kind.value}, kind.value)]
    if presence in NULLABLE or kind.is_nullable:
        values.append(({"x": None}, UNSET if presence == "null by default" else None))
    if presence not in ("required", "nullable"):
        values.append(({}, UNSET))
    if presence in ("optional", "both"):
        values.append(({"x": UNSET}, UNSET))
    for given, wanted in values:
        # As a stub of the client does: the very default that its signature names, else the value that was given.
        made = method.params(**{key: read_value(package, name, item) for key, item in given.items()})
        written = json.loads(encode_value(made))
        assert written == ({} if wanted is UNSET else {"x": wanted}) or is_the_default(kind, presence, written)


def is_the_default(kind: Kind, presence: Presence, written: Any) -> bool:
    """A default that was given as another object of the same value may be sent: it says the same."""
    return presence in ("defaulted", "nullable defaulted") and written in ({}, {"x": default_of(kind)})


@pytest.mark.parametrize(("name", "presence"), [*cells(argument=False)])
def test_a_server_writes_results_with_null_and_without_what_is_absent(
    package: ModuleType, name: str, presence: Presence
) -> None:
    result, kind = getattr(package, type_name(name, presence)), KINDS[name]
    assert json.loads(encode_value(result(x=read_value(package, name, kind.value)))) == {"x": kind.value}
    if presence in NULLABLE or kind.is_nullable:
        assert json.loads(encode_value(result(x=None))) == {"x": None}
    if presence in ("optional", "both"):
        assert json.loads(encode_value(result())) == {}
    elif presence not in ("required", "nullable"):
        wanted = None if presence == "null by default" else default_of(kind)
        assert plain(result().x, kind) == wanted


def method_of(package: ModuleType, name: str, presence: Presence) -> Method[Any, Any]:
    wire = type_name(name, presence)
    service = importlib.import_module(f"{package.__name__}.methods").SERVICE
    return next(method for method in service.methods if method.name == wire)


def read_value(package: ModuleType, name: str, value: Any) -> Any:
    """A Python value of a kind, of its JSON."""
    if value is None or value is UNSET:
        return value
    required = getattr(package, type_name(name, "required"))
    return (
        Method("x", python_name="x", params=required, result=required)
        .result_decoder.decode(json.dumps({"x": value}).encode())
        .x
    )


def test_the_table_has_many_cells_of_either_verdict(package: ModuleType) -> None:
    counts: Counter[str] = Counter()
    for name, presence in cells(argument=True):
        counts += check_params(package, name, presence)
    for name, presence in cells(argument=False):
        counts += check_result(package, name, presence)
    print(dict(counts))
    assert counts["read"] > 350
    assert counts["refused"] > 350
