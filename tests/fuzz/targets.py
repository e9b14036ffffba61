"""The targets by name, and what each starts from. The code under test is imported from here on, so it can be traced."""

from collections.abc import Callable
from dataclasses import dataclass

from fuzz import fuzz_client, fuzz_depth, fuzz_message, fuzz_params, fuzz_server, fuzz_stack, seeds
from fuzz.script import Script, script_bytes

__all__ = ["TARGETS", "Target"]


@dataclass(frozen=True)
class Target:
    """One harness: it takes any bytes and raises for a bug alone."""

    run: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    lines: Callable[[bytes], tuple[bytes, bytes]]
    """An input as what steers and what is JSON, so that the second can be changed with sense."""
    longest: int = 2048
    """Bytes of the longest input."""
    is_slow: bool = False
    """Takes milliseconds an input, not microseconds."""


def _script(data: bytes) -> tuple[bytes, bytes]:
    payload = Script(data).payload
    return data[: len(data) - len(payload)], payload


TARGETS = {
    "server": Target(fuzz_server.run, lambda: seeds.scripts(seeds.LINES + seeds.calls()), _script),
    "client": Target(fuzz_client.run, lambda: seeds.scripts(seeds.answers()), _script),
    "stack": Target(
        fuzz_stack.run, lambda: seeds.scripts(seeds.LINES + seeds.calls()), _script, longest=4096, is_slow=True
    ),
    "message": Target(fuzz_message.run, lambda: seeds.LINES + seeds.calls(), lambda data: (b"", data)),
    "params": Target(fuzz_params.run, seeds.params, lambda data: (data[:1], data[1:])),
    "depth": Target(fuzz_depth.run, lambda: [script_bytes(line, b"\x0f\x47") for line in seeds.LINES], _script, 512),
}
