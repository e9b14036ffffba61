"""Job file to structs; and every mistake in it, at once and with its place."""

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conductord.spec import (
    SHELL,
    CommandRule,
    ContainsRule,
    ExitCodeRule,
    FileRule,
    JobFileError,
    JobSpec,
    JsonRule,
    RegexRule,
    Retry,
    SheetSpec,
    fill_hook,
    parse_job,
)

BASE = Path("/base")

EXAMPLE = """
name: fix-tests
workspace: ./work
instrument: claude
variables: {branch: main}
defaults: {timeout: 30m, idle_timeout: 10m, retry: {max: 2, backoff: 10s, factor: 2, max_delay: 5m, jitter: true}}
instruments:
  claude:
    command: [claude, -p, --output-format, json]
    stdin: "{prompt}"
    concurrency: 2
    limit: {patterns: ["hit your limit", "Rate limit reached", "429"], on_limit: wait, max_wait: 6h}
    pass_env: [ANTHROPIC_API_KEY]
sheets:
  - name: plan
    prompt: Write PLAN.md for {branch}
    validate: [{file: PLAN.md, fresh: true}, {contains: {path: PLAN.md, regex: "(?m)^## "}}]
  - name: test
    command: [pytest, -q]
    instrument: shell
    needs: [plan]
    validate: [{command: "test -s report.xml"}]
on_event: {finished: "notify-send {job} {state} on {branch}"}
"""


def parse(text: str, **given: Any) -> JobSpec:
    return parse_job(text, source="job.yaml", base_dir=BASE, **given)


def problems(text: str, **given: Any) -> list[str]:
    with pytest.raises(JobFileError) as caught:
        parse(text, **given)
    return str(caught.value).splitlines()


def sheet(yaml: str, *, top: str = "") -> SheetSpec:
    """The only sheet of a small job."""
    return parse(f"name: j\n{top}\nsheets:\n  - {yaml}\n").sheets[0]


def sheet_problems(yaml: str, *, top: str = "") -> list[str]:
    """Problems of a job with one sheet, each without its place and its hint."""
    lines = problems(f"name: j\n{top}\nsheets:\n  - {yaml}\n")
    return [line.split(": ", 1)[1] for line in lines if not line.startswith("  hint")]


# ---------------------------------------------------------------- what a good file means


def test_the_example_of_the_manual() -> None:
    job = parse(EXAMPLE)

    assert (job.name, job.workspace) == ("fix-tests", BASE / "work")
    plan, test = job.sheets
    assert plan.argv == ("claude", "-p", "--output-format", "json")
    assert plan.stdin == plan.prompt == "Write PLAN.md for main"
    assert (plan.instrument, plan.pass_env, plan.needs) == ("claude", ("ANTHROPIC_API_KEY",), ())
    assert (plan.timeout, plan.idle_timeout) == (1800, 600)
    assert plan.retry == Retry(max=2, backoff=10, factor=2, max_delay=300, jitter=True)
    assert plan.validations == (FileRule(path="PLAN.md", fresh=True), RegexRule(path="PLAN.md", pattern="(?m)^## "))
    assert (test.argv, test.stdin, test.prompt) == (("pytest", "-q"), None, None)
    assert (test.instrument, test.needs, test.pass_env) == (SHELL, (1,), ())
    assert test.validations == (CommandRule(argv=("sh", "-c", "test -s report.xml")),)
    claude = job.instrument_of(plan)
    assert claude.concurrency == 2
    assert claude.limit.patterns == ("hit your limit", "Rate limit reached", "429")
    assert (claude.limit.on_limit, claude.limit.max_wait) == ("wait", 6 * 3600)
    hook = fill_hook(job.on_event["finished"], job="fix-tests#7", state="completed")
    assert hook == ("sh", "-c", "notify-send fix-tests#7 completed on main")


def test_a_job_survives_being_stored() -> None:
    job = parse(EXAMPLE)

    stored = msgspec.json.encode(job, enc_hook=str)

    assert msgspec.json.decode(stored, type=JobSpec, dec_hook=lambda kind, value: kind(value)) == job


def test_a_text_command_is_run_by_the_shell_and_a_list_as_it_is() -> None:
    assert sheet("{command: echo hi | cat}").argv == ("sh", "-c", "echo hi | cat")
    assert sheet("{command: [sleep, 5, 007]}").argv == ("sleep", "5", "007")


