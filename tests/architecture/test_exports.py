"""`__all__` is the public surface of a module: it names what the module defines, and others take nothing else."""

import ast
from typing import Any

import pytest

import daemonrpc


def defined(module: Any) -> tuple[set[str], set[str]]:
    """The public classes and functions of a module, and its other public names: constants and aliases."""
    things: set[str] = set()
    values: set[str] = set()
    at_run_time = [child for node in module.tree.body if isinstance(node, ast.If) for child in node.orelse]
    for node in [*module.tree.body, *at_run_time]:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            things.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            values |= {target.id for target in targets if isinstance(target, ast.Name)}
    return {n for n in things if not n.startswith("_")}, {n for n in values if not n.startswith("_")}


@pytest.mark.parametrize("package", ["daemonrpc", "daemonrpc_codegen"])
def test_each_module_exports_what_it_defines(sources: Any, package: str) -> None:
    """A constant may stay inside; a class or function without an underscore is meant for others."""
    wrong: dict[str, Any] = {}
    for module in sources.of(package):
        things, values = defined(module)
        exports = module.exports()
        if exports is None:
            if things:
                wrong[module.name] = "no __all__"
            continue
        is_facade = module.path.name == "__init__.py"
        extra = set() if is_facade else set(exports) - things - values
        if things - set(exports) or extra or len(set(exports)) != len(exports):
            wrong[module.name] = {"not exported": things - set(exports), "not defined": extra}
    assert wrong == {}


@pytest.mark.parametrize("package", ["daemonrpc", "daemonrpc_codegen"])
def test_nobody_takes_what_a_module_does_not_export(sources: Any, package: str) -> None:
    exports = {module.name: set(module.exports() or ()) for module in sources.of(package)}
    wrong = [
        f"{module.place(node)}: {origin}.{name}"
        for module in sources.of("daemonrpc", "daemonrpc_codegen", "conductord", "conductor_api")
        for node, origin, names in module.imports()
        if origin in exports
        for name in names
        if name not in exports[origin] and f"{origin}.{name}" not in exports
    ]
    assert wrong == []


def test_every_public_name_of_the_runtime_can_be_had() -> None:
    assert sorted(daemonrpc.__all__) == sorted(set(daemonrpc.__all__))
    assert set(dir(daemonrpc)) == set(daemonrpc.__all__)
    for name in daemonrpc.__all__:
        assert getattr(daemonrpc, name) is not None


def test_a_name_that_the_runtime_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Chanel'"):
        _ = daemonrpc.Chanel  # type: ignore[attr-defined]
