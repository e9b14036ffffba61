"""A hundred thousand cancels at any time leave nothing behind on either side (RULES part 5, property 7)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from support.cancels import Cancels

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


@pytest.mark.parametrize("seed", range(5))
async def test_cancels_leave_no_task_no_descriptor_and_no_call(
    seed: int, socket_dir: Path, scaled: Callable[[int], int]
) -> None:
    cancels = Cancels(socket_dir, scaled(20_000), seed)
    await cancels.run()
    print(dict(cancels.seen))