def test_a_sheet_without_a_name_is_called_by_its_number() -> None:
    assert sheet("{command: ls}").name == "sheet-1"


def test_sheets_need_the_one_before_unless_they_say_otherwise() -> None:
    text = "name: j\nsheets:\n  - {name: a, command: ls}\n  - {name: b, command: ls}\n"
    text += "  - {name: c, command: ls, needs: []}\n  - {name: d, command: ls, needs: [c, a, c]}\n"

    assert [s.needs for s in parse(text).sheets] == [(), (1,), (), (3, 1)]


def test_the_workspace_may_be_absolute_absent_or_given() -> None:
    text = "name: j\nsheets: [{command: ls}]\n"

    assert parse(text).workspace == BASE
    assert parse("workspace: /abs\n" + text).workspace == Path("/abs")
    assert parse("workspace: here\n" + text, workspace=Path("/other")).workspace == Path("/other")
    assert parse("workspace: ~/w\n" + text).workspace == Path.home() / "w"


def test_defaults_apply_and_sheets_win() -> None:
    top = "defaults: {timeout: 5m, output_limit: 1MB, retry: {max: 3, backoff: 1s}, env: {A: 1, B: 2}, pass_env: [X]}"

    found = sheet("{command: ls, timeout: 10s, retry: {max: 1}, env: {B: 3}, pass_env: [Y, X]}", top=top)

    assert (found.timeout, found.output_limit) == (10, 1_000_000)
    assert (found.retry.max, found.retry.backoff) == (1, 1)
    assert found.env == {"A": "1", "B": "3"}
    assert found.pass_env == ("X", "Y")


def test_null_takes_a_default_bound_away() -> None:
    found = sheet("{command: ls, timeout: null, idle_timeout: }", top="defaults: {timeout: 5m, idle_timeout: 5m}")

    assert (found.timeout, found.idle_timeout) == (None, None)


def test_retry_may_be_a_number() -> None:
    found = sheet("{command: ls, retry: 4}", top="defaults: {retry: {backoff: 3s, on_exit: [1, 75]}}")

    assert (found.retry.max, found.retry.backoff, found.retry.on_exit) == (4, 3, (1, 75))


def test_waits_grow_and_are_bounded_and_spread() -> None:
    retry = Retry(max=9, backoff=10, factor=2, max_delay=60, jitter=False)

    assert [retry.delay(n) for n in (1, 2, 3, 4, 5)] == [10, 20, 40, 60, 60]
    assert retry.delay(100_000) == 60
    assert Retry(backoff=0, jitter=False).delay(100_000) == 0
    spread = msgspec.structs.replace(retry, jitter=True)
    assert (spread.delay(2, spread=0), spread.delay(2, spread=1)) == (10, 20)
    assert all(10 <= spread.delay(2) <= 20 for _ in range(50))


def test_variables_come_from_the_file_and_from_outside_which_wins() -> None:
    text = "name: j\nvariables: {who: file, n: 3}\nsheets: [{command: 'echo {who} {n} {{x}} ${{HOME}} {workspace}'}]\n"

    argv = parse(text, variables={"who": "outside"}).sheets[0].argv

    assert argv[2] == "echo outside 3 {x} ${HOME} /base"


def test_a_prompt_is_put_into_the_command_or_stdin_just_as_it_is() -> None:
    top = 'variables: {v: "1"}\ninstruments: {a: {command: [agent, "say {prompt} {v}"]}}\ninstrument: a'

    found = sheet("{prompt: 'keep {{this}} and {v}'}", top=top)

    assert found.argv == ("agent", "say keep {this} and 1 1")
    assert found.stdin is None


def test_a_command_counts_against_an_instrument_that_it_names() -> None:
    top = "instruments: {a: {command: [agent], stdin: '{prompt}', env: {K: v}, pass_env: [T]}}\ninstrument: a"

    assert sheet("{command: ls}", top=top).instrument == SHELL
    named = sheet("{command: ls, instrument: a}", top=top)
    assert (named.instrument, named.argv, named.env, named.pass_env) == ("a", ("sh", "-c", "ls"), {"K": "v"}, ("T",))


