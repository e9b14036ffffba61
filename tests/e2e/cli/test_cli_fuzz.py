"""A real conductor does what its schema says, and is not harmed by `daemonrpc fuzz`."""

import json
from typing import Any

import pytest

from daemonrpc.cli import main

JOB = "  - {name: a, command: [echo, done]}\n"


def jobs(conductor: Any) -> list[tuple[str, str]]:
    return [(job["job_id"], job["status"]) for job in conductor.json("list", "--all")]


def test_a_real_conductor_answers_as_its_schema_says_and_its_jobs_are_left_alone(
    conductor: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    conductor.ok("wait", conductor.submit("fuzzed", JOB))
    before = jobs(conductor)
    code = main(["fuzz", str(conductor.socket), "--seed", "11", "--examples", "5", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert (code, report["wrong"]) == (0, [])
    tallies = report["methods"]
    assert sum(tally["refused"] for tally in tallies.values()) >= 100
    assert sum(tally["accepted"] for tally in tallies.values()) >= 40
    assert tallies["job.submit"] == tallies["job.submit"] | {"accepted": 0, "refused": 5, "sent": 5}
    assert before == jobs(conductor)
