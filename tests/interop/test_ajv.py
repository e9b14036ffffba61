"""The exported JSON Schema read by ajv, the validator of the JavaScript world: it accepts and refuses what we do."""

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from support.agreement import GOLDEN, Agreement, imported, model_of, subjects

EXAMPLES, MUTANTS = 3, 6
SECONDS = 50
SHORT = ("torture", "directions", "0")
LONG = ("conductor", *(path.stem for path in GOLDEN if path.stem not in SHORT), *map(str, range(1, 30)))
SOURCES = [*SHORT, *(pytest.param(source, marks=pytest.mark.soak) for source in LONG)]


@pytest.mark.parametrize("source", SOURCES)
def test_ajv_gives_the_verdicts_of_the_codec(source: str, node_environment: dict[str, str], tmp_path: Path) -> None:
    held = agreements(source, tmp_path)
    counts: Counter[bool] = Counter()
    for agreement, verdicts in zip(held, asked(held, node_environment), strict=True):
        for verdict, is_accepted in zip(agreement.verdicts, verdicts, strict=True):
            if differs_in_javascript(verdict.value):
                continue
            assert is_accepted == verdict.is_accepted, (agreement.subject.name, "ajv says", is_accepted, verdict.value)
            counts[is_accepted] += 1
    print(f"{source}: ajv accepted {counts[True]}, rejected {counts[False]}")
    assert min(counts[True], counts[False]) >= (200 if source == "torture" else 4)


def agreements(source: str, folder: Path) -> list[Agreement]:
    """Values of everything in a schema, with the verdicts of the codec."""
    api = model_of(source, folder)
    with imported(api, folder / "out") as package:
        held = [Agreement(subject) for subject in subjects(api, package)]
        for number, agreement in enumerate(held):
            agreement.hold(EXAMPLES, MUTANTS, number)
    return held


def asked(held: list[Agreement], environment: dict[str, str]) -> list[list[bool]]:
    """What ajv says to the same values."""
    listed = [
        {"name": one.subject.name, "schema": one.subject.schema, "values": [json.dumps(v.value) for v in one.verdicts]}
        for one in held
    ]
    script = Path(__file__).with_name("ajv.js")
    run = subprocess.run(
        ["node", script],
        input=json.dumps({"subjects": listed}),
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    verdicts: list[list[bool]] = json.loads(run.stdout)
    return verdicts


def differs_in_javascript(value: Any) -> bool:
    """Whether the value holds a number that JavaScript cannot tell from another: 1.0 from 1, 2**63 from 2**63 - 1."""
    match value:
        case bool():
            return False
        case int():
            return abs(value) > 2**53
        case float():
            return value.is_integer()
        case list():
            return any(map(differs_in_javascript, value))
        case dict():
            return any(map(differs_in_javascript, value.values()))
        case _:
            return False
