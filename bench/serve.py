"""A server in a process of its own: `python -m bench.serve SYSTEM SOCKET [CPU]`."""

import os
import sys

from bench.systems import SYSTEMS


def main(name: str, path: str, cpu: str | None = None) -> None:
    if cpu is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {int(cpu)})
    (system,) = [system for system in SYSTEMS if system.name == name]
    system.run(system.serve(path))


if __name__ == "__main__":
    main(*sys.argv[1:])
