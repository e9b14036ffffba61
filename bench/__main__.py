"""`python -m bench`: asks every question, or those that are named, and prints one table."""

import argparse
import sys
from pathlib import Path

import msgspec

from bench import questions
from bench.asking import ask_all
from bench.report import Report, table
from bench.targets import judge, load_targets


def main(argv: list[str] | None = None) -> int:
    """0; or 1 if `--check` finds a target that is missed or could not be measured."""
    options = _options(argv)
    report = _measured(options) if options.read is None else msgspec.json.decode(options.read.read_bytes(), type=Report)
    verdicts = judge(load_targets(), report.answers)
    print(", ".join(f"{name} {value}" for name, value in report.machine.items()))
    print(f"servers and clients on cores: {report.cores}; median of {report.rounds} rounds at most, ratios too\n")
    told: dict[tuple[str, str], str] = {}
    for verdict in verdicts:
        key = (verdict.question, verdict.subject)
        told[key] = f"{told[key]}; {verdict.text}" if key in told else verdict.text
    print(table(report.answers, told))
    if options.plot:
        from bench.plots import draw

        draw(report, options.plot)
    missed = [verdict for verdict in verdicts if verdict.outcome != "met"]
    print(f"\n{len(verdicts) - len(missed)} of {len(verdicts)} targets are met")
    for verdict in missed:
        print(f"  {verdict.question}, {verdict.subject}: {verdict.text}")
    return 1 if options.check and missed else 0


def _measured(options: argparse.Namespace) -> Report:
    report: Report | None = None
    for report in ask_all(options.question or questions.NAMES, options.rounds, options.seconds, options.cores):
        if options.json:
            options.json.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    assert report is not None, "there is always a question"
    return report


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, and tell ratios within one run.")
    parser.add_argument("question", nargs="*", choices=[*questions.NAMES, []], metavar="QUESTION", help="default: all")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how often each is measured (5)")
    parser.add_argument("--seconds", type=float, default=1.0, metavar="S", help="how long one measurement takes (1)")
    parser.add_argument("--cores", choices=("apart", "together", "any"), default="apart", help="of servers and clients")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--plot", type=Path, metavar="DIR", help="draw them there, as PNG and SVG")
    parser.add_argument("--read", type=Path, metavar="FILE", help="measure nothing: take the figures of an earlier run")
    parser.add_argument("--check", action="store_true", help="exit 1 if a target of bench/targets.toml is missed")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
