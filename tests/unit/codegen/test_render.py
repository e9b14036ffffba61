"""Templates hold no logic: they loop, test a flag and print an attribute."""

from importlib.resources import files

import pytest
from jinja2 import Environment, nodes

from daemonrpc_codegen import Api
from daemonrpc_codegen.render import render_files

TEMPLATES = sorted(
    item.name for item in files("daemonrpc_codegen").joinpath("templates").iterdir() if item.name.endswith(".j2")
)
ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.For, nodes.If, nodes.Not)


def logic_in(source: str) -> list[str]:
    """What a template does beyond looping, testing and printing."""
    tree = Environment().parse(source)
    found = [type(node).__name__ for node in tree.find_all(nodes.Node) if not isinstance(node, ALLOWED)]
    return found + ["recursive loop" for loop in tree.find_all(nodes.For) if loop.recursive or loop.test or loop.else_]


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_no_logic(name: str) -> None:
    source = files("daemonrpc_codegen").joinpath("templates", name).read_text(encoding="utf-8")
    assert logic_in(source) == []
    assert len(source.splitlines()) <= 110


def test_the_templates_of_a_new_project_have_no_logic() -> None:
    templates = [*files("daemonrpc_codegen.starter").joinpath("templates").iterdir()]
    assert len(templates) == 12
    for template in templates:
        source = template.read_text(encoding="utf-8")
        assert logic_in(source) == [], template.name
        assert len(source.splitlines()) <= 110


@pytest.mark.parametrize(
    "source",
    [
        "{{ name() }}",
        "{{ name | upper }}",
        "{% set x = 1 %}",
        "{% macro m() %}{% endmacro %}",
        "{{ a + b }}",
        "{{ a ~ b }}",
        "{{ a if b else c }}",
        "{% if a == b %}{% endif %}",
        "{% if a and b %}{% endif %}",
        "{{ a[0] }}",
        "{{ 'text' }}",
        "{% for a in b if c %}{% endfor %}",
        "{% include 'other' %}",
    ],
)
def test_logic_is_seen(source: str) -> None:
    assert logic_in(source) != []


def test_every_template_is_used(torture: Api) -> None:
    names = ["client", "errors", "fakes", "init", "methods", "server", "strategies", "types"]
    assert sorted([*(f"{name}.py.j2" for name in names), "reference.md.j2"]) == TEMPLATES
    assert len(render_files(torture)) == 13


def test_every_generated_text_ends_with_one_newline(torture: Api) -> None:
    for path, text in render_files(torture).items():
        assert not text or (text.endswith("\n") and not text.endswith("\n\n")), path
        assert not any(line.endswith(" ") for line in text.splitlines()), path
