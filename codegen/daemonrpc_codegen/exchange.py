"""The lines of a call, as they stand on the wire: what is sent, and what comes back."""

import json
from typing import Any

from daemonrpc_codegen.model import Example, Method

__all__ = ["answer_lines", "by_position", "compact", "request_line"]


def request_line(method: Method, params: dict[str, Any] | list[Any]) -> str:
    """The call with these params. A method without params is sent none."""
    request = {"jsonrpc": "2.0", "id": 1, "method": method.name}
    return compact(request | ({"params": params} if params else {}))


def answer_lines(method: Method, example: Example) -> list[str]:
    """What comes back in an example: the items of a stream, then the result."""
    notification = method.stream.notification if method.stream else ""
    items = [{"jsonrpc": "2.0", "method": notification, "params": item, "stream": 1} for item in example.items]
    return [compact(line) for line in (*items, {"jsonrpc": "2.0", "id": 1, "result": example.result})]


def by_position(method: Method, params: dict[str, Any]) -> list[Any] | None:
    """The same params in order; one that is left out gives its default. None if one that is left out has none."""
    given = [number for number, param in enumerate(method.params) if param.name in params]
    values: list[Any] = []
    for param in method.params[: max(given, default=-1) + 1]:
        if param.name in params:
            values.append(params[param.name])
        elif param.default is not None:
            values.append(param.default.value)
        else:
            return None
    return values


def compact(value: Any) -> str:
    """JSON on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
