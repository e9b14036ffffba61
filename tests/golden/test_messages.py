"""No rule without its pair: every sentence that the generator can say of a schema stands in some `.err` file.

The sentences are read from the source: all texts with a space in them that are no docstring, in the modules that read,
build and check a schema. What is put into a sentence may be anything. The rules of methods.schema.json are followed the
other way: each must be broken by one of the wrong schemas.
"""

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from jsonschema import ValidationError

import daemonrpc_codegen
from daemonrpc_codegen.errors import InvalidSchemaError
from daemonrpc_codegen.load import Node
from daemonrpc_codegen.report import Report
from daemonrpc_codegen.validate import messages, shape
from daemonrpc_codegen.validate.metaschema import metaschema

PACKAGE = Path(daemonrpc_codegen.__file__).parent
WRONG = Path(__file__).parent / "wrong"
_READERS = ("build", "errors", "include", "load", "naming", "othertypes", "patterns", "report", "syntax", "typetext")
MODULES = sorted(
    [
        *(PACKAGE / f"{name}.py" for name in _READERS),
        *(PACKAGE / "validate").glob("*.py"),
    ]
)
_IS_PATTERN = re.compile(r"\\[1-9\[(sw]")
FEWEST_SENTENCES = 120
"""Fewer would mean that this test no longer finds them."""


@pytest.fixture(scope="module")
def said() -> str:
    """All that the wrong schemas are told."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(WRONG.glob("*.err")))


def sentences(module: Path) -> Iterator[tuple[int, str]]:
    """Line and pattern of each sentence of a module."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    silent = set(_silent(tree))
    for node in ast.walk(tree):
        if node in silent or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        pattern = _pattern(node)
        if " " in pattern.replace("\\ ", " ").strip():
            yield node.lineno, pattern


def _silent(tree: ast.AST) -> Iterator[ast.AST]:
    """Texts that nobody is told: docstrings, types, parts of a sentence, patterns, our own assertions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.Dict):
            yield from (key for key in node.keys if key is not None)
        elif isinstance(node, ast.JoinedStr):
            yield from (part for part in ast.walk(node) if part is not node and isinstance(part, ast.Constant))
        elif _is_silent(node):
            yield from ast.walk(node)
        for name in ("annotation", "returns"):
            yield from ast.walk(getattr(node, name, None) or ast.Pass())


def _is_silent(node: ast.AST) -> bool:
    match node:
        case ast.Raise() | ast.Assert():
            return not _is_said(node)
        case ast.FunctionDef(name="__repr__") | ast.Call(func=ast.Name(id="cast")):
            return True
        case ast.Call(func=ast.Attribute(attr="compile" | "match" | "partition" | "sub")):
            return True
        case _:
            return False


def _is_said(node: ast.AST) -> bool:
    """Whether what is raised is caught again to be said: an error of ours, not of the program."""
    error = node.exc if isinstance(node, ast.Raise) else None
    called = error.func if isinstance(error, ast.Call) else error
    return isinstance(called, ast.Name) and called.id in ("InvalidSchemaError", "TypeTextError")


def _pattern(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        is_said = isinstance(node.value, str) and not _IS_PATTERN.search(node.value)
        return re.escape(str(node.value)) if is_said else ""
    return "".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".*" for part in node.values)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_sentence_of_the_generator_stands_in_an_expectation(module: Path, said: str) -> None:
    unsaid = [f"line {line}: {pattern}" for line, pattern in sentences(module) if not re.search(pattern, said)]
    assert not unsaid, f"no schema under tests/golden/wrong is told: {unsaid}"


def test_no_other_module_says_anything_of_a_schema() -> None:
    """`breaking` has its own golden files: it compares schemas that are right."""
    speaking = re.compile(r"\breport\.at(?:_key)?\(|\b(?:SchemaError|TypeTextError|Problem)\(")
    found = {path for path in PACKAGE.rglob("*.py") if speaking.search(path.read_text(encoding="utf-8"))}
    found = {path for path in found if path.relative_to(PACKAGE).parts[0] not in ("breaking", "openrpc_import")}
    assert found <= set(MODULES)
    assert len(found) > 15


def test_the_sentences_are_found() -> None:
    assert sum(1 for module in MODULES for _ in sentences(module)) > FEWEST_SENTENCES


@pytest.fixture(scope="module")
def broken() -> set[tuple[int, str, str]]:
    """The rules of methods.schema.json that the wrong schemas break: part of the schema, keyword, detail."""
    found: set[tuple[int, str, str]] = set()

    def explain(error: ValidationError, node: Node, report: Report) -> list[Node]:
        detail = error.message.split("'")[1] if error.validator == "required" else ""
        found.add((id(error.schema), str(error.validator), detail))
        return messages.explain(error, node, report)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shape, "explain", explain)
        for schema in WRONG.glob("*.yaml"):
            with suppress(InvalidSchemaError):
                daemonrpc_codegen.load(schema)
    return found


def rules(schema: Any, pointer: str = "") -> Iterator[tuple[str, int, str, str]]:
    """Pointer, part, keyword and detail of every rule of a JSON Schema; conditions are no rules."""
    if isinstance(schema, list):
        for number, part in enumerate(schema):
            yield from rules(part, f"{pointer}/{number}")
    elif isinstance(schema, dict):
        for keyword in messages._RULES:
            if keyword in schema and not isinstance(schema[keyword], dict):
                for detail in schema["required"] if keyword == "required" else [""]:
                    yield f"{pointer}/{keyword}/{detail}", id(schema), keyword, detail
        for key, part in schema.items():
            if key not in ("if", "enum", "required", "type", "oneOf"):
                yield from rules(part, f"{pointer}/{key}")


def test_every_rule_of_the_meta_schema_is_broken_by_a_wrong_schema(broken: set[tuple[int, str, str]]) -> None:
    of_main = {pointer: rule for pointer, *rule in rules(metaschema(is_main=True))}
    of_included = {pointer: rule for pointer, *rule in rules(metaschema(is_main=False))}
    assert len(of_main) > 90, "this test no longer finds the rules"
    unbroken = [
        pointer
        for pointer, rule in of_main.items()
        if tuple(rule) not in broken and tuple(of_included.get(pointer, ())) not in broken
    ]
    assert not unbroken, "no schema under tests/golden/wrong breaks these"
