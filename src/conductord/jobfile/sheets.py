"""`sheets:` of a job file, and `defaults:`, whose keys each sheet may set for itself."""

from collections.abc import Mapping as MappingABC
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from conductord.jobfile.instruments import NAME_HINT, NAME_PATTERN, apply_prompt, read_environment
from conductord.jobfile.order import find_cycle
from conductord.jobfile.rules import RuleReader, read_argv
from conductord.jobfile.substitution import Variables
from conductord.spec import SHELL, Instrument, Retry, SheetSpec, digest
from conductord.yamlfile.fields import Fields, did_you_mean
from conductord.yamlfile.nodes import Mapping, Node, Scalar, name_of

MAX_SHEETS = 10_000


class Common(Struct, frozen=True):
    """What `defaults` and a sheet have in common."""

    timeout: float | None = None
    idle_timeout: float | None = None
    output_limit: int | None = None
    retry: Retry = Retry()
    env: dict[str, str] = {}
    pass_env: tuple[str, ...] = ()


def read_common(fields: Fields, base: Common) -> Common:
    """The keys of `fields`, and what `base` has for those that are absent. Environments are joined; null is
    no bound."""
    return Common(
        timeout=None if fields.is_null("timeout") else fields.duration("timeout", base.timeout),
        idle_timeout=None if fields.is_null("idle_timeout") else fields.duration("idle_timeout", base.idle_timeout),
        output_limit=None if fields.is_null("output_limit") else fields.size("output_limit", base.output_limit),
        retry=_read_retry(fields, base.retry),
        env={**base.env, **read_environment(fields)},
        pass_env=tuple(dict.fromkeys((*base.pass_env, *fields.texts("pass_env")))),
    )


def _read_retry(fields: Fields, base: Retry) -> Retry:
    """`retry: 2`, or a mapping; keys that are absent keep their value of the defaults."""
    node = fields.get("retry")
    if isinstance(node, Scalar) and node.kind == "integer":
        return replace(base, max=fields.integer("retry", 0, maximum=1000))
    retry = fields.mapping("retry")
    if retry is None:
        return base
    on_exit = retry.integers("on_exit", minimum=0, maximum=255) if "on_exit" in retry else base.on_exit
    read = Retry(
        max=retry.integer("max", base.max, maximum=1000),
        backoff=retry.delay("backoff", base.backoff),
        factor=retry.number("factor", base.factor, minimum=1),
        max_delay=retry.delay("max_delay", base.max_delay),
        jitter=retry.boolean("jitter", base.jitter),
        on_exit=on_exit,
    )
    retry.get("on_exit")
    retry.finish()
    return read


