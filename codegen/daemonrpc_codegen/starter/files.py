"""The files of a new project: which template makes which file."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from daemonrpc_codegen import naming
from daemonrpc_codegen.starter.name import ProjectName
from daemonrpc_codegen.template import new_environment

__all__ = ["ProjectView", "starter_files"]

LOCAL_REQUIREMENTS: Final = "local-requirements.txt"
_LOCAL_TEXT: Final = (
    "# Where this machine has daemonrpc from: it was not installed from an index when `daemonrpc init` ran.\n"
    "# Not committed. Without this file it comes from PyPI.\n"
)


@dataclass(frozen=True, slots=True)
class ProjectView:
    """What the templates of a new project print, as `project`."""

    name: str
    package: str
    api_package: str
    service: str
    client: str
    client_sync: str
    protocol: str
    requirement: str


def starter_files(name: ProjectName, version: str, local_requirement: str | None) -> dict[str, str]:
    """Path below the project's folder -> text; what is generated from the schema is not among them.

    version: of the daemonrpc that the project needs at least.
    local_requirement: how this machine gets it if no index has it.
    """
    client, client_sync, protocol = naming.service_names(name.service)
    view = ProjectView(
        name=name.name,
        package=name.package,
        api_package=name.api_package,
        service=name.service,
        client=client,
        client_sync=client_sync,
        protocol=protocol,
        requirement=f"daemonrpc>={version}",
    )
    files = {path: _environment().get_template(template).render(project=view) for path, template in _paths(name)}
    if local_requirement is not None:
        files[LOCAL_REQUIREMENTS] = f"{_LOCAL_TEXT}{local_requirement}\n"
    return files | {f"src/{name.package}/py.typed": ""}


def _paths(name: ProjectName) -> list[tuple[str, str]]:
    return [
        (".github/workflows/ci.yml", "ci.yml.j2"),
        (".gitignore", "gitignore.j2"),
        (".pre-commit-config.yaml", "pre-commit-config.yaml.j2"),
        ("Makefile", "Makefile.j2"),
        ("README.md", "README.md.j2"),
        ("pyproject.toml", "pyproject.toml.j2"),
        ("run.sh", "run.sh.j2"),
        ("schema/methods.yaml", "methods.yaml.j2"),
        (f"src/{name.package}/__init__.py", "package.py.j2"),
        (f"src/{name.package}/__main__.py", "main.py.j2"),
        (f"src/{name.package}/service.py", "service.py.j2"),
        ("tests/test_service.py", "test_service.py.j2"),
    ]


@cache
def _environment() -> Any:
    from jinja2 import PackageLoader

    return new_environment(PackageLoader("daemonrpc_codegen.starter"))
