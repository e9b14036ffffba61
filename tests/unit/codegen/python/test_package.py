import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


def test_every_public_name_is_there(torture_api: ModuleType) -> None:
    assert all(getattr(torture_api, name) is not None for name in torture_api.__all__)
    assert dir(torture_api) == sorted(torture_api.__all__)


def test_every_definition_is_public(torture_api: ModuleType) -> None:
    import importlib

    for module in ("types", "errors", "methods", "client", "client_sync", "server"):
        defined = importlib.import_module(f"torture_api.{module}")
        own = {
            name
            for name, value in vars(defined).items()
            if not name.startswith("_") and getattr(value, "__module__", None) == defined.__name__
        }
        assert own <= set(torture_api.__all__)


def test_an_unknown_name_is_an_attribute_error(torture_api: ModuleType) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = torture_api.Nothing


@pytest.mark.parametrize("module", ["asyncio", "hypothesis", "yaml", "jinja2"])
def test_the_blocking_client_does_not_import(torture_out: Path, module: str) -> None:
    script = f"import sys; from torture_api import TortureClientSync; sys.exit({module!r} in sys.modules)"
    subprocess.run([sys.executable, "-c", script], cwd=torture_out, check=True, timeout=30)


def test_an_older_runtime_is_refused_at_import(torture_out: Path, tmp_path: Path) -> None:
    source = (torture_out / "torture_api" / "__init__.py").read_text(encoding="utf-8")
    (tmp_path / "newer.py").write_text(source.replace("require_abi(1)", "require_abi(99)"))
    run = subprocess.run(
        [sys.executable, "-c", "import newer"], cwd=tmp_path, capture_output=True, timeout=30, check=False
    )
    assert b"ImportError" in run.stderr
    assert b"older" in run.stderr
