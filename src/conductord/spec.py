"""What a job file means: the structs the engine works with, and `parse_job`, which makes them.

Every struct round-trips through `msgspec.json` (a path by way of `str`), so that a store may keep it. Times are
seconds, sizes are bytes, sheets are numbered from 1 in the order of the file.
"""

import hashlib
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from conductord.problems import FileProblemsError

SHELL = "shell"
"""The built-in instrument: it runs `command`, has no limits and no bound on concurrency."""

HOOKS = ("finished", "completed", "failed", "cancelled")
"""Keys of `on_event`: the end of a job. `finished` is any of the other three."""

HOOK_NAMES = ("job", "state")
"""Variables of a hook's command: the job's identifier and its state."""

Hook = tuple[tuple[str, ...], ...]
"""Argument vector of a hook; each argument is text, variable, text, variable, ..., text in turn."""

DEFAULT_LIMIT_PATTERNS = (
    r"hit your (?:\w+ )?limit",
    r"(?:usage|rate|session|request) limit (?:reached|exceeded|hit)",
    r"rate[ _-]?limit(?:ed|[ _-]?(?:error|exceeded|reached))",
    r"too many requests",
    r"quota (?:exceeded|will reset|has been exhausted)",
    r"exceeded your current quota",
    r"resource[ _]?(?:has been )?exhausted",
    r"\b429\b",
)
"""What agent programs print at a rate limit; for instruments whose `limit` names no patterns."""


class JobFileError(FileProblemsError):
    """The job file is wrong; nothing may run."""


class Retry(Struct, frozen=True, kw_only=True):
    """How often, and how soon, a failed sheet is tried again."""

    max: int = 0
    """Further attempts after the first. 0: a failure is final."""
    backoff: float = 10.0
    """Seconds before the second attempt."""
    factor: float = 2.0
    """Each further wait is this many times the one before."""
    max_delay: float = 300.0
    """No wait is longer, in seconds."""
    jitter: bool = True
    """Spread each wait over 50 to 100 % of its length, so that failed sheets do not come back in step."""
    on_exit: tuple[int, ...] | None = None
    """Exit codes that are worth a retry; None: every failure is."""

    def delay(self, failures: int, *, spread: float | None = None) -> float:
        """Seconds to wait after the `failures`-th failed attempt (from 1). `spread` in 0..1 replaces
        chance."""
        try:
            wait = min(self.backoff * self.factor ** (failures - 1), self.max_delay)
        except OverflowError:  # after a thousand failures or so
            wait = self.max_delay if self.backoff else 0.0
        if not self.jitter:
            return wait
        return wait * (0.5 + 0.5 * (random.random() if spread is None else spread))


class LimitRule(Struct, frozen=True, kw_only=True):
    """How the rate limit of an instrument shows, and what to do then."""

    patterns: tuple[str, ...] = ()
    """Regular expressions, case-insensitive, tried on each of the last 40 lines of output."""
    field: str | None = None
    """Dotted path of a text in JSON output, such as `error.message`: searched as well."""
    on_limit: Literal["wait", "fail"] = "wait"
    """`wait`: the attempt does not count and the sheet runs again at the reset; `fail`: an ordinary
    failure."""
    max_wait: float | None = None
    """A limit that lasts longer than this many seconds is a failure; None: any limit is waited out."""
    default_wait: float = 300.0
    """Seconds to wait when the text names no time."""


class Instrument(Struct, frozen=True, kw_only=True):
    """A program that turns a prompt into work."""

    name: str
    command: tuple[str, ...] = ()
    """Argument vector; `{prompt}` in it stands for the sheet's prompt. Empty for `shell`."""
    stdin: str | None = None
    """Standard input; `{prompt}` in it stands for the sheet's prompt. None: empty."""
    concurrency: int | None = None
    """Most sheets of this instrument at a time, over all jobs; None: no bound of its own."""
    limit: LimitRule = LimitRule()
    env: dict[str, str] = {}
    pass_env: tuple[str, ...] = ()
    """Names of variables of the daemon that its steps may see."""


class ExitCodeRule(Struct, frozen=True, kw_only=True, tag_field="rule", tag="exit_code"):
    """The step ends with one of these codes. Without this rule only 0 is fine."""

    codes: tuple[int, ...]


class FileRule(Struct, frozen=True, kw_only=True, tag_field="rule", tag="file"):
    """A regular file exists."""

    path: str
    """Relative to the workspace."""
    fresh: bool = False
    """It was changed since the first attempt of this sheet began."""
    min_size: int = 0
    """Bytes it must have at least."""


class ContainsRule(Struct, frozen=True, kw_only=True, tag_field="rule", tag="contains"):
    """A file, or the step's standard output, holds this text."""

    text: str
    path: str | None = None
    """Relative to the workspace; None: the step's standard output."""


