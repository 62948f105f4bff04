"""Whatever the code imports is declared, and the lock holds every declared package."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tools.lockfile import entries, normal, roots

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROVIDERS = packages_distributions()
OWN = ("app", "pages", "mfa", "connectors", "actions", "monitors", "core_numba")

OPTIONAL = {"mfa/meaning": "search", "connectors/vendors/crypto": "brokers"}


def shipped() -> list[Path]:
    """The files that an installation carries."""
    trees = (ROOT / name for name in OWN)
    found = [path for tree in trees for path in sorted(tree.rglob("*.py"))]
    return [*found, *ROOT.glob("app.py")]


def imported(path: Path) -> Iterator[str]:
    """Top-level names of everything that the file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def undeclared(path: Path, declared: frozenset[str]) -> set[str]:
    """Third-party imports of the file that no declared package provides."""
    own = {*OWN, *sys.stdlib_module_names}
    return {
        name
        for name in imported(path)
        if name not in own and not declared & {normal(d) for d in PROVIDERS.get(name, (name,))}
    }


def extras_of(path: Path) -> list[str]:
    """The extra that the file's room does without where it is not installed."""
    return [extra for room, extra in OPTIONAL.items() if path.is_relative_to(ROOT / room)]


def test_every_import_of_shipped_code_is_a_declared_dependency() -> None:
    wrong = {
        str(path.relative_to(ROOT)): names
        for path in shipped()
        if (names := undeclared(path, roots(PYPROJECT, extras_of(path))))
    }
    assert wrong == {}


def test_tests_tools_and_benchmarks_import_only_what_their_extras_add() -> None:
    declared = roots(PYPROJECT, ["dev", "tables"])
    paths = [p for folder in ("tests", "tools", "bench") for p in (ROOT / folder).rglob("*.py")]
    paths = [p for p in paths if p.parent.name != "peer_scripts"]  # they run with the peers
    helpers = {path.stem for path in paths} | {"tests", "tools", "bench"}
    wrong = {str(p.relative_to(ROOT)): u for p in paths if (u := undeclared(p, declared) - helpers)}
    assert wrong == {}


def test_an_undeclared_import_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "room.py"
    path.write_text("import os\n\ndef f():\n    from _pytest.config import Config\n")
    assert undeclared(path, frozenset({"click"})) == {"_pytest"}


def test_the_lock_names_no_registry_and_hashes_everything() -> None:
    assert not re.search(r"://|--index|--find-links|--extra-index|file:", LOCK)
    for entry in entries(LOCK):
        assert any("--hash=sha256:" in line for line in entry.lines), entry.name


def test_weights_are_locked_by_their_hash_and_bring_nothing_along() -> None:
    text = (ROOT / "weights.lock").read_text(encoding="utf-8")
    assert not re.search(r"://|--index|--find-links|--extra-index|file:", text)
    (entry,) = entries(text)
    assert any("--hash=sha256:" in line for line in entry.lines)
    assert entry.name not in {each.name for each in entries(LOCK)}


def test_the_lock_holds_what_pyproject_asks_for() -> None:
    extras = tomllib.loads(PYPROJECT)["project"]["optional-dependencies"]
    assert roots(PYPROJECT, extras) <= {entry.name for entry in entries(LOCK)}


@pytest.mark.parametrize("name", ["Makefile", ".ci/run", "pyproject.toml", "tools/environment.py"])
def test_no_file_of_the_build_names_a_registry(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://(?!127\.0\.0\.1)", text)
