"""Follows the events of a conductord and writes down the number of each, on disk before it looks at the next one.

python follower.py SOCKET FILE: goes on after the last number in the file. A test may kill it at any time.
"""

import os
import sys
import time
from pathlib import Path

from conductor_api import DaemonClientSync
from daemonrpc import ConnectionLostError, DaemonNotRunningError, ShuttingDownError

PAUSE = 0.02
"""Seconds between two tries to reach the daemon."""


def follow(socket: str, path: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    seen = Path(path).read_text().split()
    since = int(seen[-1]) if seen else 0
    with DaemonClientSync(socket) as client:
        while True:
            try:
                with client.monitor(since, include_output=True) as events:
                    for event in events:
                        os.write(file, b"%d\n" % event.seq)
                        os.fsync(file)
                        since = event.seq
            except (ConnectionLostError, DaemonNotRunningError, ShuttingDownError):
                time.sleep(PAUSE)


if __name__ == "__main__":
    follow(*sys.argv[1:])
