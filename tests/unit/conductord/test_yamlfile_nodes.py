"""YAML text to nodes that know their place; and text that is hostile."""

import time

import pytest

from conductord.problems import FileProblemsError, Problem
from conductord.yamlfile.nodes import MAX_BYTES, Listing, Mapping, Scalar, load


def problem_of(text: str) -> Problem:
    with pytest.raises(FileProblemsError) as caught:
        load(text, "x.yaml")
    (problem,) = caught.value.problems
    return problem


def test_every_node_knows_its_line_and_column() -> None:
    root = load("a: 1\nlist:\n  - {k: v}\n", "x.yaml")

    assert isinstance(root, Mapping)
    listing = root.entries["list"].value
    assert isinstance(listing, Listing)
    (item,) = listing.items
    assert isinstance(item, Mapping)
    assert (root.entries["list"].line, root.entries["list"].column) == (2, 1)
    assert (item.line, item.column) == (3, 5)
    value = item.entries["k"].value
    assert (value.line, value.column) == (3, 9)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("word", "text"),
        ("'1'", "text"),
        ("2024-01-02", "text"),
        ("!!str 5", "text"),
        ("17", "integer"),
        ("1.5", "number"),
        ("yes", "boolean"),
        ("null", "null"),
        ("~", "null"),
    ],
)
def test_kinds_of_values(text: str, kind: str) -> None:
    node = load(text, "x.yaml")

    assert isinstance(node, Scalar)
    assert node.kind == kind


def test_an_alias_stands_for_its_anchor() -> None:
    root = load("a: &x [1]\nb: *x\n", "x.yaml")

    assert isinstance(root, Mapping)
    assert root.entries["b"].value is root.entries["a"].value


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("", 1, 1, "the file is empty"),
        ("# only a comment\n", 1, 1, "the file is empty"),
        ("a: 1\nb: 2\na: 3", 3, 1, "key 'a' is there twice; the first is on line 1"),
        ("{? [a] : b}", 1, 4, "a key must be text"),
        ("null: 1", 1, 1, "a key must be text"),
        ("a: *x", 1, 4, "alias '*x' has no anchor before it"),
        ("a: &x [*x]", 1, 8, "alias '*x' is within its own anchor"),
        ("a: &x {k: 1}\nb: {<<: *x}", 2, 5, "merge keys ('<<') are not supported"),
        ("a: !!python/object:os.system x", 1, 4, "tag 'tag:yaml.org,2002:python/object:os.system' is not supported"),
        ("a: !!binary aGk=", 1, 4, "tag 'tag:yaml.org,2002:binary' is not supported"),
        ("a: !mine {b: 1}", 1, 4, "tag '!mine' is not supported"),
        ("a: 1\n---\nb: 2", 2, 1, "a second document; one file holds one document"),
        ("a: b: c", 1, 5, "not YAML: mapping values are not allowed in this context"),
        ("x: \ud800", 1, 4, "a lone surrogate is not text"),
        ("[" * 60, 1, 41, "nested deeper than 40 levels"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, line: int, column: int, message: str) -> None:
    problem = problem_of(text)

    assert (problem.file, problem.line, problem.column, problem.message) == ("x.yaml", line, column, message)


def test_a_character_that_yaml_forbids_is_named_with_its_place() -> None:
    problem = problem_of("a: 1\nb: \x07")

    assert (problem.line, problem.column) == (2, 4)
    assert "not allowed in YAML" in problem.message


def test_a_hundred_thousand_brackets_neither_crash_nor_take_long() -> None:
    started = time.monotonic()

    assert problem_of("[" * 100_000).message == "nested deeper than 40 levels"

    assert time.monotonic() - started < 5


def test_an_oversize_text_is_refused_before_it_is_parsed() -> None:
    assert "are the limit" in problem_of("a" * (MAX_BYTES + 1)).message


def test_the_text_of_a_problem() -> None:
    problem = Problem(file="j.yaml", line=3, column=7, where="in sheet 'x', 'timeout'", message="bad", hint="good")

    assert str(problem) == "j.yaml:3:7: in sheet 'x', 'timeout': bad\n  hint: good"
    assert str(Problem(file="j.yaml", line=0, column=0, where="", message="gone")) == "j.yaml: gone"
