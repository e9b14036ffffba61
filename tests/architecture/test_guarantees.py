"""The page of guarantees: each promise names the test that shows it, and each number is that of the code."""

import ast
import importlib
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from conformance.table import TABLE
from daemonrpc import Limits

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "guarantees.md"

PROMISES = {str(number) for number in range(1, 11)}
PROPERTIES = {str(number) for number in range(1, 14)}
FAILURES = {
    *(f"A{number}" for number in range(1, 26) if number != 16),
    *(f"B{number}" for number in range(1, 26)),
    *(f"C{number}" for number in range(1, 16)),
    *(f"D{number}" for number in range(1, 41)),
}
"""Calls that went wrong in the reference, what its wire and its daemon showed, its daemon's own defects, the field."""

HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
PROMISE = re.compile(r"^### (\d+)\. .+$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+?)(?:\[([^\]`]+)\])?`")
ROW = re.compile(r"^\| *([^|]+?) *\|(.+)\|$", re.MULTILINE)
UNITS = {"": 1, "KiB": 1024, "MiB": 1024**2, "bytes": 1, "s": 1, "ms": 1}
CONFORMANCE = "tests/conformance/test_table.py"


# -- the page ----------------------------------------------------------------------------------------------------------


def sections(page: str) -> dict[str, str]:
    """The text under each second-level heading."""
    parts = HEADING.split(page)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def promises(text: str) -> dict[str, str]:
    """The text of each promise, by its number."""
    parts = PROMISE.split(text)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def rows(text: str) -> list[tuple[str, str]]:
    """The rows of the tables in a text, without heads and rules: the first cell and the rest."""
    found: list[tuple[str, str]] = ROW.findall(text)
    heads = {index - 1 for index, (first, _) in enumerate(found) if set(first) <= set("-: ")}
    return [row for index, row in enumerate(found) if index not in heads and not set(row[0]) <= set("-: ")]


def value_of(text: str) -> float:
    """`16 MiB` -> 16777216. Raises ValueError for what is no number with a known unit."""
    match = re.fullmatch(r"(0o[0-7]+|[\d.,]+) ?(\w*)", text)
    if match is None or match[2] not in UNITS:
        raise ValueError(text)
    number = match[1].replace(",", "")
    return int(number, 8) if number.startswith("0o") else float(number) * UNITS[match[2]]


# -- the code ----------------------------------------------------------------------------------------------------------


@cache
def names_in(path: str) -> frozenset[str]:
    """The tests of a file: `test_x`, or `TestThing::test_x`."""

    def walk(body: list[ast.stmt], prefix: str) -> Iterator[str]:
        for node in body:
            if isinstance(node, ast.ClassDef):
                yield from walk(node.body, f"{prefix}{node.name}::")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
                yield prefix + node.name
            elif isinstance(node, ast.Assign):  # TestThing = Machine.TestCase, as hypothesis has it
                names = [target.id for target in node.targets if isinstance(target, ast.Name)]
                yield from (f"{name}::runTest" for name in names if name.startswith("Test"))

    file = ROOT / path
    return frozenset(walk(ast.parse(file.read_text()).body, "")) if file.is_file() else frozenset()


def number_in_code(place: str) -> Any:
    """What `module:NAME` or `module:Class(param)` is: a constant, or the default of a parameter."""
    module, _, name = place.partition(":")
    found = importlib.import_module(module)
    match = re.fullmatch(r"([\w.]+)\((\w+)\)", name)
    for part in (match[1] if match else name).split("."):
        found = getattr(found, part)
    return inspect.signature(found).parameters[match[2]].default if match else found  # type: ignore[arg-type]


# -- the check ---------------------------------------------------------------------------------------------------------


def faults(page: str) -> list[str]:
    """Everything that is wrong with a page."""
    parts = sections(page)
    missing = [
        f"no section {name!r}"
        for name in ("Promises", "Limits", "Memory", "Properties", "Not promised", "Known failures")
        if name not in parts
    ]
    if missing:
        return missing
    return [
        *_wrong_tests(page),
        *_wrong_promises(parts["Promises"]),
        *_wrong_limits(parts["Limits"]),
        *_wrong_rows("property", rows(parts["Properties"]), PROPERTIES),
        *_wrong_rows("known failure", rows(parts["Known failures"]), FAILURES),
        *([] if TEST.search(parts["Memory"]) else ["the section on memory names no test"]),
    ]


def _wrong_tests(page: str) -> Iterator[str]:
    cases = {case.id for case in TABLE}
    for path, name, case in TEST.findall(page):
        if name not in names_in(path):
            yield f"no such test: {path}::{name}"
        if path == CONFORMANCE and case and case not in cases:
            yield f"no such case: {case}"
    for mention in re.findall(r"tests/[^\s|]*test_[^\s|]*", page):
        if not TEST.fullmatch(f"`{mention.strip('`,;.')}`"):
            yield f"no whole name of a test in backticks: {mention}"


def _wrong_promises(text: str) -> Iterator[str]:
    found = promises(text)
    yield from (f"promise {number} is missing" for number in sorted(PROMISES - set(found), key=int))
    yield from (f"promise {number} is none" for number in sorted(set(found) - PROMISES, key=int))
    yield from (f"promise {number} names no test" for number, said in found.items() if not TEST.search(said))


