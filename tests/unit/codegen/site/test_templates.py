"""The templates of the site hold no logic, and each is used."""

from importlib.resources import files

import pytest
from jinja2 import Environment, nodes

FOLDER = files("daemonrpc_codegen").joinpath("site", "templates")
TEMPLATES = sorted(item.name for item in FOLDER.iterdir() if item.name.endswith(".j2"))
ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.For, nodes.If)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_loops_tests_and_prints(name: str) -> None:
    tree = Environment().parse(FOLDER.joinpath(name).read_text(encoding="utf-8"))
    assert [type(node).__name__ for node in tree.find_all(nodes.Node) if not isinstance(node, ALLOWED)] == []
    assert [loop for loop in tree.find_all(nodes.For) if loop.recursive or loop.test or loop.else_] == []


def test_the_templates_are_those_that_the_site_prints() -> None:
    assert TEMPLATES == ["entry.html.j2", "intro.html.j2", "nav.html.j2", "page.html.j2"]