class SheetReader:
    """Reads the sheets of one job."""

    def __init__(
        self,
        job: Fields,
        instruments: MappingABC[str, Instrument],
        variables: Variables,
        *,
        workspace: Path,
        base_dir: Path,
    ) -> None:
        self.job = job
        self.instruments = instruments
        self.variables = variables
        self.workspace = workspace
        self.rules = RuleReader(base_dir)
        self.default_instrument = self._instrument(job, job.optional_text("instrument"))
        defaults = job.mapping("defaults")
        self.common = read_common(defaults, Common()) if defaults else Common()
        if defaults:
            defaults.finish()

    def read_all(self) -> tuple[SheetSpec, ...]:
        """Every sheet, in the order of the file."""
        nodes = self.job.items("sheets")
        if "sheets" not in self.job:
            self.job.missing("sheets", "a list of steps, such as `- {name: build, command: make}`")
        elif not nodes and not self.job.report.problems:
            self.job.problem("sheets", "there is no sheet")
        if len(nodes) > MAX_SHEETS:
            self.job.problem("sheets", f"{len(nodes)} sheets; {MAX_SHEETS} are the limit")
            return ()
        fields = [self._fields(node, number) for number, node in enumerate(nodes, start=1)]
        numbers = self._numbers([f for f in fields if f is not None])
        sheets = [self._read(f, n, numbers) for n, f in enumerate(fields, start=1) if f is not None]
        self._refuse_cycle(sheets)
        return tuple(sheets)

    def _fields(self, node: Node, number: int) -> Fields | None:
        if not isinstance(node, Mapping):
            self.job.problem("sheets", f"expected a mapping, found {name_of(node)}", at=node)
            return None
        entry = node.entries.get("name")
        name = entry.value.text if entry and isinstance(entry.value, Scalar) else str(number)
        return Fields(node, self.job.report, (f"sheet '{name}'",), substitute=self.variables.fill)

    def _numbers(self, sheets: list[Fields]) -> dict[str, int]:
        """Number of each name."""
        numbers: dict[str, int] = {}
        for number, fields in enumerate(sheets, start=1):
            name = fields.text("name", f"sheet-{number}")
            if not NAME_PATTERN.fullmatch(name):
                fields.problem("name", f"'{name}' is not a name", NAME_HINT)
            elif name in numbers:
                fields.problem("name", f"sheet {numbers[name]} has this name already")
            numbers.setdefault(name, number)
        return numbers

    def _read(self, fields: Fields, number: int, numbers: MappingABC[str, int]) -> SheetSpec:
        common = read_common(fields, self.common)
        instrument, argv, stdin, prompt = self._work(fields)
        sheet = SheetSpec(
            number=number,
            name=fields.text("name", f"sheet-{number}"),
            argv=argv,
            stdin=stdin,
            prompt=prompt,
            instrument=instrument.name,
            needs=self._needs(fields, number, numbers),
            timeout=common.timeout,
            idle_timeout=common.idle_timeout,
            output_limit=common.output_limit,
            retry=common.retry,
            validations=self.rules.read_all(fields),
            env={**instrument.env, **common.env},
            pass_env=tuple(dict.fromkeys((*instrument.pass_env, *common.pass_env))),
        )
        fields.finish()
        return replace(sheet, hash=self._hash(sheet))

    def _work(self, fields: Fields) -> tuple[Instrument, tuple[str, ...], str | None, str | None]:
        """Instrument, argument vector, standard input and prompt."""
        named = self._instrument(fields, fields.optional_text("instrument"))
        if "prompt" in fields and "command" in fields:
            fields.report.add(fields.entry("prompt"), fields.where, "both 'prompt' and 'command'", "keep one")
        if "prompt" in fields:
            fields.get("command")
            return self._prompted(fields, named or self.default_instrument)
        if "command" not in fields:
            fields.report.add(fields.node, fields.where, "neither 'prompt' nor 'command'")
            return self.instruments[SHELL], (), None, None
        # A command is run as it stands; naming an instrument counts it against the limit and concurrency of
        # that.
        return named or self.instruments[SHELL], read_argv(fields, "command"), None, None

    def _prompted(
        self, fields: Fields, instrument: Instrument | None
    ) -> tuple[Instrument, tuple[str, ...], str | None, str | None]:
        prompt = fields.text("prompt")
        if not prompt.strip() and isinstance(node := fields.get("prompt"), Scalar) and not node.text.strip():
            fields.problem("prompt", "the prompt is empty")
        if instrument is None or instrument.name == SHELL:
            if "instrument" not in fields and "instrument" not in self.job:
                fields.problem("prompt", "no instrument takes this prompt", "name one: `instrument: NAME`")
            elif instrument is not None:
                fields.problem("prompt", "the instrument 'shell' takes a command, not a prompt")
            return self.instruments[SHELL], (), None, prompt
        argv, stdin = apply_prompt(instrument, prompt, self.variables.values)
        return instrument, argv, stdin, prompt

    def _instrument(self, fields: Fields, name: str | None) -> Instrument | None:
        if name is None:
            return None
        if name not in self.instruments:
            fields.problem("instrument", f"unknown instrument '{name}'", did_you_mean(name, self.instruments))
            return None
        return self.instruments[name]

    def _needs(self, fields: Fields, number: int, numbers: MappingABC[str, int]) -> tuple[int, ...]:
        """Numbers of the sheets before; without `needs` it is the one above."""
        if "needs" not in fields:
            fields.get("needs")
            return (number - 1,) if number > 1 else ()
        needed: dict[int, None] = {}
        for item in fields.items("needs"):
            name = fields.text_of(item, "needs")
            if name in numbers:
                needed[numbers[name]] = None
            elif name:
                fields.problem("needs", f"no sheet is called '{name}'", did_you_mean(name, numbers), at=item)
        return tuple(needed)

    def _refuse_cycle(self, sheets: list[SheetSpec]) -> None:
        cycle = find_cycle({sheet.number: sheet.needs for sheet in sheets})
        if cycle is None:
            return
        names = {sheet.number: sheet.name for sheet in sheets}
        node = self.job.items("sheets")[cycle[0] - 1]
        fields = self._fields(node, cycle[0])
        assert fields is not None  # it became a sheet
        fields.problem("needs", "sheets need each other: " + " -> ".join(names[number] for number in cycle))

    def _hash(self, sheet: SheetSpec) -> str:
        # What changes the work. Bounds and retries only say how long to try, names and needs only when.
        work = (sheet.argv, sheet.stdin, sheet.instrument, sheet.env, sheet.pass_env, sheet.validations)
        return digest((*work, str(self.workspace)))
