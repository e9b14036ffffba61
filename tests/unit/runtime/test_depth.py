import time

import pytest

from daemonrpc.depth import SLICE_BYTES, DepthScanner, is_deeper


@pytest.mark.parametrize(
    ("line", "is_too_deep"),
    [
        (b"[" * 64 + b"]" * 64, False),
        (b"[" * 65 + b"]" * 65, True),
        (b'{"a":' * 64 + b"1" + b"}" * 64, False),
        (b'{"a":' * 65 + b"1" + b"}" * 65, True),
        (b"[" * 100, True),
        (b"[" + b"[]," * 1000 + b"[]]", False),
        (b'["' + b"[" * 1000 + b'"]', False),
        (b'["\\"' + b"[" * 1000 + b'"]', False),
        (b'["\\\\","' + b"[" * 1000 + b'"]', False),
        (b'["\\\\"' + b"[" * 65 + b"]" * 65 + b"]", True),
        (b'[["a]",' * 40 + b"1" + b"]" * 80, True),
    ],
)
@pytest.mark.parametrize("piece", [1, 7, 100_000])
def test_depth_counts_brackets_outside_of_strings(line: bytes, is_too_deep: bool, piece: int) -> None:
    assert is_deeper(line, 64) is is_too_deep
    scanner = DepthScanner(64)
    found = [scanner.is_deeper(line[at : at + piece]) for at in range(0, len(line), piece)]
    assert any(found) is is_too_deep


@pytest.mark.parametrize(
    "line",
    [
        b"[" + b"[]," * 1_000_000 + b"1]",
        b"[" + b'"a[b",' * 500_000 + b"1]",
        b'"' + b'\\"' * 1_500_000,
        b"[[]," * 750_000,
        (b"[" * 64 + b"]" * 64 + b",") * 20_000,
    ],
    ids=["flat", "brackets in strings", "escapes", "open", "towers"],
)
def test_depth_of_a_hostile_line_is_found_in_linear_time(line: bytes) -> None:
    start = time.process_time()
    is_deeper(line, 64)
    assert time.process_time() - start < 1.0  # 3 MB; quadratic work would take minutes


@pytest.mark.parametrize("before", range(4))
def test_text_of_many_slices_is_one_text(before: int) -> None:
    """What ends a slice may be a backslash, an escaped quote, or the inside of a string."""
    text = b"[" + b" " * before + b'"' + b'\\"[' * SLICE_BYTES + b'"' + b"[" * 63 + b"]" * 64
    assert not is_deeper(text, 64)
    assert is_deeper(text, 63)


def test_empty_piece_changes_nothing() -> None:
    scanner = DepthScanner(1)
    pieces = [b'["\\', b"", b'"[[', b'"]']
    assert not any(scanner.is_deeper(piece) for piece in pieces)
