"""What is said of the machine comes from the machine."""

import asyncio
import os
from pathlib import Path

import msgspec
import psutil
import pytest

from conductord import machine, snapshots
from conductord.snapshots import SnapshotWriter
from support.waiting import until


def test_figures_agree_with_the_system() -> None:
    assert machine.memory().total == psutil.virtual_memory().total
    assert 2**20 < machine.own_rss() < machine.memory().total
    assert 0.0 <= machine.pressure() <= 1.0
    found = machine.facts(psutil.Process())
    assert found is not None
    assert (found.pid, found.ppid) == (os.getpid(), os.getppid())
    assert found.open_fds > 2
    assert "python" in found.command


def test_a_process_that_is_gone_has_no_facts() -> None:
    process = psutil.Popen(["true"])
    process.wait()
    assert machine.facts(process) is None
    assert machine.trees([process.pid]) == {}


def test_graphics_processors_are_read_from_sysfs(tmp_path: Path) -> None:
    device = tmp_path / "card0" / "device"
    (device / "hwmon" / "hwmon1").mkdir(parents=True)
    (device / "gpu_busy_percent").write_text("37\n")
    (device / "mem_info_vram_used").write_text(f"{2**30}\n")
    (device / "mem_info_vram_total").write_text(f"{2**33}\n")
    (tmp_path / "card1" / "device").mkdir(parents=True)
    (gpu,) = machine.gpus(tmp_path)
    assert (gpu.index, gpu.utilization, gpu.memory_used, gpu.temperature) == (0, 37.0, 2**30, None)
    (device / "hwmon" / "hwmon1" / "temp1_input").write_text("41500\n")
    assert machine.gpus(tmp_path)[0].temperature == 41.5
    assert machine.gpus(tmp_path / "none") == []


class Line(msgspec.Struct):
    number: int


async def test_the_file_of_snapshots_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "INTERVAL", 0.001)
    monkeypatch.setattr(snapshots, "MAX_BYTES", 100)
    taken = 0

    async def take() -> Line:
        nonlocal taken
        taken += 1
        return Line(taken)

    path = tmp_path / "top.jsonl"
    task = asyncio.create_task(SnapshotWriter(path, take).run())
    await until(lambda: (tmp_path / "top.jsonl.1").exists())
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    lines = ((tmp_path / "top.jsonl.1").read_bytes() + path.read_bytes()).splitlines()
    assert [msgspec.json.decode(line, type=Line).number for line in lines] == list(range(1, len(lines) + 1))
    assert (tmp_path / "top.jsonl.1").stat().st_size <= 100


async def test_a_full_disk_costs_lines_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "INTERVAL", 0.001)
    taken = asyncio.Event()
    count = 0

    async def take() -> Line:
        nonlocal count
        count += 1
        if count == 3:
            taken.set()
        return Line(count)

    task = asyncio.create_task(SnapshotWriter(tmp_path / "none" / "top.jsonl", take).run())
    async with asyncio.timeout(10):
        await taken.wait()
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
