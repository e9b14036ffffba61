"""`validate:` of a sheet: each item is one rule, a mapping with the rule's name as its first key."""

import json
import re
from pathlib import Path
from typing import Any

from conductord.spec import CommandRule, ContainsRule, ExitCodeRule, FileRule, JsonRule, RegexRule, Rule
from conductord.yamlfile.fields import Fields, did_you_mean
from conductord.yamlfile.nodes import Listing, Mapping, Node, Scalar, name_of

RULES = ("exit_code", "file", "contains", "regex", "json", "command")
_MAX_SCHEMA_NODES = 20_000


class RuleReader:
    """Reads the rules of sheets. `base_dir`: where a schema file of a relative path is looked for."""

    def __init__(self, base_dir: Path) -> None:
        self.base_dir = base_dir

    def read_all(self, sheet: Fields) -> tuple[Rule, ...]:
        """The rules under `validate`; those that are wrong are noted and left out."""
        rules = (self._read(sheet, item, i) for i, item in enumerate(sheet.items("validate"), start=1))
        return tuple(rule for rule in rules if rule is not None)

    def _read(self, sheet: Fields, item: Node, index: int) -> Rule | None:
        if not isinstance(item, Mapping) or not item.entries:
            sheet.problem("validate", f"expected one of {', '.join(RULES)}, found {name_of(item)}", at=item)
            return None
        kind = next((key for key in item.entries if key in RULES), None)
        if kind is None:
            first = next(iter(item.entries))
            sheet.problem("validate", f"unknown rule '{first}'", did_you_mean(first, RULES), at=item)
            return None
        fields = sheet.nested(item, f"'validate' {index}")
        before = len(sheet.report.problems)
        rule: Rule | None = getattr(self, f"_{kind}")(fields)
        fields.finish()
        return rule if len(sheet.report.problems) == before else None

    def _exit_code(self, fields: Fields) -> Rule:
        return ExitCodeRule(codes=fields.integers("exit_code", minimum=0, maximum=255))

    def _file(self, fields: Fields) -> Rule:
        """`{file: PATH, fresh: true, min_size: 1KiB}`, or the same keys below `file` with `path`."""
        own, path_key = self._own(fields, "file")
        rule = FileRule(path=own.text(path_key), fresh=own.boolean("fresh", False), min_size=own.size("min_size", 0))
        self._need(own, path_key, rule.path)
        return self._done(fields, own, rule)

    def _contains(self, fields: Fields) -> Rule:
        """`{contains: TEXT}`, `{contains: {path: FILE, text: TEXT}}` or `{contains: {path: FILE, regex:
        PATTERN}}`."""
        own, text_key = self._own(fields, "contains", "text")
        path = own.optional_text("path")
        if "regex" in own and text_key not in own:
            return self._done(fields, own, RegexRule(pattern=self._pattern(own, "regex"), path=path))
        rule = ContainsRule(text=own.text(text_key), path=path)
        self._need(own, text_key, rule.text)
        return self._done(fields, own, rule)

    def _regex(self, fields: Fields) -> Rule:
        """`{regex: PATTERN}` or `{regex: {path: FILE, pattern: PATTERN}}`."""
        own, key = self._own(fields, "regex", "pattern")
        rule = RegexRule(pattern=self._pattern(own, key), path=own.optional_text("path"))
        return self._done(fields, own, rule)

    def _json(self, fields: Fields) -> Rule:
        """`{json: FILE}` or `{json: {path: FILE, schema: FILE or mapping}}`."""
        own, key = self._own(fields, "json")
        rule = JsonRule(path=own.optional_text(key), schema=self._schema(own))
        return self._done(fields, own, rule)

    def _command(self, fields: Fields) -> Rule:
        """`{command: TEXT or LIST, timeout: 30s}`, or the same keys below `command` with `run`."""
        own, key = self._own(fields, "command", "run")
        return self._done(fields, own, CommandRule(argv=read_argv(own, key), timeout=own.duration("timeout", 60.0)))

    def _own(self, fields: Fields, kind: str, key: str = "path") -> tuple[Fields, str]:
        """Where the keys of the rule stand, and which key has the main value: beside the name, or below
        it."""
        if isinstance(fields.get(kind), Mapping):
            inner = fields.mapping(kind)
            assert inner is not None  # it is a mapping
            return inner, key
        return fields, kind

    def _done(self, fields: Fields, own: Fields, rule: Rule) -> Rule:
        if own is not fields:
            own.finish()
        return rule

    def _need(self, fields: Fields, key: str, value: str) -> None:
        if not value and key not in fields:
            fields.missing(key)
        elif not value:
            fields.problem(key, "must not be empty")

    def _pattern(self, fields: Fields, key: str) -> str:
        if key not in fields:
            fields.missing(key)
            return ""
        pattern = fields.text(key)
        check_pattern(fields, key, pattern)
        return pattern

    def _schema(self, fields: Fields) -> dict[str, Any] | None:
        node = fields.get("schema")
        if node is None:
            return None
        try:
            schema = plain(node) if not isinstance(node, Scalar) else self._schema_file(fields)
        except ValueError as error:
            fields.problem("schema", str(error))
            return None
        if not isinstance(schema, dict):
            fields.problem("schema", "a schema is a mapping")
            return None
        return self._checked(fields, schema)  # pyright: ignore[reportUnknownArgumentType]  # JSON from a file

    def _schema_file(self, fields: Fields) -> Any:
        path = self.base_dir / fields.text("schema")
        try:
            return json.loads(path.read_bytes())
        except OSError as error:
            raise ValueError(f"cannot read {path}: {error.strerror}") from None
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{path} is not JSON: {error}") from None

    def _checked(self, fields: Fields, schema: dict[str, Any]) -> dict[str, Any] | None:
        try:
            # Only who writes a schema needs the package, and it takes 50 ms to import.
            from jsonschema.exceptions import SchemaError
            from jsonschema.validators import validator_for
        except ImportError:
            fields.problem("schema", "needs the package jsonschema", "pip install jsonschema")
            return None
        try:
            validator_for(schema).check_schema(schema)
        except SchemaError as error:
            fields.problem("schema", f"not a JSON Schema: {error.message} at {error.json_path}")
            return None
        return schema