def test_an_agent_has_limit_patterns_unless_it_names_its_own() -> None:
    top = "instruments: {a: {command: [x, '{prompt}']}, b: {command: [x, '{prompt}'], limit: {patterns: []}}}"
    job = parse(f"name: j\n{top}\nsheets: [{{command: ls}}]\n")

    assert job.instruments["a"].limit.patterns
    assert job.instruments["b"].limit.patterns == ()
    assert job.instruments[SHELL].limit.patterns == ()


def test_the_forms_of_the_rules(tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_text('{"type": "array"}')
    yaml = """
      - {exit_code: [0, 3]}
      - {exit_code: 7}
      - {file: a}
      - {file: {path: a, fresh: true, min_size: 1KiB}}
      - {contains: done}
      - {contains: {path: a, text: done}}
      - {regex: ok$}
      - {regex: {path: a, pattern: ok$}}
      - {json: a}
      - {json: {path: a, schema: {type: object, properties: {n: {minimum: 1.5, const: true}}}}}
      - {json: {schema: schema.json}}
      - {command: [test, -s, a], timeout: 5s}
      - {command: {run: make check}}
"""
    job = parse_job(f"name: j\nsheets:\n  - command: ls\n    validate:{yaml}", source="j", base_dir=tmp_path)

    assert job.sheets[0].validations == (
        ExitCodeRule(codes=(0, 3)),
        ExitCodeRule(codes=(7,)),
        FileRule(path="a"),
        FileRule(path="a", fresh=True, min_size=1024),
        ContainsRule(text="done"),
        ContainsRule(text="done", path="a"),
        RegexRule(pattern="ok$"),
        RegexRule(pattern="ok$", path="a"),
        JsonRule(path="a"),
        JsonRule(path="a", schema={"type": "object", "properties": {"n": {"minimum": 1.5, "const": True}}}),
        JsonRule(schema={"type": "array"}),
        CommandRule(argv=("test", "-s", "a"), timeout=5),
        CommandRule(argv=("sh", "-c", "make check")),
    )
    assert job.sheets[0].exit_codes == (0, 3, 7)
    assert sheet("{command: ls}").exit_codes == (0,)


def test_the_hash_tells_what_a_step_does_and_nothing_else() -> None:
    same = [
        sheet("{name: a, command: ls}"),
        sheet("{name: b, command: ls, timeout: 5m, retry: 3}"),
        sheet("{command: ls}", top="defaults: {idle_timeout: 3m}"),
    ]
    other = [
        sheet("{name: a, command: ls -l}"),
        sheet("{name: a, command: ls, env: {A: b}}"),
        sheet("{name: a, command: ls, validate: [{file: x}]}"),
        sheet("{name: a, command: ls}", top="workspace: elsewhere"),
    ]

    assert len({s.hash for s in same}) == 1
    assert len({s.hash for s in [*same, *other]}) == 1 + len(other)


def test_the_hash_of_a_job_does_not_depend_on_the_run() -> None:
    assert parse(EXAMPLE).hash == parse(EXAMPLE).hash
    assert parse(EXAMPLE).hash != parse(EXAMPLE.replace("Write", "Draw")).hash


def test_sheets_are_found_by_number() -> None:
    job = parse(EXAMPLE)

    assert job.sheet(2).name == "test"
    for number in (0, 3, -1):
        with pytest.raises(KeyError):
            job.sheet(number)


def test_an_alias_may_share_what_sheets_have_in_common() -> None:
    text = "name: j\nsheets:\n  - {name: a, command: ls, env: &e {K: v}}\n  - {name: b, command: ls, env: *e}\n"

    assert [s.env for s in parse(text).sheets] == [{"K": "v"}, {"K": "v"}]


def test_two_thousand_sheets_are_read_in_a_moment() -> None:
    rows = "".join(f"  - {{name: s{n}, command: echo {n}, timeout: 5m}}\n" for n in range(2000))
    started = time.monotonic()

    assert len(parse(f"name: j\nsheets:\n{rows}").sheets) == 2000

    assert time.monotonic() - started < 5


# ---------------------------------------------------------------- what is wrong


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    text = """name: bad name
workspce: x
defaults: {timeout: 5 parsecs}
instruments:
  claude: {command: [claude]}
sheets:
  - name: a
    prompt: hi {who}
    command: ls
  - name: a
    needs: [zz]
    command: echo ${HOME}
"""

    assert problems(text, variables={"unused": "1"}) == [
        "job.yaml: variable 'unused' was given, but the file does not use it",
        "job.yaml:1:7: in 'name': 'bad name' is not a name",
        "  hint: use letters, digits, '.', '_' and '-', at most 100, a letter or digit first",
        "job.yaml:2:1: unknown key 'workspce'",
        "  hint: did you mean 'workspace'?",
        "job.yaml:3:21: in 'defaults', 'timeout': '5 parsecs' is not a duration",
        "  hint: write seconds or a number with a unit, as in 90, 5m, 1h30m, 7d",
        "job.yaml:5:21: in instrument 'claude', 'command': the prompt does not reach the program",
        '  hint: add `stdin: "{prompt}"`, or "{prompt}" to \'command\'',
        "job.yaml:8:5: in sheet 'a': both 'prompt' and 'command'",
        "  hint: keep one",
        "job.yaml:8:13: in sheet 'a', 'prompt': variable 'who' is not defined",
        "  hint: define it under 'variables:' or with --set who=..., or write {{who}} for the text itself",
        "job.yaml:8:13: in sheet 'a', 'prompt': no instrument takes this prompt",
        "  hint: name one: `instrument: NAME`",
        "job.yaml:10:11: in sheet 'a', 'name': sheet 1 has this name already",
        "job.yaml:11:13: in sheet 'a', 'needs': no sheet is called 'zz'",
        "  hint: known: a",
        "job.yaml:12:14: in sheet 'a', 'command': variable 'HOME' is not defined",
        "  hint: for the shell's variable write ${{HOME}} or $HOME",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- a", "job.yaml:1:1: a job file is a mapping, not a list"),
        ("", "job.yaml:1:1: the file is empty"),
        ("sheets: [{command: ls}]", "job.yaml:1:1: 'name' is missing"),
        ("name: j", "job.yaml:1:1: 'sheets' is missing"),
        ("name: j\nsheets: []", "job.yaml:2:9: in 'sheets': there is no sheet"),
        ("name: j\nsheets: 5", "job.yaml:2:9: in 'sheets': expected a list, found an integer"),
        ("name: j\nsheets: [ls]", "job.yaml:2:10: in 'sheets': expected a mapping, found text"),
        ("name: no\nsheets: [{command: ls}]", "job.yaml:1:7: in 'name': expected text, found a boolean"),
        (
            "name: j\nsheets: [{command: ls}]\nname: k",
            "job.yaml:3:1: key 'name' is there twice; the first is on line 1",
        ),
        ("name: [", "job.yaml:2:1: not YAML: while parsing a flow node: did not find expected node content"),
    ],
)
def test_mistakes_of_the_file_as_a_whole(text: str, problem: str) -> None:
    assert problem in problems(text)


