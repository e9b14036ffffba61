"""Typed reading of a mapping. What the getters say about wrong values is shown by the tests of spec and config."""

from conductord.yamlfile.fields import Fields, Report, did_you_mean
from conductord.yamlfile.nodes import Mapping, load


def fields(text: str) -> Fields:
    root = load(text, "x.yaml")
    assert isinstance(root, Mapping)
    return Fields(root, Report("x.yaml"), ("thing 'x'",))


def said(read: Fields) -> list[str]:
    return [str(problem) for problem in read.report.sorted()]


def test_absent_keys_give_their_defaults_and_no_problem() -> None:
    read = fields("{}")

    assert read.text("a", "d") == "d"
    assert read.optional_text("a") is None
    assert read.integer("a", 7) == 7
    assert read.boolean("a", True) is True
    assert read.choice("a", "p", ("p", "q")) == "p"
    assert read.number("a", 1.5, minimum=0) == 1.5
    assert read.duration("a", None) is None
    assert read.size("a", 3) == 3
    assert read.mapping("a") is None
    assert (read.items("a"), read.texts("a"), read.text_map("a"), read.integers("a", minimum=0, maximum=9)) == (
        [],
        (),
        {},
        (),
    )
    assert said(read) == []


def test_wrong_values_give_their_defaults_and_a_problem_each() -> None:
    read = fields("a: [1]\nb: x\nc: maybe\nd: -3")

    assert read.text("a", "d") == "d"
    assert read.integer("b", 7) == 7
    assert read.boolean("c", True) is True
    assert read.number("d", 1.5, minimum=0) == 1.5
    assert said(read) == [
        "x.yaml:1:4: in thing 'x', 'a': expected text, found a list",
        "x.yaml:2:4: in thing 'x', 'b': expected a whole number, found 'x'",
        "x.yaml:3:4: in thing 'x', 'c': expected true or false, found 'maybe'",
        "x.yaml:4:4: in thing 'x', 'd': must be a number from 0",
    ]


def test_what_nobody_asked_for_is_unknown() -> None:
    read = fields("known: 1\nknwon: 2")
    read.text("known")

    read.finish()

    assert said(read) == ["x.yaml:2:1: in thing 'x': unknown key 'knwon'\n  hint: did you mean 'known'?"]


def test_asking_whether_a_key_is_null_counts_as_asking() -> None:
    read = fields("a: null")

    assert read.is_null("a")
    read.finish()

    assert said(read) == []


def test_nested_mappings_say_the_whole_path() -> None:
    read = fields("outer: {inner: {x: []}}")
    outer = read.mapping("outer")
    assert outer is not None
    inner = outer.mapping("inner")
    assert inner is not None

    inner.text("x")

    assert said(read) == ["x.yaml:1:20: in thing 'x', 'outer', 'inner', 'x': expected text, found a list"]


def test_nearest_word_or_all_of_them_or_nothing() -> None:
    assert did_you_mean("tiemout", ["timeout", "retry"]) == "did you mean 'timeout'?"
    assert did_you_mean("zzz", ["b", "a"]) == "known: a, b"
    assert did_you_mean("zzz", []) is None
