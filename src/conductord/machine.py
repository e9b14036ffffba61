"""The machine and the processes of running steps, as they are at this moment. Reads only; takes some milliseconds."""

import os
import resource
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import psutil

MIB = 2**20


class ProcessFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One process."""

    pid: int
    ppid: int
    command: str
    state: str
    """As ps prints it."""
    cpu_percent: float
    """Share of one processor since it started."""
    rss: int
    vms: int
    threads: int
    open_fds: int
    age: float
    """Seconds."""


class GpuFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One graphics processor whose driver publishes its load."""

    index: int
    utilization: float
    """Per cent."""
    memory_used: int
    memory_total: int
    temperature: float | None
    """Degrees Celsius."""


class Memory(msgspec.Struct, frozen=True):
    """Memory of the machine in bytes."""

    total: int
    available: int
    used: int


def memory() -> Memory:
    """Memory of the machine."""
    found = psutil.virtual_memory()
    return Memory(found.total, found.available, found.used)


def own_rss() -> int:
    """Resident memory of the daemon itself in bytes."""
    return int(psutil.Process().memory_info().rss)


def process_limit() -> int | None:
    """Number of processes that the user may have (RLIMIT_NPROC), None if there is no limit."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    return None if soft == resource.RLIM_INFINITY else soft


def pressure() -> float:
    """Use (0 to 1) of the machine's memory or of the processes that the user may have, whichever is greater."""
    found = memory()
    shares = [1.0 - found.available / found.total if found.total else 0.0]
    most = process_limit()
    if most:
        shares.append(_processes_of_user() / most)
    return max(shares)


def _processes_of_user() -> int:
    """Counted by owner of the directories under /proc: a tenth of the price of psutil's way."""
    uid = os.getuid()
    count = 0
    with os.scandir("/proc") as entries:
        for entry in entries:
            if entry.name.isdigit():
                try:
                    count += entry.stat().st_uid == uid
                except OSError:
                    continue  # ended meanwhile
    return count


def trees(pids: Iterable[int]) -> dict[int, list[psutil.Process]]:
    """For each living process of `pids`: itself and all its descendants."""
    found: dict[int, list[psutil.Process]] = {}
    for pid in pids:
        try:
            root = psutil.Process(pid)
            found[pid] = [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
    return found


def facts(process: psutil.Process) -> ProcessFacts | None:
    """What is to be known of a process; None when it is gone, or is nobody's any more."""
    try:
        with process.oneshot():
            times, age = process.cpu_times(), max(time.time() - process.create_time(), 0.01)
            used = process.memory_info()
            return ProcessFacts(
                pid=process.pid,
                ppid=process.ppid(),
                command=(" ".join(process.cmdline()) or process.name())[:200],
                state=_letter(process.status()),
                cpu_percent=100.0 * (times.user + times.system) / age,
                rss=used.rss,
                vms=used.vms,
                threads=process.num_threads(),
                open_fds=process.num_fds(),
                age=age,
            )
    except psutil.Error:
        return None


def _letter(status: str) -> str:
    """The state as ps prints it."""
    known = {
        psutil.STATUS_RUNNING: "R",
        psutil.STATUS_DISK_SLEEP: "D",
        psutil.STATUS_ZOMBIE: "Z",
        psutil.STATUS_DEAD: "Z",
        psutil.STATUS_STOPPED: "T",
        psutil.STATUS_TRACING_STOP: "T",
    }
    return known.get(status, "S")


def gpus(root: Path = Path("/sys/class/drm")) -> list[GpuFacts]:
    """Graphics processors whose driver publishes its load in sysfs (amdgpu does)."""
    return [gpu for card in sorted(root.glob("card[0-9]")) if (gpu := _gpu(card / "device", card.name)) is not None]


def _gpu(device: Path, name: str) -> GpuFacts | None:
    try:
        return GpuFacts(
            index=int(name.removeprefix("card")),
            utilization=float((device / "gpu_busy_percent").read_text()),
            memory_used=int((device / "mem_info_vram_used").read_text()),
            memory_total=int((device / "mem_info_vram_total").read_text()),
            temperature=next(_temperatures(device), None),
        )
    except (OSError, ValueError):
        return None


def _temperatures(device: Path) -> Iterator[float]:
    for path in sorted(device.glob("hwmon/hwmon*/temp1_input")):
        yield float(path.read_text()) / 1000
