"""kill -9 of a real conductord, again and again: no job is lost, and none runs twice."""

import random
import time
from collections.abc import Callable

import pytest

from support.process import daemon_process

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]

ROUNDS = 60
JOBS, SHEETS, DEATHS = 4, 5, 8


def test_jobs_survive_deaths_at_times_that_nobody_chose(scaled: Callable[[int], int]) -> None:
    deaths = 0
    for seed in range(scaled(ROUNDS)):
        deaths += one_round(random.Random(seed))
    print(deaths, "deaths")


def one_round(chance: random.Random) -> int:
    """Jobs of many sheets over a daemon that is killed until it has had enough; how often."""
    with daemon_process() as daemon:
        daemon.start()
        jobs = [daemon.submit(_sheets(number), name=f"j{number}") for number in range(JOBS)]
        deaths = chance.randint(DEATHS // 2, DEATHS)
        for _ in range(deaths):
            time.sleep(chance.choice((0.0, 0.01, 0.03, 0.07, 0.15)) * chance.random())
            daemon.kill()
            daemon.start()
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
