"""Runs the targets in a thread whose stack is small: `python -m fuzz.small_stack`.

Where a parser recurses too far there the process dies of SIGSEGV (RULES 2.27), so this is a process of its own. The
depth target is left out, since its model is a parser that recurses; and the slow ones, whose core is that of `server`.
"""

import sys
import threading

from fuzz.deep import deep_lines
from fuzz.regressions import regressions
from fuzz.script import script_bytes
from fuzz.targets import TARGETS

STACK_BYTES = 256 * 1024
WHOLE = b"\x07"
"""Steers a script to take its payload in one piece."""


def main() -> None:
    """Prints how many inputs were run. Ends with 1 if one of them failed."""
    done: list[int] = []
    threading.stack_size(STACK_BYTES)
    thread = threading.Thread(target=lambda: done.append(_run_all()))
    thread.start()
    thread.join()
    if not done:
        sys.exit(1)
    print(done[0])


def _run_all() -> int:
    count = 0
    for name, target in TARGETS.items():
        if name == "depth" or target.is_slow:
            continue
        inputs = [*target.seeds(), *(data for _, data in regressions(name))]
        inputs += [_input(name, line) for line in deep_lines()]
        for data in inputs:
            target.run(data)
        count += len(inputs)
    return count


def _input(target: str, line: bytes) -> bytes:
    return {"message": line, "params": b"\x01" + line}.get(target) or script_bytes(line + b"\n", WHOLE)


if __name__ == "__main__":
    main()
