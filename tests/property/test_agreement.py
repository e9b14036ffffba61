"""Strategies, codec and JSON Schema agree on every type of every schema: on what is accepted and on what is refused.

Params are held against the strict codec of the server, results, items and error data against the tolerant one of the
client, and every declared type against both. A comparison in which nothing is ever refused, or nothing ever accepted,
would prove nothing, so the verdicts are counted, for each schema and for each type. `pytest -s` prints them.
"""

from collections import Counter
from pathlib import Path

import pytest

from support.agreement import GOLDEN, Agreement, imported, model_of, subjects

EXAMPLES, MUTANTS = 3, 6
NAMED = ["conductor", "torture", *(path.stem for path in GOLDEN)]
LARGE = ("conductor", "torture")
RANDOM = ["0"]
MANY_RANDOM = [str(seed) for seed in range(1, 60)]
KINDS = ("valid accepted", "mutant accepted", "invalid rejected", "mutant rejected")


def agreement(source: str, folder: Path, examples: int = EXAMPLES) -> Counter[str]:
    """Holds everything in a schema against codec and JSON Schema; counts the verdicts."""
    api = model_of(source, folder)
    counts: Counter[str] = Counter()
    with imported(api, folder / "out") as package:
        for number, subject in enumerate(subjects(api, package)):
            found = Agreement(subject)
            found.hold(examples, MUTANTS, number)
            assert found.counts["valid accepted"] > 0, subject.name
            assert subject.invalid is None or found.counts["invalid rejected"] > 0, subject.name
            counts += found.counts
    print(f"{source}: {', '.join(f'{counts[kind]} {kind}' for kind in KINDS)}")
    return counts


@pytest.mark.parametrize("source", [*NAMED, *RANDOM])
def test_strategies_codec_and_json_schema_agree(source: str, tmp_path: Path) -> None:
    counts = agreement(source, tmp_path)
    assert min(counts[kind] for kind in KINDS) >= (100 if source in LARGE else 3), counts


@pytest.mark.soak
@pytest.mark.parametrize("source", MANY_RANDOM)
def test_they_agree_on_many_random_schemas(source: str, tmp_path: Path) -> None:
    counts = agreement(source, tmp_path, examples=40)
    assert all(counts[kind] > 50 for kind in KINDS), counts