class RegexRule(Struct, frozen=True, kw_only=True, tag_field="rule", tag="regex"):
    """A file, or the step's standard output, has a match of this regular expression (Python's `re`)."""

    pattern: str
    path: str | None = None
    """Relative to the workspace; None: the step's standard output."""


class JsonRule(Struct, frozen=True, kw_only=True, tag_field="rule", tag="json"):
    """A file, or the step's standard output, is one JSON document, and fits the schema if there is one."""

    path: str | None = None
    """Relative to the workspace; None: the step's standard output."""
    schema: dict[str, Any] | None = None
    """JSON Schema."""


class CommandRule(Struct, frozen=True, kw_only=True, tag_field="rule", tag="command"):
    """A command, run in the workspace after the step, exits 0."""

    argv: tuple[str, ...]
    timeout: float = 60.0
    """Seconds; then its whole tree is killed and the rule fails."""


Rule = ExitCodeRule | FileRule | ContainsRule | RegexRule | JsonRule | CommandRule


class SheetSpec(Struct, frozen=True, kw_only=True):
    """One step of a job, with every default and variable filled in: ready to run."""

    number: int
    """From 1, in the order of the file."""
    name: str
    argv: tuple[str, ...]
    """What is executed. A command given as text is `sh -c text`."""
    stdin: str | None = None
    """Standard input of the step; None: empty."""
    prompt: str | None = None
    """The prompt, for the record; `argv` and `stdin` already carry it. None for a command."""
    instrument: str = SHELL
    """Key of `JobSpec.instruments`: whose limit and concurrency count."""
    needs: tuple[int, ...] = ()
    """Numbers of the sheets that must have succeeded before."""
    timeout: float | None = None
    """Seconds an attempt may take."""
    idle_timeout: float | None = None
    """Seconds an attempt may go without new output."""
    output_limit: int | None = None
    """Bytes of stdout and stderr together that an attempt may write."""
    retry: Retry = Retry()
    validations: tuple[Rule, ...] = ()
    env: dict[str, str] = {}
    """Instrument's, job defaults' and the sheet's own, later ones winning."""
    pass_env: tuple[str, ...] = ()
    """Names of variables of the daemon that the step may see."""
    hash: str = ""
    """Digest of all that decides what the step does; equal hashes mean the same step. Name and number are
    left out."""

    @property
    def exit_codes(self) -> tuple[int, ...]:
        """Codes that count as a good exit: those of the `exit_code` rules, or 0."""
        codes = tuple(c for rule in self.validations if isinstance(rule, ExitCodeRule) for c in rule.codes)
        return codes or (0,)


class JobSpec(Struct, frozen=True, kw_only=True):
    """A job file, checked and filled in."""

    name: str
    workspace: Path
    """Absolute directory in which the steps run; it need not exist yet."""
    sheets: tuple[SheetSpec, ...]
    instruments: dict[str, Instrument]
    """By name; `shell` is always there."""
    on_event: dict[str, Hook] = {}
    """Command by hook (see HOOKS); `fill_hook` makes an argument vector of it."""
    hash: str = ""
    """Digest of the sheets' hashes, names and needs, the workspace and the hooks."""

    def sheet(self, number: int) -> SheetSpec:
        """The sheet of that number. Raises KeyError when there is none."""
        if not 1 <= number <= len(self.sheets):
            raise KeyError(number)
        return self.sheets[number - 1]

    def instrument_of(self, sheet: SheetSpec) -> Instrument:
        """Instrument of `sheet`."""
        return self.instruments[sheet.instrument]


def fill_hook(hook: Hook, *, job: str, state: str) -> tuple[str, ...]:
    """Argument vector of a hook for one job. `job` is its identifier, `state` its state."""
    values = {"job": job, "state": state}
    return tuple("".join(values[p] if i % 2 else p for i, p in enumerate(argument)) for argument in hook)


def parse_job(
    text: str,
    *,
    source: str,
    base_dir: Path,
    variables: Mapping[str, str] | None = None,
    workspace: Path | None = None,
) -> JobSpec:
    """The job that `text` (YAML) describes.

    source: name of the file, for messages.
    base_dir: absolute directory against which a relative `workspace` in the file is taken.
    variables: values from outside (`--set k=v`); they win over `variables:` of the file.
    workspace: takes the place of the one in the file.
    Raises JobFileError with every problem, each with its place.
    """
    # Here, because it makes the structs above; and the reader is loaded only by who reads a job file.
    from conductord.jobfile.reader import read_job

    return read_job(text, source=source, base_dir=base_dir, variables=variables or {}, workspace=workspace)


def digest(value: object) -> str:
    """16 hex digits that depend on the value alone."""
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()[:16]
