"""`python -m bench [ROUNDS]`: every question to every system in turn; medians of the rounds and ratios to the floor."""

import statistics
import sys

from bench.questions import QUESTIONS
from bench.systems import CLIENTS, servers


def main(rounds: int) -> None:
    with servers() as paths:
        title = f"operations per second, median of {rounds} rounds"
        print(f"{title:46}" + "".join(f"{name:>15}" for name in CLIENTS))
        for question in QUESTIONS:
            results: dict[str, list[float]] = {name: [] for name in CLIENTS}
            for _ in range(rounds):
                for name in CLIENTS:
                    results[name].append(question(name, paths[name]))
            medians = {name: statistics.median(values) for name, values in results.items()}
            label = (question.__doc__ or "").split(";")[0].rstrip(".")
            print(f"{label:46}" + "".join(f"{value:15,.0f}" for value in medians.values()))
            print(f"{'  ratio to the floor':46}" + "".join(f"{v / medians['floor']:15.2f}" for v in medians.values()))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
