"""The questions of the benchmarks can be asked of what is installed, and say who cannot be asked."""

from pathlib import Path

import pytest
from bench import questions
from bench.systems import JSON_LINES, SYSTEMS, System


def test_each_file_is_a_question_that_is_asked() -> None:
    files = {path.stem for path in Path(questions.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == set(questions.NAMES)


@pytest.mark.parametrize("name", questions.NAMES)
def test_question_loads_without_the_systems_that_are_compared(name: str) -> None:
    question = questions.load(name)
    assert question.title
    assert question.unit


def test_unknown_question_is_named_with_those_that_exist() -> None:
    with pytest.raises(ValueError, match="no question 'sped'; there are one_at_a_time"):
        questions.load("sped")


def test_system_that_is_not_installed_is_named_and_not_left_out() -> None:
    absent = System(name="corba", module="corba", needs=("omniORB.CORBA", "asyncio"))
    assert questions.present((absent, *JSON_LINES)) == questions.present(JSON_LINES)
    assert questions.missing((absent,)) == {"corba": "not installed: omniORB.CORBA"}


def test_every_system_is_either_asked_or_missing() -> None:
    asked = {system.name for system in questions.present(SYSTEMS)}
    assert asked | set(questions.missing(SYSTEMS)) == {system.name for system in SYSTEMS}
    assert "ours" in asked
