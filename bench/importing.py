"""Microseconds that both clients of a generated package take to import: `python -m bench.importing FOLDER`.

The runtime below them is there already: what is measured is what the methods of the schema add.
"""

import sys
import time

import daemonrpc

if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    _runtime = daemonrpc.Channel, daemonrpc.SyncChannel  # loaded when they are first asked for
    _start = time.perf_counter()
    from many_api import DaemonClient, DaemonClientSync  # noqa: F401  # what is measured is the import itself

    print((time.perf_counter() - _start) * 1e6)
