"""The quick measure of a line's depth says what a parser says, whatever stands inside its strings."""

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from daemonrpc.depth import DepthScanner, is_deeper

TEXTS = st.text(alphabet='[]{}",:\\\n aé', max_size=6)
VALUES = st.recursive(
    TEXTS | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=25,
)


def depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 0


def nested(value: Any, levels: int, *, in_objects: bool) -> Any:
    for _ in range(levels):
        value = {"[": value} if in_objects else [value, "]", {}]
    return value


@given(VALUES, st.integers(0, 80), st.booleans(), st.sampled_from([None, 1]), st.booleans(), st.integers(1, 40))
@example("", 64, False, None, False, 1)
def test_depth_is_what_the_parser_finds(
    value: Any, levels: int, in_objects: bool, indent: int | None, ensure_ascii: bool, piece: int
) -> None:
    value = nested(value, levels, in_objects=in_objects)
    line = json.dumps(value, indent=indent, ensure_ascii=ensure_ascii).encode()
    deepest = depth(value)
    for limit in {0, 1, 5, 64, deepest - 1, deepest, deepest + 1}:
        if limit >= 0:
            assert is_deeper(line, limit) == (deepest > limit), limit
            scanner = DepthScanner(limit)
            found = [scanner.is_deeper(line[at : at + piece]) for at in range(0, len(line), piece)]
            assert any(found) == (deepest > limit), limit
