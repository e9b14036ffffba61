"""What the tests of the generator share: schemas written inline, and the torture schema generated and imported."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from daemonrpc_codegen import Api, generate, load

TORTURE = Path(__file__).parents[2] / "typing" / "torture.yaml"

HEAD = """\
service: Kv
package: kv_api
version: 1.0.0
doc: A store.
"""

LoadText = Callable[[str], Api]


@pytest.fixture
def load_text(tmp_path: Path) -> LoadText:
    """Loads a schema from what follows its head."""

    def load_schema(text: str) -> Api:
        path = tmp_path / "methods.yaml"
        path.write_text(HEAD + text, encoding="utf-8")
        return load(path, source="methods.yaml")

    return load_schema


@pytest.fixture(scope="session")
def torture() -> Api:
    """The model of the torture schema."""
    return load(TORTURE, source="tests/typing/torture.yaml")


@pytest.fixture(scope="session")
def torture_out(torture: Api, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of the torture schema."""
    out = tmp_path_factory.mktemp("torture")
    generate(torture, out)
    return out


@pytest.fixture(scope="session")
def torture_api(torture_out: Path) -> Iterator[ModuleType]:
    """The package that is made of the torture schema, imported."""
    sys.path.insert(0, str(torture_out))
    try:
        yield importlib.import_module("torture_api")
    finally:
        sys.path.remove(str(torture_out))


@pytest.fixture(scope="session")
def torture_strategies(torture_api: ModuleType) -> ModuleType:
    """Its Hypothesis strategies."""
    return importlib.import_module(f"{torture_api.__name__}.strategies")
