"""Patterns mean the same to Python and to JavaScript, or they are refused."""

import re

import pytest

from daemonrpc_codegen import patterns


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "[a-z]+",
            "a|bc",
            "x{2,4}y{3}z{1,}",
            "(?:a(b))*?",
            "(?=a)a(?!b)(?<=a)(?<!c)",
            r"\d\w\s\S\.\/\\",
            "[]a]",
            "[^]a]",
        ),
        *(r"[\d\-.^$*+?(){}|]", "[a-f-]*", r"\x41é", r"\t\n\{\}", "[{}+]+", r"[\]]"),
    ],
)
def test_what_every_language_knows_is_taken(pattern: str) -> None:
    re.compile(pattern)
    assert patterns.problem(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("^a", "anchor"),
        ("a$|b", "anchor"),
        (r"\Aa", "anchor"),
        (r"a\Z", "anchor"),
        (r"(a)\1", r"'\\1', which only"),
        ("(?P<n>a)", r"'\(\?P<', which only"),
        ("(?i:a)", r"'\(\?i:', which only"),
        ("a*+", r"'\*\+', which only"),
        ("a{,3}", "counts nothing"),
        ("a}", "counts nothing"),
        (r"a\-b", "nothing needs a backslash"),
        (r"[\S]", r"inside of \[ \]"),
    ],
)
def test_what_only_python_knows_is_refused(pattern: str, message: str) -> None:
    re.compile(pattern)
    found = patterns.problem(pattern)
    assert found is not None
    assert re.search(message, found.message), found.message


@pytest.mark.parametrize(
    ("pattern", "ecma"),
    [
        (r"\d+\s", r"\d+[ \t\n\r\f\v]"),
        (r"[\s,]\S", r"[ \t\n\r\f\v,][^ \t\n\r\f\v]"),
        (r"a.b\.[.]", r"a[^\n]b\.[.]"),
    ],
)
def test_what_means_something_else_in_javascript_is_written_out(pattern: str, ecma: str) -> None:
    assert patterns.as_ecma(pattern) == ecma
