"""Our blocking client in a process of its own: `python -m bench.sync_load SOCKET SECONDS` prints calls per second."""

import sys
import time

from bench_api import BenchClientSync

WARM_UP_CALLS = 500


def main(path: str, seconds: str) -> None:
    with BenchClientSync(path) as client:
        for _ in range(WARM_UP_CALLS):
            client.echo("fix-tests#7", 50)
        count, start = 0, time.perf_counter()
        while (took := time.perf_counter() - start) < float(seconds):
            for _ in range(50):
                client.echo("fix-tests#7", 50)
            count += 50
    print(count / took)


if __name__ == "__main__":
    main(*sys.argv[1:])
