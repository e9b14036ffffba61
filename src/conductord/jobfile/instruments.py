"""`instruments:` of a job file: the programs that take prompts."""

import re
from collections.abc import Mapping as MappingABC

from conductord.jobfile.rules import check_pattern
from conductord.jobfile.substitution import Variables, names_in, parse_template
from conductord.spec import DEFAULT_LIMIT_PATTERNS, SHELL, Instrument, LimitRule
from conductord.yamlfile.fields import Fields
from conductord.yamlfile.nodes import Listing, Mapping, name_of

NAME_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
NAME_HINT = "use letters, digits, '.', '_' and '-', at most 100, a letter or digit first"
PROMPT = "prompt"
"""The variable of an instrument's command and stdin that stands for a sheet's prompt."""


def read_instruments(job: Fields, variables: Variables) -> dict[str, Instrument]:
    """All instruments by name, the built-in `shell` among them."""
    found = {SHELL: Instrument(name=SHELL)}
    # Not filled in here: their texts also hold `{prompt}`, which only a sheet knows.
    instruments = job.mapping("instruments", substitute=False)
    if instruments is None:
        return found
    for name in instruments.node.entries:
        node = instruments.get(name)
        if not NAME_PATTERN.fullmatch(name):
            job.report.add(instruments.entry(name), instruments.where, f"'{name}' is not a name", NAME_HINT)
        elif name == SHELL:
            job.report.add(instruments.entry(name), instruments.where, "'shell' is built in", "choose another name")
        elif not isinstance(node, Mapping):
            instruments.problem(name, f"expected a mapping, found {name_of(node)}" if node else "missing")
        else:
            fields = Fields(node, job.report, (f"instrument '{name}'",))
            found[name] = _InstrumentReader(fields, variables).read(name)
    return found


class _InstrumentReader:
    def __init__(self, fields: Fields, variables: Variables) -> None:
        self.fields = fields
        self.variables = variables
        self.filled = Fields(fields.node, fields.report, fields.where, substitute=variables.fill)

    def read(self, name: str) -> Instrument:
        fields = self.fields
        command = self._command()
        stdin = fields.optional_text("stdin")
        self._check_templates(command, stdin)
        concurrency = fields.integer("concurrency", 1, minimum=1, maximum=1000) if "concurrency" in fields else None
        instrument = Instrument(
            name=name,
            command=command,
            stdin=stdin,
            concurrency=concurrency,
            limit=self._limit(),
            env=read_environment(self.filled),
            pass_env=self.filled.texts("pass_env"),
        )
        fields.asked.update(self.filled.asked)
        fields.finish()
        return instrument

    def _command(self) -> tuple[str, ...]:
        if "command" not in self.fields:
            self.fields.missing("command", "a list: [program, argument, ...]")
            return ()
        command = self.fields.texts("command")
        node = self.fields.get("command")
        if isinstance(node, Listing) and not (command and command[0]):
            self.fields.problem("command", "the command is empty")
        return command

    def _check_templates(self, command: tuple[str, ...], stdin: str | None) -> None:
        uses_prompt = False
        for key, text in [*(("command", text) for text in command), ("stdin", stdin or "")]:
            try:
                template = self.variables.parse(text, (PROMPT,))
            except ValueError as error:
                message, _, hint = str(error).partition("\n")
                self.fields.problem(key, message, hint)
                return
            uses_prompt |= PROMPT in names_in(template)
        if command and not uses_prompt:
            where = 'add `stdin: "{prompt}"`, or "{prompt}" to \'command\''
            self.fields.problem("command", "the prompt does not reach the program", where)

    def _limit(self) -> LimitRule:
        limit = self.filled.mapping("limit")
        if limit is None:
            return LimitRule(patterns=DEFAULT_LIMIT_PATTERNS)
        patterns = limit.texts("patterns") if "patterns" in limit else DEFAULT_LIMIT_PATTERNS
        for pattern in patterns:
            check_pattern(limit, "patterns", pattern)
        limit.get("patterns")
        on_limit = limit.choice("on_limit", "wait", ("wait", "fail"))
        rule = LimitRule(
            patterns=patterns,
            field=limit.optional_text("field"),
            on_limit="fail" if on_limit == "fail" else "wait",
            max_wait=None if limit.is_null("max_wait") else limit.duration("max_wait", None),
            default_wait=limit.duration("default_wait", 300.0),
        )
        limit.finish()
        return rule


def read_environment(fields: Fields) -> dict[str, str]:
    """`env:`: names that can be in an environment, and texts."""
    env = fields.text_map("env")
    for name in env:
        if not name or "=" in name or "\0" in name:
            fields.problem("env", f"'{name}' cannot name a variable of the environment")
    return env


def apply_prompt(
    instrument: Instrument, prompt: str, variables: MappingABC[str, str]
) -> tuple[tuple[str, ...], str | None]:
    """Argument vector and standard input of a sheet with this prompt.

    The instrument's texts were checked before: a variable that is missing here has its problem noted already.
    """
    values = {**variables, PROMPT: prompt}

    def fill(text: str) -> str:
        return "".join(values.get(part, "") if index % 2 else part for index, part in enumerate(parse_template(text)))

    stdin = None if instrument.stdin is None else fill(instrument.stdin)
    return tuple(fill(text) for text in instrument.command), stdin
