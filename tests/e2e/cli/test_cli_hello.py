"""The example that `make run` runs, in an environment that has hardly anything."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[3] / "examples" / "hello" / "run.sh"


def test_the_first_example_runs_and_cleans_up(tmp_path: Path) -> None:
    before = set(Path("/tmp").glob("hello.*"))
    done = subprocess.run(
        [
            "env",
            "-i",
            f"HOME={tmp_path}",
            f"PATH={Path(sys.executable).parent}:{os.environ['PATH']}",
            "sh",
            str(SCRIPT),
        ],
        capture_output=True,
        text=True,
        timeout=55,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for expected in (
        "The first attempt fails on purpose.",
        "The second attempt works.",
        '{"sheets": 5, "mood": "good"}',
        "2 flaky #1 ",
        "2 flaky #2 ",
        "the daemon has ended",
    ):
        assert expected in done.stdout + done.stderr
    assert set(Path("/tmp").glob("hello.*")) == before
    assert list(tmp_path.iterdir()) == []
