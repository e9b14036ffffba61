"""One target under atheris (libFuzzer), in a process of its own: `python -m fuzz.engine TARGET SECONDS WORK_DIR`.

The corpus lives in the work directory; a crash leaves its input there. libFuzzer ends the process itself.
"""

import logging
import random
import sys
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["daemonrpc", "conductor_api"]):
    from fuzz.targets import TARGETS, Target

from daemonrpc.testing.fuzz.line_mutation import mutated_line
from fuzz.seeds import LINES, answers

# In this process alone: handlers fail on purpose, each with a traceback.
logging.getLogger("daemonrpc.server").addFilter(lambda record: "handler of" not in record.getMessage())

DICTIONARY = Path(__file__).with_name("json.dict")


def main(name: str, seconds: int, work: Path) -> None:
    """Runs until the time is over or a crash is found."""
    target = TARGETS[name]
    corpus = work / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed-{number:04}").write_bytes(seed[: target.longest])
    options = [
        *(f"-max_total_time={seconds}", f"-max_len={target.longest}", "-timeout=10", "-rss_limit_mb=2048"),
        *(f"-dict={DICTIONARY}", f"-artifact_prefix={work}/{name}-", "-print_final_stats=1", str(corpus)),
    ]
    atheris.Setup([sys.argv[0], *options], target.run, custom_mutator=_mutator(target))
    atheris.Fuzz()


def _mutator(target: Target) -> Callable[[bytes, int, int], bytes]:
    """Half of the changes are libFuzzer's, half know what a line is."""
    others = LINES + answers()

    def mutate(data: bytes, longest: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.5:
            changed: bytes = atheris.Mutate(data, longest)
            return changed
        steering, text = target.lines(data)
        lines = text.split(b"\n")
        at = chance.randrange(len(lines))
        lines[at] = mutated_line(lines[at], chance, others)
        if chance.random() < 0.1:
            lines.insert(at, chance.choice(others))
        return (steering + b"\n".join(lines))[:longest]

    return mutate


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
