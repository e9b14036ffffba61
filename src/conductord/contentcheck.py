"""Looks into files for `contains`, `regex` and `json` validations. Runs as a process of its own.

Run as `python -I contentcheck.py` in the workspace, with a list of questions as JSON on stdin; prints an answer a line,
each as soon as it is known. Apart from the daemon, because a pattern of a user may backtrack for hours and a file may
be huge: the caller gives it a time limit, and nobody waits for it but the sheet it belongs to.

Question: `{"rule": "contains"|"regex"|"json", "file": PATH, "text"|"pattern"|"schema": ...}`. Answer: `[passed,
message]`.
"""

import json
import mmap
import re
import sys
from typing import Any

MAX_BYTES = 64 * 2**20
"""Largest file for `regex` and `json`, which need it in memory; `contains` takes any."""


def main() -> int:
    """Answer the questions on stdin."""
    questions: list[dict[str, Any]] = json.load(sys.stdin)
    for question in questions:
        print(json.dumps(answer(question)), flush=True)
    return 0


def answer(question: dict[str, Any]) -> tuple[bool, str]:
    """Whether the file is as asked, and what was found."""
    try:
        return {"contains": contains, "regex": regex, "json": is_json}[question["rule"]](question)
    except FileNotFoundError:
        return False, "there is no such file"
    except IsADirectoryError:
        return False, "is a directory"
    except OSError as error:
        return False, f"cannot be read: {error.strerror}"
    except Refused as error:
        return False, str(error)


class Refused(Exception):
    """The file cannot be judged; the message says why."""


def contains(question: dict[str, Any]) -> tuple[bool, str]:
    """Whether the text is in the file, byte for byte in UTF-8."""
    with open(question["file"], "rb") as file:
        if file.seek(0, 2) == 0:
            return False, "the file is empty"
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            at = content.find(question["text"].encode())
    return (True, f"found at byte {at}") if at >= 0 else (False, "not found")


def regex(question: dict[str, Any]) -> tuple[bool, str]:
    """Whether the pattern matches somewhere; bytes that are not UTF-8 count as U+FFFD."""
    match = re.search(question["pattern"], read(question["file"]).decode(errors="replace"))
    return (False, "no match") if match is None else (True, f"matches {shorten(match[0])!r}")


def is_json(question: dict[str, Any]) -> tuple[bool, str]:
    """Whether the file is one JSON document (RFC 8259: no NaN), and fits the schema if there is one."""
    try:
        value = json.loads(read(question["file"]).decode("utf-8-sig"), parse_constant=refuse_constant)
    except UnicodeDecodeError as error:
        return False, f"not UTF-8 at byte {error.start}"
    except json.JSONDecodeError as error:
        return False, f"not JSON: {error}"
    except (RecursionError, ValueError) as error:
        return False, f"not JSON that can be read: {error}"
    schema = question.get("schema")
    return (True, "is JSON") if schema is None else fits(value, schema)


def fits(value: Any, schema: dict[str, Any]) -> tuple[bool, str]:
    """Whether the value fits the schema; the first misfit, with its place."""
    from jsonschema import exceptions
    from jsonschema.validators import validator_for
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    # An empty registry, so that a `$ref` to an address on the web is an error and not a download.
    validator: Any = validator_for(schema)(schema, registry=Registry())
    untyped: Any = exceptions
    try:
        error = untyped.best_match(validator.iter_errors(value))
    except Unresolvable as unresolvable:
        return False, f"the schema refers to {unresolvable.ref!r}, which is not in it"
    except RecursionError:
        return False, "nested too deep to be checked"
    if error is None:
        return True, "fits the schema"
    return False, f"does not fit the schema at {error.json_path}: {shorten(error.message, 200)}"


def refuse_constant(name: str) -> None:
    """Called for NaN and Infinity, which `json` takes and JSON does not have."""
    raise Refused(f"not JSON: {name} is not a JSON value")


def read(path: str) -> bytes:
    """Content of a file that fits into memory."""
    with open(path, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Refused(f"is larger than {MAX_BYTES // 2**20} MiB")
    return data


def shorten(text: str, length: int = 60) -> str:
    """At most `length` characters."""
    return text if len(text) <= length else text[: length - 3] + "..."


if __name__ == "__main__":
    sys.exit(main())
