"""kill -9 of a real conductord, again and again: no job is lost, and none runs twice."""

import random
from collections.abc import Callable

import pytest

from support.deaths import run_through_deaths
from support.process import daemon_process

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]

ROUNDS = 40
PAUSES = (0.0, 0.01, 0.03, 0.07, 0.15)


def test_jobs_survive_deaths_at_times_that_nobody_chose(scaled: Callable[[int], int]) -> None:
    deaths = 0
    for seed in range(scaled(ROUNDS)):
        chance = random.Random(seed)
        with daemon_process() as daemon:
            pauses = [chance.choice(PAUSES) * chance.random() for _ in range(chance.randint(4, 8))]
            deaths += run_through_deaths(daemon, pauses)
    print(deaths, "deaths")
