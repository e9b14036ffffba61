"""What a run was made on, without names of hosts or places."""

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

__all__ = ["facts"]

PACKAGES = ("msgspec", "uvloop", "grpcio", "grpclib", "protobuf")


def facts() -> dict[str, str | int]:
    """Processor count, kernel, Python, and the versions of what is compared."""
    found: dict[str, str | int] = {
        "cpus": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 0,
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {sys.version.split()[0]}",
    }
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
