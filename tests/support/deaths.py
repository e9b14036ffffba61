"""Jobs on a conductord that is killed again and again."""

import time
from collections.abc import Iterable

from support.process import DaemonProcess

__all__ = ["run_through_deaths"]

JOBS, SHEETS = 4, 5


def run_through_deaths(daemon: DaemonProcess, pauses: Iterable[float]) -> int:
    """Kills the daemon after each of these pauses, in seconds; how often.

    Raises AssertionError unless every job is completed in the end and every sheet ran once.
    """
    daemon.start()
    jobs = [daemon.submit(_sheets(number), name=f"j{number}") for number in range(JOBS)]
    deaths = 0
    for pause in pauses:
        time.sleep(pause)
        daemon.kill()
        daemon.start()
        deaths += 1
    states = [daemon.ended(job) for job in jobs]
    assert [state.status for state in states] == ["completed"] * JOBS
    lines = (daemon.work / "log").read_text().split()
    assert sorted(lines) == sorted(f"j{job}s{sheet}" for job in range(JOBS) for sheet in range(SHEETS))
    return deaths


def _sheets(job: int) -> str:
    return "".join(
        f"  - {{name: s{sheet}, command: 'sleep 0.05; echo j{job}s{sheet} >> log; echo done'}}\n"
        for sheet in range(SHEETS)
    )
