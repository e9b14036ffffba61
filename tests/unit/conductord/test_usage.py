"""What instruments say that they used."""

import pytest

from conductord.usage import Usage, find_usage


@pytest.mark.parametrize(
    ("stdout", "usage"),
    [
        ("", Usage()),
        ("done\n", Usage()),
        (
            '{"result": "ok", "total_cost_usd": 0.25, "usage": {"input_tokens": 10, "output_tokens": 20}}',
            Usage(10, 20, 0.25),
        ),
        ('some words\n{"input_tokens": 3, "output_tokens": 4}\n', Usage(3, 4, None)),
        ('{\n "usage": {"input_tokens": 1}\n}\n', Usage(1, None, None)),
        ('{"usage": "many"}', Usage()),
        ("[1, 2]", Usage()),
        ("[" * 5000, Usage()),
    ],
)
def test_usage_is_read_where_it_is_told(stdout: str, usage: Usage) -> None:
    assert find_usage(stdout) == usage
