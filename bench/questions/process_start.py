"""How long a process takes that makes one call, beside one that only imports msgspec."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench.conductor import conductor
from bench.place import Place
from bench.questions import Question, Subjects

HEALTH = "import sys; from conductor_api import DaemonClientSync; DaemonClientSync(sys.argv[1]).health()"


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    command = str(Path(sys.executable).parent / "conductor")
    with conductor(place) as daemon:
        yield {
            "bare interpreter": partial(place.milliseconds, [sys.executable, "-c", "pass"]),
            "import msgspec": partial(place.milliseconds, [sys.executable, "-c", "import msgspec"]),
            "health()": partial(place.milliseconds, [sys.executable, "-c", HEALTH, daemon.socket]),
            "conductor status --json": partial(
                place.milliseconds, [command, "--socket", daemon.socket, "status", "--json"]
            ),
        }


QUESTION = Question(
    title="a process that makes one call",
    unit="ms",
    base="import msgspec",
    prepare=prepare,
)