def read_argv(fields: Fields, key: str) -> tuple[str, ...]:
    """A command: a list is an argument vector, a text is run by `sh -c`."""
    node = fields.get(key)
    if isinstance(node, Listing):
        argv = fields.texts(key)
        if not argv or not argv[0]:
            fields.problem(key, "the command is empty")
        return argv
    text = fields.text(key)
    if node is None:
        fields.missing(key)
    elif not text.strip() and isinstance(node, Scalar) and not node.text.strip():
        fields.problem(key, "the command is empty")
    return ("sh", "-c", text)


def check_pattern(fields: Fields, key: str, pattern: str, at: Node | None = None) -> None:
    """Note a regular expression that is empty, which matches everything, or does not compile."""
    if not pattern:
        fields.problem(key, "an empty pattern matches everything", at=at)
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        fields.problem(key, f"not a regular expression: {error}", at=at)


def plain(node: Node) -> Any:
    """A node as plain data: what `yaml.safe_load` gives for JSON-like text. ValueError when it is too
    large."""
    budget = [_MAX_SCHEMA_NODES]
    return _plain(node, budget)


def _plain(node: Node, budget: list[int]) -> Any:
    # Aliases make a small text stand for a huge tree, so the tree is counted, not the text.
    budget[0] -= 1
    if budget[0] < 0:
        raise ValueError(f"more than {_MAX_SCHEMA_NODES} values")
    if isinstance(node, Mapping):
        return {key: _plain(entry.value, budget) for key, entry in node.entries.items()}
    if isinstance(node, Listing):
        return [_plain(item, budget) for item in node.items]
    return _plain_scalar(node)


def _plain_scalar(node: Scalar) -> Any:
    if node.kind == "null":
        return None
    if node.kind == "boolean":
        return node.text.lower() in ("true", "yes", "on")
    if node.kind in ("integer", "number"):
        try:
            return json.loads(node.text)
        except ValueError:
            raise ValueError(f"{node.text} is not a number in JSON") from None
    return node.text
