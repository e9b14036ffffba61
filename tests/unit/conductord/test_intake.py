"""How a job file is named and read, for the first time and again."""

from pathlib import Path

import pytest

from conductord.engine.commands import Submission
from conductord.engine.refusal import Refused
from conductord.intake import JobFile, find_program, read_again, read_new, read_other
from conductord.spec import JobFileError
from support.engine import World, job_text


def test_relative_paths_are_taken_from_the_caller() -> None:
    assert JobFile(path="a/../job.yaml", text=None, cwd="/home/ada").absolute_path == "/home/ada/job.yaml"
    assert JobFile(path="/x/job.yaml", text=None, cwd="/home/ada").absolute_path == "/x/job.yaml"
    assert JobFile(path="job.yaml", text=None, cwd="/home/ada").base_dir == "/home/ada"
    assert JobFile(path="/x/job.yaml", text=None, cwd=None).base_dir == "/x"


def test_exactly_one_of_path_and_text() -> None:
    for path, text in ((None, None), ("a", "b")):
        with pytest.raises(Refused, match="exactly one"):
            JobFile(path=path, text=text, cwd=None).check()
    with pytest.raises(Refused, match="not an absolute path"):
        JobFile(path="a", text=None, cwd="b").check()


async def test_a_job_keeps_its_name_and_workspace_when_its_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    path.write_text(job_text("a", rest="workspace: ./one").replace("echo, a", "echo, '{x}'"))
    file = JobFile(path=str(path), text=None, cwd=None)
    definition = await read_new(file, None, {"x": "1"}, "mine")
    assert (definition.spec.name, definition.spec.workspace) == ("mine", tmp_path / "one")
    assert definition.spec.sheet(1).argv == ("echo", "1")
    world = World(tmp_path)
    job, _ = world.commands.submit(Submission(definition=definition), 1.0)
    path.write_text(job_text("b", rest="workspace: ./two"))
    again = await read_again(job)
    assert again is not None
    assert (again.spec.name, again.spec.workspace, again.source.variables) == ("mine", tmp_path / "one", {"x": "1"})
    assert [sheet.name for sheet in again.spec.sheets] == ["b"], "that it does not use x any more is no mistake"
    other = await read_other(job, JobFile(path=None, text=job_text("c"), cwd=None))
    assert (other.spec.name, other.source.config_path) == ("mine", None)


async def test_a_job_given_as_text_has_nothing_to_read_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert await read_again(world.submit(job_text("a"))) is None


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
async def test_a_file_that_cannot_be_read_is_a_problem_of_the_file(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "job.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(JobFileError, match="cannot read it"):
        await read_new(JobFile(path=str(path), text=None, cwd=None), None, None, None)


def test_programs_are_looked_for_where_steps_find_them(tmp_path: Path) -> None:
    script = tmp_path / "tool"
    script.write_text("#!/bin/sh\n")
    assert find_program("./tool", tmp_path) is None
    script.chmod(0o755)
    assert find_program("./tool", tmp_path) == str(script)
    assert find_program("sh", tmp_path) is not None
    assert find_program("no-such-program", tmp_path) is None
