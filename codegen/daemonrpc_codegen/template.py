"""Our templates, and those of a project that replace them by name."""

import traceback
from functools import cache
from pathlib import Path
from typing import Any, Final

from daemonrpc_codegen.errors import TemplateError, did_you_mean
from daemonrpc_codegen.paths import shown

__all__ = ["OURS", "Templates", "new_environment"]

OURS: Final = "daemonrpc"
"""A project's template reaches the one that it replaces as `daemonrpc/<name>`: to add to it, not to copy it."""


class Templates:
    """The templates of one run.

    Args:
        folder: of the project's own templates; None for ours alone.

    Raises TemplateError if the folder holds what replaces nothing.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._environment = _ours() if folder is None else _with_folder(folder)

    def render(self, name: str, module: object) -> str:
        """A template with its view as `module`. Raises TemplateError with file and line if the project's own fails."""
        try:
            text: str = self._environment.get_template(name).render(module=module)
        except Exception as error:
            place = None if self._folder is None else _place(error, self._folder)
            if place is None:
                raise
            raise TemplateError(f"{place}: {_said(error)}") from error
        return text


@cache
def _ours() -> Any:
    from jinja2 import PackageLoader

    return new_environment(PackageLoader("daemonrpc_codegen"))


def _with_folder(folder: Path) -> Any:
    from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader

    ours = _ours().loader
    _refuse_what_replaces_nothing(folder, ours.list_templates())
    return new_environment(ChoiceLoader([FileSystemLoader(folder), ours, PrefixLoader({OURS: ours})]))


def new_environment(loader: Any) -> Any:
    """A Jinja environment in which an undefined name is an error and text is printed as it is."""
    from jinja2 import Environment, StrictUndefined

    return Environment(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=False,  # the output is Python and Markdown
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _refuse_what_replaces_nothing(folder: Path, known: list[str]) -> None:
    if not folder.is_dir():
        raise TemplateError(f"{shown(folder)}: there is no such folder of templates")
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in sorted(name for name in names if not name.startswith(".")):
        if name not in known:
            hint = did_you_mean(name, known) or "replaced can be " + ", ".join(sorted(known))
            raise TemplateError(f"{shown(folder / name)}: no template of that name is replaced by it\n  hint: {hint}")


def _place(error: Exception, folder: Path) -> str | None:
    """Where in the project's templates an error comes from: `file:line`; None if it is not theirs."""
    from jinja2 import TemplateSyntaxError

    if isinstance(error, TemplateSyntaxError):
        places = [(error.filename, error.lineno)]
    else:  # Jinja shows a template as a frame of its own
        places = [(frame.filename, frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]
    own = [(Path(file), line) for file, line in places if file and Path(file).is_relative_to(folder)]
    return f"{shown(own[-1][0])}:{own[-1][1]}" if own else None


def _said(error: Exception) -> str:
    from jinja2 import TemplateError as JinjaError
    from jinja2 import TemplateNotFound

    if isinstance(error, TemplateNotFound):
        return f"there is no template '{error.name}'"
    return str(error) if isinstance(error, JinjaError) else f"{type(error).__name__}: {error}"
