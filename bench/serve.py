"""A server in a process of its own: `python -m bench.serve SYSTEM SOCKET`."""

import sys

from bench.systems import SYSTEMS


def main(name: str, path: str) -> None:
    (system,) = [system for system in SYSTEMS if system.name == name]
    system.run(system.serve(path))


if __name__ == "__main__":
    main(*sys.argv[1:])
