"""Schemas of any number of methods, each with params, a result and an error of its own kind, as real ones have."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import daemonrpc_codegen
from bench.place import Place

__all__ = ["SIZES", "generating", "package", "schema"]

SIZES = (25, 100, 500, 1000, 2000)

HEAD = """\
service: Daemon
package: many_api
version: 1.0.0
doc: Many methods.
types:
  State:
    doc: Where a thing stands.
    enum: {queued: Waits., running: Runs., ended: Has ended.}
"""
TYPE = """\
  Thing%(number)d:
    doc: A thing.
    fields:
      name: {type: str, doc: Its name.}
      state: {type: State, doc: Where it stands.}
      size: {type: int, default: 0, doc: How big it is.}
      tags: {type: "list[str]", default: [], doc: What it is marked with.}
"""
METHOD = """\
  thing%(number)d.change:
    doc: Changes a thing.
    params:
      name: {type: str, max_length: 100, doc: Its name.}
      size: {type: int | None, default: null, minimum: 0, doc: How big it is to be.}
      request_id: {type: str, optional: true, doc: The key.}
    result: Thing%(number)d
    safety: keyed
    handler: sync
    examples: [{params: {name: a}, result: {name: a, state: queued}}]
"""


def schema(count: int) -> str:
    """A schema with so many methods and types."""
    types = "".join(TYPE % {"number": number} for number in range(count))
    return HEAD + types + "methods:\n" + "".join(METHOD % {"number": number} for number in range(count))


def generating(place: Place, count: int) -> float:
    """Seconds that `daemonrpc generate` takes as a process, into an empty folder."""
    source, out = Path(place.path(".yaml")), Path(place.path("-out"))
    source.write_text(schema(count))
    command = [str(Path(sys.executable).parent / "daemonrpc"), "generate", "--schema", str(source), "--out", str(out)]
    start = time.perf_counter()
    subprocess.run(command, env=place.environment, cwd=place.folder, stdout=subprocess.DEVNULL, check=True)
    took = time.perf_counter() - start
    shutil.rmtree(out)
    return took


def package(place: Place, count: int) -> str:
    """The folder that holds the package made from such a schema."""
    folder = place.folder / f"many-{count}"
    if not folder.exists():
        source = Path(place.path(".yaml"))
        source.write_text(schema(count))
        daemonrpc_codegen.generate(daemonrpc_codegen.load(source), folder)
        subprocess.run([sys.executable, "-m", "compileall", "-q", str(folder)], check=True)
    return str(folder)
