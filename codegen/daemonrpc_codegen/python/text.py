"""Python source as text: literals, docstrings, and brackets that are spread over lines when they get too long.

The style is that of `ruff format` with lines of 120 characters; docstrings are wrapped at 110.
"""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

__all__ = [
    "WIDTH",
    "Brackets",
    "Choice",
    "Code",
    "Section",
    "Words",
    "call_with_text",
    "docstring",
    "literal",
    "render",
]

WIDTH: Final = 120
DOCSTRING_WIDTH: Final = 110


@dataclass(frozen=True, slots=True)
class Brackets:
    """Code with brackets, such as a call: `opening` and `closing` stand on the outer lines when it is spread."""

    opening: str
    items: Sequence["Code"]
    closing: str

    def __str__(self) -> str:
        return f"{self.opening}{', '.join(map(str, self.items))}{self.closing}"

    def before(self, text: str) -> "Brackets":
        """The same with a text in front of it."""
        return Brackets(text + self.opening, self.items, self.closing)

    def then(self, text: str) -> "Brackets":
        """The same with a text behind it."""
        return Brackets(self.opening, self.items, self.closing + text)


@dataclass(frozen=True, slots=True)
class Choice:
    """Code joined by `|`, with a text such as `name=` before all of it."""

    operands: Sequence["Code"]
    prefix: str = ""

    def __str__(self) -> str:
        return self.prefix + " | ".join(map(str, self.operands))

    def before(self, text: str) -> "Choice":
        """The same with a text in front of it."""
        return Choice(self.operands, text + self.prefix)


@dataclass(frozen=True, slots=True)
class Words:
    """A text as a literal, which is split between words when it is spread; with code such as `name = ` before it."""

    text: str
    prefix: str = ""

    def __str__(self) -> str:
        return self.prefix + literal(self.text)

    def before(self, text: str) -> "Words":
        """The same with code in front of it."""
        return Words(self.text, text + self.prefix)


Code = str | Brackets | Choice | Words


def render(code: Code, margin: int = 0, *, column: int | None = None, after: int = 0) -> str:
    """The code on one line if it fits, else one item a line.

    margin: indentation of the line on which the code starts.
    column: where it starts on that line; the margin if not given.
    after: how many characters will follow it on its last line.
    """
    flat = str(code)
    start = margin if column is None else column
    if isinstance(code, str) or start + len(flat) + after <= WIDTH:
        return flat
    if isinstance(code, Choice):
        return _spread_choice(code, margin, start)
    if isinstance(code, Words):
        return _spread_words(code, margin)
    if not code.items:
        return flat
    inner = margin + 4
    lines = "".join(f"{' ' * inner}{render(item, inner, after=1)},\n" for item in code.items)
    return f"{code.opening}\n{lines}{' ' * margin}{code.closing}"


def _spread_choice(code: Choice, margin: int, start: int) -> str:
    *others, last = code.operands
    if start == margin:  # it is alone on its lines, inside brackets
        lines = [f"{code.prefix}{code.operands[0]}"]
        lines += [f"| {render(operand, margin, column=margin + 2, after=1)}" for operand in code.operands[1:]]
        return ("\n" + " " * margin).join(lines)
    if len(others) == 1 and isinstance(last, Brackets):
        return render(last.before(f"{code.prefix}{others[0]} | "), margin, column=start)
    return f"{code.prefix}(\n{' ' * (margin + 4)}{render(Choice(code.operands), margin + 4)}\n{' ' * margin})"


def _spread_words(code: Words, margin: int) -> str:
    inner = margin + 4
    parts = [""]
    for word in re.findall(r"\s*\S+\s*|\s+", code.text):
        if parts[-1] and inner + len(literal(parts[-1] + word)) > WIDTH:
            parts.append("")
        parts[-1] += word
    if len(parts) == 1:  # one long word stays as it is
        return str(code)
    lines = "".join(f"{' ' * inner}{literal(part)}\n" for part in parts)
    return f"{code.prefix}(\n{lines}{' ' * margin})"


Json = str | float | bool | list["Json"] | dict[str, "Json"] | None


def literal(value: Json) -> str:
    """JSON data as a Python literal, as ruff writes it."""
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, float):
        return repr(value).replace("e+", "e")
    if isinstance(value, dict):
        return f"{{{', '.join(f'{literal(key)}: {literal(item)}' for key, item in value.items())}}}"
    return repr(value)


def _string(value: str) -> str:
    inner = repr(value)[1:-1]
    if "\\" in value and value.isprintable() and not value.endswith("\\"):
        raw = next((f"r{quote}{value}{quote}" for quote in "\"'" if quote not in value), "")
        if raw:
            return raw
    if '"' not in value:
        return f'"{inner}"'
    if "'" not in value or value.count('"') > value.count("'"):
        return repr(value)
    return '"' + inner.replace("\\'", "'").replace('"', '\\"') + '"'


def call_with_text(function: str, text: str, margin: int) -> str:
    """A call whose only argument is a text, over as many lines as the text needs."""
    flat = f"{function}({literal(text)})"
    if margin + len(flat) <= WIDTH:
        return flat
    parts = _parts(text, WIDTH - margin - 5)
    indent = "\n" + " " * (margin + 4)
    comma = "," if len(parts) == 1 else ""
    return f"{function}({indent}{indent.join(parts)}{comma}\n{' ' * margin})"


def _parts(text: str, width: int) -> list[str]:
    """The text as literals that stand one below the other."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]}{word} "
        if lines[-1] and len(literal(longer)) > width:
            lines.append(f"{word} ")
        else:
            lines[-1] = longer
    return [*map(literal, lines[:-1]), literal(lines[-1][:-1])]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a docstring with a title and rows of name and text."""

    title: str
    rows: Sequence[tuple[str, str]]


def docstring(parts: Sequence[str | Section], margin: int) -> str:
    """A docstring with its quotes: paragraphs and sections, wrapped. `margin` is its indentation."""
    blocks = [_block(part, margin) for part in parts if isinstance(part, str) or part.rows]
    text = "\n\n".join(blocks).lstrip()
    if "\n" in text:
        return f'"""{text}\n{" " * margin}"""'
    return f'"""{text[:-1]}\\""""' if text.endswith('"') else f'"""{text}"""'


def _block(part: str | Section, margin: int) -> str:
    if isinstance(part, str):
        return _wrap(part, margin, margin)
    rows = (_wrap(f"{name}: {text}", margin + 4, margin + 8) for name, text in part.rows)
    return "\n".join((f"{' ' * margin}{part.title}:", *rows))


def _wrap(text: str, first: int, rest: int) -> str:
    # A line may have the quotes of its docstring before and after it; all lines pay for them: the edge stays even.
    width = DOCSTRING_WIDTH - 6
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if first + len(text) <= width:  # nearly all of them, and textwrap is slow
        return " " * first + text
    return textwrap.fill(
        text,
        width,
        initial_indent=" " * first,
        subsequent_indent=" " * rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