def _wrong_limits(text: str) -> Iterator[str]:
    """Tables of limits: a field of Limits or a place in the code in backticks, then the number."""
    told: set[str] = set()
    for first, rest in rows(text):
        name, value = first.strip("`"), rest.split("|")[0].strip()
        told.add(name)
        try:
            code = number_in_code(name) if ":" in name else getattr(Limits(), name)
        except (AttributeError, ImportError, KeyError):
            yield f"no such limit: {name}"
            continue
        try:
            if value_of(value) != code:
                yield f"{name} is {code} in the code, {value} on the page"
        except ValueError:
            yield f"{name}: {value!r} is no number with a unit"
    yield from (f"limit {name} is missing" for name in Limits.__struct_fields__ if name not in told)


def _wrong_rows(what: str, table: list[tuple[str, str]], wanted: set[str]) -> Iterator[str]:
    found = Counter(number for number, _ in table)
    yield from (f"{what} {number} is missing" for number in sorted(wanted - set(found)))
    yield from (f"{what} {number} is none" for number in sorted(set(found) - wanted))
    yield from (f"{what} {number} comes {times} times" for number, times in found.items() if times > 1)
    for number, rest in table:
        if not TEST.search(rest) and not re.search(r"Does not apply: \w+", rest):
            yield f"{what} {number} names no test"


def test_the_page_is_true() -> None:
    assert faults(PAGE.read_text(encoding="utf-8")) == []


# -- that the check finds what is wrong --------------------------------------------------------------------------------

HERE = "tests/architecture/test_guarantees.py"
SOUND = f"`{HERE}::test_the_page_is_true`"


def page(**changed: str) -> str:
    """A small page without a fault, or with the sections that are given."""
    limits = {name: getattr(Limits(), name) for name in Limits.__struct_fields__}
    text = {
        "Promises": "\n".join(f"### {number}. A promise\n\nShown by {SOUND}." for number in sorted(PROMISES)),
        "Limits": "| limit | default |\n|---|---|\n" + "".join(f"| `{n}` | {v:g} |\n" for n, v in exact(limits)),
        "Memory": SOUND,
        "Properties": "".join(f"| {number} | claim | {SOUND} |\n" for number in sorted(PROPERTIES)),
        "Not promised": "Much.",
        "Known failures": "".join(f"| {number} | bug | {SOUND} |\n" for number in sorted(FAILURES)),
    }
    return "".join(f"## {name}\n\n{body}\n\n" for name, body in (text | _by_heading(changed)).items())


def exact(limits: dict[str, float]) -> list[tuple[str, "Exact"]]:
    return [(name, Exact(value)) for name, value in limits.items()]


class Exact(float):
    """Prints all its digits."""

    def __format__(self, _: str) -> str:
        return repr(float(self)).removesuffix(".0")


def _by_heading(changed: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", " "): body for name, body in changed.items()}


def test_a_sound_page_has_no_fault() -> None:
    assert faults(page()) == []


def test_a_section_that_is_missing_is_found() -> None:
    assert faults(page().replace("## Memory", "## Remembrance")) == ["no section 'Memory'"]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (("### 4. A promise", "### Four. A promise"), "promise 4 is missing"),
        (("### 4. A promise", "### 14. A promise"), "promise 14 is none"),
        ((f"### 4. A promise\n\nShown by {SOUND}.", "### 4. A promise\n\nTrust me."), "promise 4 names no test"),
        ((f"| 13 | claim | {SOUND} |\n", ""), "property 13 is missing"),
        ((f"| 13 | claim | {SOUND} |\n", f"| 12 | claim | {SOUND} |\n"), "property 12 comes 2 times"),
        ((f"| 13 | claim | {SOUND} |", "| 13 | claim | trust me |"), "property 13 names no test"),
        ((f"| D9 | bug | {SOUND} |\n", ""), "known failure D9 is missing"),
        ((f"| D9 | bug | {SOUND} |", "| D9 | bug | Does not apply: |"), "known failure D9 names no test"),
        (("page_is_true", "page_is_false"), f"no such test: {HERE}::test_the_page_is_false"),
        ((HERE, "tests/test_x.py"), "no such test: tests/test_x.py::test_the_page_is_true"),
        ((SOUND, "`tests/conformance/test_table.py::test_on_a_socket[no-such]`"), "no such case: no-such"),
        (("Much.", "See tests/test_x.py."), "no whole name of a test in backticks: tests/test_x.py."),
        (("| `depth` | 64 |", "| `depth` | 65 |"), "depth is 64 in the code, 65 on the page"),
        (("| `depth` | 64 |", "| `depth` | many |"), "depth: 'many' is no number with a unit"),
        (("| `depth` | 64 |\n", ""), "limit depth is missing"),
        (("| `depth` |", "| `depht` |"), "no such limit: depht"),
        (("| `depth` |", "| `daemonrpc.abi:ABI` |"), "daemonrpc.abi:ABI is 1 in the code, 64 on the page"),
        (("| `depth` |", "| `daemonrpc.nosuch:X` |"), "no such limit: daemonrpc.nosuch:X"),
    ],
)  # fmt: skip
def test_a_fault_of_each_kind_is_found(changed: tuple[str, str], fault: str) -> None:
    assert changed[0] in page()
    assert fault in faults(page().replace(*changed))


@pytest.mark.parametrize(
    ("text", "value"),
    [("16 MiB", 16 * 1024**2), ("64 KiB", 65536), ("128 bytes", 128), ("1,000", 1000), ("10 s", 10), ("0o660", 0o660)],
)
def test_numbers_are_read_with_their_units(text: str, value: float) -> None:
    assert value_of(text) == value


def test_numbers_of_the_code_are_found_by_name_and_as_defaults() -> None:
    assert number_in_code("daemonrpc.socketfile:SocketFile(backlog)") == Limits().backlog
    assert number_in_code("daemonrpc:DaemonServer.stop(grace)") == 10.0