@pytest.mark.parametrize(
    ("yaml", "problem"),
    [
        ("{name: a}", "in sheet 'a': neither 'prompt' nor 'command'"),
        ("{name: a, command: ''}", "in sheet 'a', 'command': the command is empty"),
        ("{name: a, command: []}", "in sheet 'a', 'command': the command is empty"),
        ("{name: a, command: [ls, true]}", "in sheet 'a', 'command': expected text, found a boolean"),
        ("{name: a, command: [ls, [x]]}", "in sheet 'a', 'command': expected text, found a list"),
        ('{name: a, command: "x\\0y"}', "in sheet 'a', 'command': text must not hold a NUL character"),
        ("{name: a b, command: ls}", "in sheet 'a b', 'name': 'a b' is not a name"),
        ("{name: a, command: ls, instrument: nope}", "in sheet 'a', 'instrument': unknown instrument 'nope'"),
        (
            "{name: a, prompt: hi, instrument: shell}",
            "in sheet 'a', 'prompt': the instrument 'shell' takes a command, not a prompt",
        ),
        ("{name: a, command: ls, timeout: 0}", "in sheet 'a', 'timeout': must be longer than zero"),
        (
            "{name: a, command: ls, timeout: true}",
            "in sheet 'a', 'timeout': expected text or a number, found a boolean",
        ),
        ("{name: a, command: ls, timeout: [1]}", "in sheet 'a', 'timeout': expected text or a number, found a list"),
        ("{name: a, command: ls, output_limit: lots}", "in sheet 'a', 'output_limit': 'lots' is not a size"),
        ("{name: a, command: ls, retry: -1}", "in sheet 'a', 'retry': must be from 0 to 1000, not '-1'"),
        (
            "{name: a, command: ls, retry: {max: 1.5}}",
            "in sheet 'a', 'retry', 'max': expected a whole number, found '1.5'",
        ),
        ("{name: a, command: ls, retry: {factor: 0.5}}", "in sheet 'a', 'retry', 'factor': must be a number from 1"),
        ("{name: a, command: ls, retry: {factor: .nan}}", "in sheet 'a', 'retry', 'factor': must be a number from 1"),
        (
            "{name: a, command: ls, retry: {jitter: 1}}",
            "in sheet 'a', 'retry', 'jitter': expected true or false, found '1'",
        ),
        ("{name: a, command: ls, retry: {on_exit: []}}", "in sheet 'a', 'retry', 'on_exit': the list is empty"),
        ("{name: a, command: ls, retry: {bakoff: 3}}", "in sheet 'a', 'retry': unknown key 'bakoff'"),
        (
            "{name: a, command: ls, env: {'A=B': x}}",
            "in sheet 'a', 'env': 'A=B' cannot name a variable of the environment",
        ),
        ("{name: a, command: ls, env: [x]}", "in sheet 'a', 'env': expected a mapping, found a list"),
        ("{name: a, command: ls, env: {A: null}}", "in sheet 'a', 'env', 'A': expected text, found nothing"),
        ("{name: a, command: ls, validate: {file: x}}", "in sheet 'a', 'validate': expected a list, found a mapping"),
        (
            "{name: a, command: ls, validate: [x]}",
            "in sheet 'a', 'validate': expected one of exit_code, file, contains, regex, json, command, found text",
        ),
        ("{name: a, command: ls, validate: [{fil: x}]}", "in sheet 'a', 'validate': unknown rule 'fil'"),
        ("{name: a, command: ls, validate: [{file: x, frsh: true}]}", "in sheet 'a', 'validate' 1: unknown key 'frsh'"),
        ("{name: a, command: ls, validate: [{file: x, json: y}]}", "in sheet 'a', 'validate' 1: unknown key 'json'"),
        ("{name: a, command: ls, validate: [{file: ''}]}", "in sheet 'a', 'validate' 1, 'file': must not be empty"),
        (
            "{name: a, command: ls, validate: [{file: {fresh: true}}]}",
            "in sheet 'a', 'validate' 1, 'file': 'path' is missing",
        ),
        (
            "{name: a, command: ls, validate: [{contains: ''}]}",
            "in sheet 'a', 'validate' 1, 'contains': must not be empty",
        ),
        (
            "{name: a, command: ls, validate: [{regex: '('}]}",
            "in sheet 'a', 'validate' 1, 'regex': not a regular expression: "
            "missing ), unterminated subpattern at position 0",
        ),
        (
            "{name: a, command: ls, validate: [{regex: ''}]}",
            "in sheet 'a', 'validate' 1, 'regex': an empty pattern matches everything",
        ),
        (
            "{name: a, command: ls, validate: [{exit_code: 256}]}",
            "in sheet 'a', 'validate' 1, 'exit_code': must be from 0 to 255, not '256'",
        ),
        (
            "{name: a, command: ls, validate: [{exit_code: []}]}",
            "in sheet 'a', 'validate' 1, 'exit_code': the list is empty",
        ),
        (
            "{name: a, command: ls, validate: [{json: {path: x, schema: [1]}}]}",
            "in sheet 'a', 'validate' 1, 'json', 'schema': a schema is a mapping",
        ),
        (
            "{name: a, command: ls, validate: [{json: {path: x, schema: /no/such}}]}",
            "in sheet 'a', 'validate' 1, 'json', 'schema': cannot read /no/such: No such file or directory",
        ),
        (
            "{name: a, command: ls, validate: [{command: ''}]}",
            "in sheet 'a', 'validate' 1, 'command': the command is empty",
        ),
        ("{name: a, command: ls, needs: [a]}", "in sheet 'a', 'needs': sheets need each other: a -> a"),
        ("{name: a, command: ls, needs: a}", "in sheet 'a', 'needs': expected a list, found text"),
    ],
)
def test_mistakes_of_a_sheet(yaml: str, problem: str) -> None:
    assert sheet_problems(yaml) == [problem]


