import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemonrpc_codegen.python.text import Brackets, Section, docstring, literal, render


@given(st.text())
def test_a_text_literal_means_the_text(value: str) -> None:
    assert ast.literal_eval(literal(value)) == value


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("a", '"a"'),
        ("it's", '"it\'s"'),
        ('say "x"', "'say \"x\"'"),
        (r"\d+", r'r"\d+"'),
        ("a\nb", r'"a\nb"'),
        (r"ends\\"[:-1], r'"ends\\"'),
        (None, "None"),
        ([1, "a"], '[1, "a"]'),
        ({"a": True}, '{"a": True}'),
    ],
)
def test_literals_are_printed_as_a_person_would(value: object, printed: str) -> None:
    assert literal(value) == printed  # type: ignore[arg-type]  # the cases are JSON


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp")), min_size=1), st.integers(0, 8)
)
def test_a_docstring_keeps_every_text(text: str, margin: int) -> None:
    value = ast.literal_eval(docstring([text], margin))
    assert value.strip() == text.strip()


def test_a_docstring_is_wrapped_with_its_sections() -> None:
    printed = docstring(["word " * 30, Section("Args", [("key", "The key.")]), Section("Raises", [])], 8)
    lines = printed.splitlines()
    assert max(map(len, lines)) <= 110
    assert lines[-4:] == ["        Args:", "            key: The key.", '        """'][-4:] or lines[-3:] == [
        "        Args:",
        "            key: The key.",
        '        """',
    ]
    assert "Raises" not in printed


def test_brackets_are_spread_only_when_they_are_too_long() -> None:
    inner = Brackets("Inner(", [f"argument_{number}=value" for number in range(6)], ")")
    code = Brackets("return outer(", ["first", inner], ")")
    assert render(Brackets("f(", ["a", "b"], ")")) == "f(a, b)"
    assert render(code, 4).splitlines() == [
        "return outer(",
        "        first,",
        "        Inner(",
        *(f"            argument_{number}=value," for number in range(6)),
        "        ),",
        "    )",
    ] or render(code, 4).splitlines() == [
        "return outer(",
        "        first,",
        f"        {inner},",
        "    )",
    ]
