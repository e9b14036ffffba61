"""`python -m fuzz [--seconds N] [TARGET ...]`: fuzzes the targets one after the other, with atheris.

Prints executions for each target. Exits with 1 if an input made a target fail, and names the file that holds it, which
`--input` runs again; a minimal form of it belongs into tests/fuzz/regressions, where `make test` runs it.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

NAMES = ("server", "client", "stack", "message", "params", "depth")
SLACK_SECONDS = 120
"""What a target may take besides its time: reading its seeds, and its last input."""
SHOWN_CHARS = 4000
"""How much is shown of what a failed target said."""


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="fuzz", description="Fuzz the runtime with atheris.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"any of {', '.join(NAMES)}; all by default")
    parser.add_argument("--seconds", type=int, default=60, help="how long each target runs (default 60)")
    parser.add_argument("--work", type=Path, help="where corpus and crashes are kept; a new directory by default")
    parser.add_argument(
        "--input", type=Path, metavar="FILE", help="run one target on this file alone, with a traceback"
    )
    options = parser.parse_args()
    if unknown := set(options.targets) - set(NAMES):
        parser.error(f"unknown target: {', '.join(sorted(unknown))}")
    if options.input:
        if len(options.targets) != 1:
            parser.error("--input needs one target")
        return _run_one(options.targets[0], options.input)
    work = options.work or Path(tempfile.mkdtemp(prefix="fuzz-"))
    work.mkdir(parents=True, exist_ok=True)
    results = [_fuzz(name, options.seconds, work.resolve()) for name in options.targets or NAMES]
    return 0 if all(results) else 1


def _run_one(name: str, path: Path) -> int:
    from fuzz.targets import TARGETS  # under atheris the targets are imported by the engine, which traces them

    TARGETS[name].run(path.read_bytes())
    print(f"{name:8} survives {path}")
    return 0


def _fuzz(name: str, seconds: int, work: Path) -> bool:
    """Whether the target survived."""
    before = set(work.glob(f"{name}-*"))
    command = [sys.executable, "-m", "fuzz.engine", name, str(seconds), str(work)]
    try:
        done = subprocess.run(
            command, cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=seconds + SLACK_SECONDS
        )
    except subprocess.TimeoutExpired:
        print(f"{name:8} did not end: an input takes for ever", flush=True)
        return False
    log = done.stdout + done.stderr
    total = re.search(r"stat::number_of_executed_units:\s*(\d+)", log)
    rate = re.search(r"stat::average_exec_per_sec:\s*(\d+)", log)
    found = sorted(set(work.glob(f"{name}-*")) - before)
    if done.returncode == 0 and total and rate and not found:
        print(f"{name:8} {int(total[1]):>10,} executions, {int(rate[1]):>7,} per second, no failure", flush=True)
        return True
    print(log[max(0, log.find("Uncaught Python exception")) :][:SHOWN_CHARS], file=sys.stderr)
    print(
        f"{name:8} FAILED (exit {done.returncode}); its input: {', '.join(map(str, found)) or 'none kept'}", flush=True
    )
    return False


if __name__ == "__main__":
    sys.exit(main())