@pytest.mark.parametrize(
    ("top", "problem"),
    [
        ("instrument: nope", "in 'instrument': unknown instrument 'nope'"),
        ("instruments: {shell: {command: [x]}}", "in 'instruments': 'shell' is built in"),
        ("instruments: {a b: {command: [x]}}", "in 'instruments': 'a b' is not a name"),
        ("instruments: {a: [x]}", "in 'instruments', 'a': expected a mapping, found a list"),
        ("instruments: {a: {stdin: '{prompt}'}}", "in instrument 'a': 'command' is missing"),
        ("instruments: {a: {command: []}}", "in instrument 'a', 'command': the command is empty"),
        (
            "instruments: {a: {command: [x, '{promt}']}}",
            "in instrument 'a', 'command': variable 'promt' is not defined",
        ),
        (
            "instruments: {a: {command: [x, '{prompt}'], concurrency: 0}}",
            "in instrument 'a', 'concurrency': must be from 1 to 1000, not '0'",
        ),
        ("instruments: {a: {command: [x, '{prompt}'], limits: {}}}", "in instrument 'a': unknown key 'limits'"),
        (
            "instruments: {a: {command: [x, '{prompt}'], limit: {patterns: ['(']}}}",
            "in instrument 'a', 'limit', 'patterns': not a regular expression: "
            "missing ), unterminated subpattern at position 0",
        ),
        (
            "instruments: {a: {command: [x, '{prompt}'], limit: {on_limit: wiat}}}",
            "in instrument 'a', 'limit', 'on_limit': 'wiat' is not one of wait, fail",
        ),
        ("on_event: {ended: ls}", "in 'on_event': unknown key 'ended'"),
        ("on_event: {failed: 'echo {stat}'}", "in 'on_event', 'failed': variable 'stat' is not defined"),
        ("variables: {a-b: 1}", "in 'variables': 'a-b' is not a name for a variable"),
        ("defaults: {command: ls}", "in 'defaults': unknown key 'command'"),
        ("workspace: '{nowhere}'", "in 'workspace': variable 'nowhere' is not defined"),
    ],
)
def test_mistakes_of_the_other_parts(top: str, problem: str) -> None:
    assert sheet_problems("{name: a, command: ls}", top=top) == [problem]


