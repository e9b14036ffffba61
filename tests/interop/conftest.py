"""Node packages for the tests of this folder: installed once by npm, or the tests are skipped with the reason."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = ("@open-rpc/schema-utils-js@2", "ajv@8", "ajv-formats@3", "jayson@5", "vscode-jsonrpc@9")
BROWSER_PACKAGES = ("playwright-core@1",)
"""Drives a browser that is installed; it brings none."""

INSTALL_SECONDS = 40
"""npm may hang without a network; the tests are skipped then."""


@pytest.fixture(scope="session")
def node_environment() -> dict[str, str]:
    """The environment in which `node` finds the packages."""
    return _environment("interop-node", PACKAGES)


@pytest.fixture(scope="session")
def browser_environment() -> dict[str, str]:
    """The environment in which `node` finds what drives the browser, and `CHROMIUM` the browser itself."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("chromium is needed to look at the reference site; on Debian and Ubuntu: apt install chromium")
    return {**_environment("interop-browser", BROWSER_PACKAGES), "CHROMIUM": chromium}


def _environment(folder: str, packages: tuple[str, ...]) -> dict[str, str]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are needed for the foreign peers")
    cache = Path(sys.prefix) / folder
    try:
        cache.mkdir(exist_ok=True)
        with _locked(cache / "lock"):
            _install(npm, cache, packages)
    except OSError as error:
        pytest.skip(f"no place for the packages of npm: {error}")
    return {**os.environ, "NODE_PATH": str(cache / "node_modules")}


def _install(npm: str, cache: Path, packages: tuple[str, ...]) -> None:
    """Workers that run in parallel share one installation; what it holds stands in a file written at its end."""
    done = cache / "installed"
    wanted = "\n".join(packages)
    if done.exists() and done.read_text() == wanted:
        return
    command = [npm, "install", "--prefix", cache, "--no-audit", "--no-fund", "--ignore-scripts", *packages]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm did not install the packages within {INSTALL_SECONDS} s")
    if run.returncode != 0:
        last = run.stderr.strip().splitlines()[-1:] or ["no message"]
        pytest.skip(f"npm cannot install {' '.join(packages)}: {last[0]}")
    done.write_text(wanted)


class _locked:
    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


@pytest.fixture
def jayson_server(node_environment: dict[str, str], socket_path: Path) -> Iterator[Path]:
    """The path at which jayson serves the methods of `jayson_server.js`."""
    script = Path(__file__).with_name("jayson_server.js")
    with subprocess.Popen(
        ["node", script, socket_path], env=node_environment, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "listening\n"  # or its end, if node failed
            yield socket_path
        finally:
            process.kill()
