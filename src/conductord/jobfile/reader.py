"""A job file as a whole."""

from collections.abc import Mapping as MappingABC
from pathlib import Path

from conductord.jobfile.instruments import NAME_HINT, NAME_PATTERN, read_instruments
from conductord.jobfile.rules import read_argv
from conductord.jobfile.sheets import SheetReader
from conductord.jobfile.substitution import NAME, Variables
from conductord.problems import FileProblemsError, Problem
from conductord.spec import HOOK_NAMES, HOOKS, Hook, JobFileError, JobSpec, digest
from conductord.yamlfile.fields import Fields, Report
from conductord.yamlfile.nodes import Mapping, load, name_of


def read_job(
    text: str, *, source: str, base_dir: Path, variables: MappingABC[str, str], workspace: Path | None
) -> JobSpec:
    """See `conductord.spec.parse_job`."""
    try:
        root = load(text, source)
    except FileProblemsError as error:
        raise JobFileError(error.problems) from None
    report = Report(source)
    if not isinstance(root, Mapping):
        report.add(root, (), f"a job file is a mapping, not {name_of(root)}", "begin with `name:` and `sheets:`")
        raise JobFileError(report.problems)
    spec = _JobReader(root, report, base_dir, variables, workspace).read()
    if report.problems:
        raise JobFileError(report.sorted())
    return spec


class _JobReader:
    def __init__(
        self,
        root: Mapping,
        report: Report,
        base_dir: Path,
        given: MappingABC[str, str],
        workspace: Path | None,
    ) -> None:
        self.report = report
        self.base_dir = base_dir
        self.given = given
        plain = Fields(root, report)
        own = plain.text_map("variables")
        for name in own:
            if not NAME.fullmatch(name):
                plain.problem("variables", f"'{name}' is not a name for a variable", "letters, digits and '_'")
        self.declared = set(own)
        self.variables = Variables({**own, **given})
        self.job = Fields(root, report, substitute=self.variables.fill)
        self.job.asked.update(plain.asked)
        self.workspace = self._workspace(workspace)
        self.variables.values["workspace"] = str(self.workspace)

    def read(self) -> JobSpec:
        name = self._name()
        instruments = read_instruments(self.job, self.variables)
        sheets = SheetReader(
            self.job, instruments, self.variables, workspace=self.workspace, base_dir=self.base_dir
        ).read_all()
        hooks = self._hooks()
        self.job.finish()
        self._refuse_needless()
        identity = [(sheet.hash, sheet.name, sheet.needs) for sheet in sheets]
        return JobSpec(
            name=name,
            workspace=self.workspace,
            sheets=sheets,
            instruments=instruments,
            on_event=hooks,
            hash=digest((name, identity, hooks)),
        )

    def _workspace(self, given: Path | None) -> Path:
        """An absolute path: a relative one is taken from `base_dir`, none at all is `base_dir`."""
        named = Path(self.job.text("workspace", ".")).expanduser()
        return self.base_dir / (given or named)

    def _name(self) -> str:
        name = self.job.text("name", "unnamed")
        if "name" not in self.job:
            self.job.missing("name")
        elif not NAME_PATTERN.fullmatch(name):
            self.job.problem("name", f"'{name}' is not a name", NAME_HINT)
        return name

    def _hooks(self) -> dict[str, Hook]:
        """Commands of `on_event`; `{job}` and `{state}` in them are filled when the job ends."""
        fields = self.job.mapping("on_event", substitute=False)
        if fields is None:
            return {}
        found: dict[str, Hook] = {}
        for hook in HOOKS:
            if hook in fields:
                found[hook] = self._hook(fields, hook)
            fields.get(hook)
        fields.finish()
        return found

    def _hook(self, fields: Fields, hook: str) -> Hook:
        templates: list[tuple[str, ...]] = []
        for text in read_argv(fields, hook):
            try:
                template = self.variables.parse(text, HOOK_NAMES)
            except ValueError as error:
                message, _, hint = str(error).partition("\n")
                fields.problem(hook, message, hint)
                continue
            templates.append(self._bound(template))
        return tuple(templates)

    def _bound(self, template: tuple[str, ...]) -> tuple[str, ...]:
        """The template with our own variables filled in, so that only those of the hook are left."""
        parts = [template[0]]
        for name, text in zip(template[1::2], template[2::2], strict=True):
            if name in HOOK_NAMES:
                parts += [name, text]
            else:
                parts[-1] += self.variables.values[name] + text
        return tuple(parts)

    def _refuse_needless(self) -> None:
        """A variable given from outside that the file neither declares nor uses is a slip of the pen."""
        for name in sorted(set(self.given) - self.declared - self.variables.used):
            self.report.problems.append(
                Problem(
                    file=self.report.file,
                    line=0,
                    column=0,
                    where="",
                    message=f"variable '{name}' was given, but the file does not use it",
                )
            )
