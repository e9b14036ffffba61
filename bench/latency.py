"""One small call now and then, as a process: `python -m bench.latency SOCKET SECONDS` prints the p99 in ms."""

import socket
import sys
import time

from bench.raw_load import REQUEST

PAUSE_SECONDS = 0.002
PATIENCE_SECONDS = 60.0


def main(path: str, seconds: str) -> None:
    took: list[float] = []
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(PATIENCE_SECONDS)
        sock.connect(path)
        end = time.perf_counter() + float(seconds)
        while (start := time.perf_counter()) < end:
            sock.sendall(REQUEST % 1)
            answer = sock.recv(65536)
            took.append(time.perf_counter() - start)
            if b'"result"' not in answer:
                raise RuntimeError(f"that is not the answer: {answer!r}")
            time.sleep(PAUSE_SECONDS)
    took.sort()
    print(took[len(took) * 99 // 100] * 1000)


if __name__ == "__main__":
    main(*sys.argv[1:])
