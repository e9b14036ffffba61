"""What importing a generated package of 100 methods costs a process, above importing what it stands on.

That is msgspec for the blocking client and for the server's side, and asyncio too for the asynchronous client. The
runtime is part of the cost. Both are compiled, as installed ones are.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import daemonrpc
from bench.place import Place
from bench.questions import Question, Subjects
from bench.schemas import package

METHODS = 100
PAIRS = 11
BLOCKING = "from many_api import DaemonClientSync"
BOTH = "from many_api import DaemonClient, DaemonClientSync"
EVERYTHING = "from many_api import *"


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    folder = package(place, METHODS)
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(Path(daemonrpc.__file__).parent)], check=True)
    yield {
        "blocking client": partial(_above, place, folder, BLOCKING, "import msgspec"),
        "both clients": partial(_above, place, folder, BOTH, "import asyncio, msgspec"),
        "every public name": partial(_above, place, folder, EVERYTHING, "import asyncio, msgspec"),
    }


def _above(place: Place, folder: str, code: str, base: str) -> float:
    whole = [sys.executable, "-c", f"import sys; sys.path.insert(0, {folder!r}); {code}"]
    bare = [sys.executable, "-c", base]
    # One after the other, so that what else the machine does falls on both.
    above = [place.milliseconds(whole, times=1) - place.milliseconds(bare, times=1) for _ in range(PAIRS)]
    return sorted(above)[PAIRS // 2]


QUESTION = Question(
    title=f"importing a package of {METHODS} methods, above what it stands on",
    unit="ms",
    prepare=prepare,
    most_rounds=5,
)
