"""The sources as syntax trees."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "daemonrpc": ROOT / "src" / "daemonrpc",
    "conductord": ROOT / "src" / "conductord",
    "conductor_api": ROOT / "generated" / "conductor_api",
    "daemonrpc_codegen": ROOT / "codegen" / "daemonrpc_codegen",
}


class Module:
    """One file of a package."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name
        """Dotted; a package has the name of its folder."""
        self.tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))

    def __repr__(self) -> str:
        return self.name

    def place(self, node: ast.expr | ast.stmt) -> str:
        return f"{self.path.relative_to(ROOT)}:{node.lineno}"

    def imports(self) -> Iterator[tuple[ast.stmt, str, tuple[str, ...]]]:
        """Every import, inside functions too: the statement, the module, and what is taken from it."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node, alias.name, ()) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node, "." * node.level + (node.module or ""), tuple(alias.name for alias in node.names)

    def exports(self) -> list[str] | None:
        """What `__all__` says, None without one."""
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                names: list[str] = ast.literal_eval(node.value)
                return names
        return None


class Sources:
    """All modules, by package."""

    def __init__(self) -> None:
        self._modules = {
            package: [Module(path, _name(path, folder)) for path in sorted(folder.rglob("*.py"))]
            for package, folder in PACKAGES.items()
        }

    def of(self, *packages: str) -> list[Module]:
        return [module for package in packages for module in self._modules[package]]

    def __getitem__(self, name: str) -> Module:
        return next(module for module in self.of(name.partition(".")[0]) if module.name == name)


def _name(path: Path, folder: Path) -> str:
    parts = path.relative_to(folder.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.fixture(scope="session")
def sources() -> Sources:
    """The sources of the four packages."""
    return Sources()