def test_a_schema_that_is_none_is_refused() -> None:
    found = sheet_problems("{name: a, command: ls, validate: [{json: {path: x, schema: {type: 5}}}]}")

    assert len(found) == 1
    assert found[0].startswith("in sheet 'a', 'validate' 1, 'json', 'schema': not a JSON Schema: 5 is not valid")


def test_a_schema_without_the_package_that_checks_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "jsonschema.exceptions", None)

    found = sheet_problems("{name: a, command: ls, validate: [{json: {path: x, schema: {type: object}}}]}")

    assert found == ["in sheet 'a', 'validate' 1, 'json', 'schema': needs the package jsonschema"]


def test_a_small_text_cannot_stand_for_a_huge_schema() -> None:
    rows = ["a0: &a0 {type: object}"] + [f"a{n}: &a{n} {{x: *a{n - 1}, y: *a{n - 1}}}" for n in range(1, 30)]
    schema = "{" + ", ".join(rows) + "}"

    found = sheet_problems(f"{{name: a, command: ls, validate: [{{json: {{path: x, schema: {schema}}}}}]}}")

    assert found == ["in sheet 'a', 'validate' 1, 'json', 'schema': more than 20000 values"]


def test_a_circle_over_several_sheets_is_told_once() -> None:
    text = "name: j\nsheets:\n  - {name: a, command: ls, needs: [c]}\n"
    text += "  - {name: b, command: ls}\n  - {name: c, command: ls}\n"

    assert problems(text) == ["job.yaml:3:35: in sheet 'a', 'needs': sheets need each other: a -> c -> b -> a"]


def test_a_million_digits_are_refused_quickly() -> None:
    started = time.monotonic()

    assert len(sheet_problems(f"{{name: a, command: ls, retry: {'9' * 1_000_000}}}")) == 1

    assert time.monotonic() - started < 5
