"""Whether a run meets its targets."""

from pathlib import Path

import msgspec
import pytest
from bench import questions
from bench.report import Answer, answered
from bench.targets import FILE, Growth, Target, Targets, judge, load_targets


def speed(**measured: list[float]) -> list[Answer]:
    return [answered("speed", "how fast", "ms", measured, missing={"grpc": "not installed: grpc"})]


def outcomes(targets: Targets, answers: list[Answer]) -> list[str]:
    return [verdict.outcome for verdict in judge(targets, answers)]


@pytest.mark.parametrize(("ours", "outcome"), [(9.0, "met"), (8.9, "missed")])
def test_ratio_to_another_subject(ours: float, outcome: str) -> None:
    targets = Targets(target=[Target(question="speed", of="ours", to="floor", at_least=0.9)])
    assert outcomes(targets, speed(ours=[ours], floor=[10.0])) == [outcome]


@pytest.mark.parametrize(("ours", "outcome"), [(5.0, "met"), (5.1, "missed")])
def test_bound_of_a_value(ours: float, outcome: str) -> None:
    targets = Targets(target=[Target(question="speed", of="ours", at_most=5)])
    assert outcomes(targets, speed(ours=[ours])) == [outcome]


def test_miss_says_what_was_wanted_and_by_how_much_it_was_missed() -> None:
    targets = Targets(target=[Target(question="speed", of="ours", to="floor", at_least=0.5)])
    (verdict,) = judge(targets, speed(ours=[1.0], floor=[4.0]))
    assert verdict.text == ">= 0.5 x floor: MISSED by 50% (0.25)"


def test_target_beside_a_system_that_is_not_installed_is_not_met() -> None:
    targets = Targets(target=[Target(question="speed", of="ours", to="grpc", at_least=5)])
    (verdict,) = judge(targets, speed(ours=[1.0]))
    assert verdict.outcome == "not measured"
    assert "not installed: grpc" in verdict.text


def test_target_of_a_question_that_was_not_asked_is_no_verdict() -> None:
    targets = Targets(target=[Target(question="memory", of="ours", at_most=5)])
    assert judge(targets, speed(ours=[1.0])) == []


def test_each_step_of_growth_is_judged() -> None:
    targets = Targets(growth=[Growth(question="speed", step_at_most=1.5)])
    answers = speed(one=[10.0], ten=[5.0], hundred=[7.0], thousand=[14.0])
    assert outcomes(targets, answers) == ["met", "met", "missed"]
    assert judge(targets, answers)[-1].text == "step from hundred 2.00 x, <= 1.5: MISSED"


def test_every_target_is_of_a_question_that_exists() -> None:
    targets = load_targets()
    names = {target.question for target in targets.target} | {growth.question for growth in targets.growth}
    assert names <= set(questions.NAMES)


def test_every_growth_question_has_a_bound() -> None:
    bounded = {growth.question for growth in load_targets().growth}
    assert bounded == {name for name in questions.NAMES if name.startswith("growth_")}


def test_unknown_key_in_the_file_is_an_error(tmp_path: Path) -> None:
    wrong = tmp_path / "targets.toml"
    wrong.write_text(FILE.read_text().replace("at_least", "atleast", 1))
    with pytest.raises(msgspec.ValidationError, match="atleast"):
        load_targets(wrong)
