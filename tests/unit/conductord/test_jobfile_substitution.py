"""`{name}`, `{{` and everything that is neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductord.jobfile.substitution import Variables, fill_template, parse_template

VALUES = {"x": "1", "name_2": "two", "braces": "{x}"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("", ""),
        ("plain", "plain"),
        ("{x}", "1"),
        ("a{x}b{name_2}c", "a1btwoc"),
        ("{{x}}", "{x}"),
        ("{{{x}}}", "{1}"),
        ("${{HOME}}", "${HOME}"),
        ("awk '{print $1}'", "awk '{print $1}'"),
        ("{a,b} {1..3} { } {", "{a,b} {1..3} { } {"),
        ('{"a": {"b": 1}}', '{"a": {"b": 1}}'),
        ('{{"a": {"b": {x}}}}', '{"a": {"b": 1}}'),
        ("}} {x} }}", "}} 1 }}"),
        ("{{{{.Names}}}}", "{{.Names}}"),
        (r"\d{3} {x-y}", r"\d{3} {x-y}"),
        ("{braces}", "{x}"),
    ],
)
def test_filling(text: str, filled: str) -> None:
    assert fill_template(parse_template(text), VALUES) == filled


@given(st.text(alphabet="ab {}x$", max_size=30))
def test_text_with_doubled_braces_comes_out_as_it_was(text: str) -> None:
    # Doubling is an escape only for braces that open and close in turn.
    balanced = all(text[:i].count("{") >= text[:i].count("}") for i in range(len(text) + 1))
    if balanced and text.count("{") == text.count("}"):
        doubled = text.replace("{", "{{").replace("}", "}}")
        assert fill_template(parse_template(doubled), {}) == text


@given(st.text(max_size=60))
def test_no_text_crashes_it(text: str) -> None:
    template = parse_template(text)

    assert len(template) % 2 == 1


def test_an_undefined_variable_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(ValueError, match=r"variable 'nam_2' is not defined\ndid you mean 'name_2'\?"):
        Variables(VALUES).fill("{nam_2}")


def test_the_shells_own_variables_get_a_hint_of_their_own() -> None:
    with pytest.raises(ValueError, match=r"for the shell's variable write \$\{\{HOME\}\} or \$HOME"):
        Variables(VALUES).fill("echo ${HOME}")


def test_it_remembers_what_was_used() -> None:
    variables = Variables(VALUES)

    variables.fill("{x} {{name_2}}")

    assert variables.used == {"x"}
