"""From a request to a job file that was read: what is checked before the engine decides anything."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

from conductord.config import missing_environment, step_environment
from conductord.definition import Definition, Source, read_definition
from conductord.engine.refusal import Reason, Refused
from conductord.spec import JobSpec
from conductord.store import JobRow


class JobFile(msgspec.Struct, frozen=True, kw_only=True):
    """How a caller names a job file: by path or as text."""

    path: str | None
    text: str | None
    cwd: str | None
    """Absolute directory against which relative paths are taken."""

    def check(self) -> None:
        """Raises Refused unless exactly one of path and text is given, and the directory is absolute."""
        if (self.path is None) == (self.text is None):
            raise Refused(Reason.INVALID_CONFIG, "give exactly one of config_path and config_text")
        if self.cwd is not None and not os.path.isabs(self.cwd):
            raise Refused(Reason.INVALID_CONFIG, f"client_cwd {self.cwd!r} is not an absolute path")

    @property
    def directory(self) -> str:
        """What relative paths are taken against; without a word of the caller, where the daemon is."""
        return self.cwd if self.cwd is not None else os.getcwd()

    @property
    def absolute_path(self) -> str | None:
        """The path, made absolute."""
        return None if self.path is None else self.below(self.path)

    def below(self, path: str) -> str:
        """A path of the caller, made absolute."""
        return os.path.normpath(os.path.join(self.directory, path))

    @property
    def base_dir(self) -> str:
        """What relative paths inside the file are taken against: the caller's directory, else that of the file."""
        if self.cwd is None and self.absolute_path is not None:
            return os.path.dirname(self.absolute_path)
        return self.directory


async def read_new(
    file: JobFile, workspace: str | None, variables: dict[str, str] | None, job_name: str | None
) -> Definition:
    """The definition of a job that is submitted. Raises Refused and JobFileError."""
    file.check()
    source = Source(
        config_path=file.absolute_path,
        base_dir=file.base_dir,
        workspace=None if workspace is None else file.below(workspace),
        variables=variables,
        job_name=job_name,
    )
    return await asyncio.to_thread(read_definition, source, file.text)


async def read_again(job: JobRow) -> Definition | None:
    """The file of a job as it is now; None for a job given as text, of which there is nothing to read.

    Raises JobFileError.
    """
    return None if job.config_path is None else await _read(job, _source(job), None)


async def read_other(job: JobRow, file: JobFile) -> Definition:
    """Another file for a job, which keeps its name, its workspace and its variables. Raises Refused, JobFileError."""
    file.check()
    source = msgspec.structs.replace(_source(job), config_path=file.absolute_path, base_dir=file.base_dir)
    return await _read(job, source, file.text)


def _source(job: JobRow) -> Source:
    return msgspec.json.decode(job.source, type=Source)


async def _read(job: JobRow, source: Source, text: str | None) -> Definition:
    source = msgspec.structs.replace(source, workspace=job.workspace, job_name=job.name)
    return await asyncio.to_thread(read_definition, source, text, again=True)


def warnings(spec: JobSpec) -> Iterator[str]:
    """What a submitter ought to know although the job is accepted."""
    for sheet in spec.sheets:
        missing = missing_environment(sheet.pass_env)
        if missing:
            yield f"sheet {sheet.number} ({sheet.name}): the daemon has no {', '.join(missing)} to pass on"
    for program in sorted({sheet.argv[0] for sheet in spec.sheets if sheet.argv}):
        if find_program(program, spec.workspace) is None:
            yield f"the program {program!r} is not to be found in the PATH of the daemon"


def find_program(program: str, workspace: Path) -> str | None:
    """Where a step would find a program, None if nowhere."""
    if "/" in program:
        place = workspace / program
        return str(place) if os.access(place, os.X_OK) else None
    return shutil.which(program, path=step_environment().get("PATH"))
