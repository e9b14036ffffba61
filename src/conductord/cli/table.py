"""Plain tables: columns as wide as their content, two blanks between them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from conductord.cli.output import Output


class Cell(NamedTuple):
    """A text of a table that has a style of its own."""

    text: str
    style: str | None = None


def table(
    output: Output, headers: Sequence[str], rows: Iterable[Sequence[str | Cell]], *, right: str = ""
) -> list[str]:
    """The lines of a table. `right`: columns (names with blanks between) that are aligned right.

    On a terminal the last column is cut at its edge; elsewhere nothing is cut.
    """
    cells = [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in rows]
    columns = [[header, *(row[i].text for row in cells)] for i, header in enumerate(headers)]
    widths = [max(map(len, column)) for column in columns]
    to_right = [header in right.split() for header in headers]
    head = [Cell(header, "dim") for header in headers]
    return [_line(output, row, widths, to_right) for row in [head, *cells]]


def _line(output: Output, row: Sequence[Cell], widths: Sequence[int], to_right: Sequence[bool]) -> str:
    parts: list[str] = []
    used = 0
    for i, cell in enumerate(row):
        last = i == len(row) - 1
        text = cell.text.rjust(widths[i]) if to_right[i] else cell.text if last else cell.text.ljust(widths[i])
        if last:
            text = cut(text, output.width, used)
        parts.append(output.style(text, cell.style))
        used += len(text) + 2
    return "  ".join(parts).rstrip()


def cut(text: str, width: int | None, used: int = 0) -> str:
    """`text` as far as it fits into `width` columns of which `used` are taken; None cuts nothing."""
    if width is None or used + len(text) <= width:
        return text
    room = max(width - used, 8)
    return text if len(text) <= room else text[: room - 1] + "…"
