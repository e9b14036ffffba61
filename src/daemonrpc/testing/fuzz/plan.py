"""Which methods are called with what."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import msgspec

from daemonrpc.testing.fuzz.options import Options
from daemonrpc.testing.schemas import DocumentValues, UnsupportedSchema, Wrong, drawn

__all__ = ["BATCH", "Call", "Planner", "Target"]

BATCH = 10
BY_POSITION = 4
"""Every fourth call gives its params by position, if they can be given so."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A method, and strategies of what it must accept and must refuse; None where there is nothing to try."""

    name: str
    param_names: tuple[str, ...]
    is_stream: bool
    valid: Any
    invalid: Any
    note: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request that was made for a target."""

    method: str
    id: bytes
    line: bytes
    is_valid: bool
    is_stream: bool
    why: str
    """What is wrong with its params."""


class Planner:
    """Makes the calls of a run. The same seed and document give the same calls."""

    def __init__(self, values: DocumentValues, options: Options) -> None:
        self._values = values
        self._options = options
        self._count = 0

    def targets(self) -> list[Target]:
        """The methods to call. Raises LookupError for one that the daemon does not have."""
        if self._options.only_lines:
            return []
        names = self._options.methods or tuple(method["name"] for method in self._values.document.get("methods", []))
        return [self._target(self._values.method(name)) for name in dict.fromkeys(names)]

    def calls(self, target: Target, number: int) -> Iterator[Call]:
        """The calls of one round: at most ten valid and ten invalid ones."""
        for params in self._drawn(target, "valid", target.valid, number):
            yield self._call(target, params, is_valid=True, why="")
        wrongs: list[Wrong] = self._drawn(target, "invalid", target.invalid, number)
        for wrong in wrongs:
            yield self._call(target, wrong.value, is_valid=False, why=wrong.why)

    def _target(self, method: dict[str, Any]) -> Target:
        name: str = method["name"]
        valid, invalid, note = None, None, ""
        try:
            valid, invalid = self._values.params(name), self._values.invalid_params(name)
        except UnsupportedSchema as error:
            note = f"not tried: {error}"
        may_call = self._options.call_all or name in self._options.methods or method.get("x-safety") == "safe"
        if valid is not None and not may_call:
            valid, note = None, "invalid calls only: it is not safe"
        return Target(
            name=name,
            param_names=tuple(param.get("name", "") for param in method.get("params", [])),
            is_stream="x-stream" in method,
            valid=valid,
            invalid=invalid,
            note=note,
        )

    def _drawn(self, target: Target, kind: str, strategy: Any, number: int) -> list[Any]:
        count = min(BATCH, self._options.examples - number * BATCH)
        if strategy is None or (count <= 0 and self._options.seconds is None):
            return []
        seed = crc32(f"{self._options.seed}/{target.name}/{kind}/{number}".encode())
        count = BATCH if self._options.seconds is not None else count
        found = drawn(strategy, count + (number > 0), seed)
        return found[1:] if number > 0 else found  # the first one is always the smallest there is

    def _call(self, target: Target, params: dict[str, Any], *, is_valid: bool, why: str) -> Call:
        self._count += 1
        id_: Any = f"fuzz-{self._count}" if self._count % 3 == 0 else self._count
        given: Any = params
        if self._count % BY_POSITION == 0 and tuple(params) == target.param_names[: len(params)]:
            given = list(params.values())
        message: dict[str, Any] = {"jsonrpc": "2.0", "id": id_, "method": target.name, "params": given}
        if not target.is_stream:
            message["meta"] = {"timeout_ms": int(self._options.timeout * 1000)}
        return Call(
            method=target.name,
            id=msgspec.json.encode(id_),
            line=msgspec.json.encode(message),
            is_valid=is_valid,
            is_stream=target.is_stream,
            why=why,
        )
