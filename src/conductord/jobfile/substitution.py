"""`{name}` in a text of a job file: the only templating there is.

`{name}` stands for a variable, `{{` for a brace; a `}}` closes what `{{` opened. Every other brace stays as
it is, so that `awk '{print $1}'`, `{a,b}` and JSON need no escape. A variable that is not defined is an
error, never empty.
"""

import re
from collections.abc import Iterable, Mapping

from conductord.yamlfile.fields import did_you_mean

Template = tuple[str, ...]
"""Text and names in turn: text, name, text, name, ..., text."""

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TOKEN = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]*)\}")


def parse_template(text: str) -> Template:
    """The parts of `text`."""
    parts = [""]
    position = opened = 0
    for match in _TOKEN.finditer(text):
        parts[-1] += text[position : match.start()]
        position = match.end()
        if match[1]:
            parts += [match[1], ""]
        elif match[0] == "{{":
            opened += 1
            parts[-1] += "{"
        elif opened:
            opened -= 1
            parts[-1] += "}"
        else:
            parts[-1] += "}}"
    parts[-1] += text[position:]
    return tuple(parts)


def fill_template(template: Template, values: Mapping[str, str]) -> str:
    """The text with each name replaced. Raises KeyError for a name that `values` lacks."""
    return "".join(values[part] if index % 2 else part for index, part in enumerate(template))


def names_in(template: Template) -> tuple[str, ...]:
    """The variables that the template uses."""
    return template[1::2]


class Variables:
    """The variables of one job file. Remembers which were used, so that a needless `--set` can be told."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = dict(values)
        self.used: set[str] = set()

    def fill(self, text: str, extra: Mapping[str, str] | None = None) -> str:
        """`text` filled in; `extra` are further variables. ValueError names an undefined one, its hint on
        line 2."""
        template = self.parse(text, extra or ())
        return fill_template(template, {**self.values, **(extra or {})})

    def parse(self, text: str, extra: Iterable[str] = ()) -> Template:
        """The template of `text`, whose names are all known. ValueError as with `fill`."""
        template = parse_template(text)
        known = {*self.values, *extra}
        for name in names_in(template):
            if name not in known:
                raise ValueError(f"variable '{name}' is not defined\n{_hint(name, text, known)}")
            self.used.add(name)
        return template


def _hint(name: str, text: str, known: set[str]) -> str:
    if "${" + name + "}" in text:
        return f"for the shell's variable write ${{{{{name}}}}} or ${name}"
    near = did_you_mean(name, known) or ""
    if near.startswith("did you mean"):
        return near
    return f"define it under 'variables:' or with --set {name}=..., or write {{{{{name}}}}} for the text itself"
