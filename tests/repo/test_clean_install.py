"""A fresh copy installs into an empty environment, and every module imports there.

Only the lean set is installed, so an import that is not a declared dependency fails here. Needs the
package registry, hence slow; CI runs it on every submission.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv", "__pycache__", "*.egg-info", ".*_cache", "build", "htmlcov", ".hypothesis"
)
IMPORT_ALL = """
import importlib, pkgutil, sys
failed, count = [], 0
for root in ("mfa", "connectors", "actions", "monitors", "core_numba"):
    try:
        package = importlib.import_module(root)
    except ModuleNotFoundError as error:
        if error.name == root:
            continue
        raise
    for info in pkgutil.walk_packages(package.__path__, root + "."):
        if info.name == "mfa.__main__":
            continue
        count += 1
        try:
            importlib.import_module(info.name)
        except Exception as error:
            failed.append(f"{info.name}: {error!r}")
print(count)
sys.exit("\\n".join(failed) or 0)
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_fresh_copy_installs_lean_and_every_module_imports(tmp_path: Path) -> None:
    copy = tmp_path / "magnus"
    shutil.copytree(ROOT, copy, ignore=LEFT_BEHIND)
    python = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    install = [str(python), "-m", "tools.install"]
    bare = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "VIRTUAL_ENV", "MAGNUS_HOME", "DATABASE_URL")
    }

    def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=cwd, env=bare, capture_output=True, text=True, check=False
        )

    first = run(*install, cwd=copy)
    assert first.returncode == 0, first.stderr

    own = copy / ".venv" / "bin"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    imported = run(own / "python", "-I", "-c", IMPORT_ALL, cwd=elsewhere)
    assert imported.returncode == 0, imported.stderr
    assert int(imported.stdout) > 50
    for developer_tool in ("pytest", "hypothesis", "mypy"):
        assert run(own / "python", "-c", f"import {developer_tool}", cwd=elsewhere).returncode

    assert "Usage: magnus" in run(own / "magnus", "--help", cwd=elsewhere).stdout

    began = time.monotonic()
    again = run(*install, cwd=copy)
    assert (again.returncode, again.stdout) == (0, "")
    assert time.monotonic() - began < 1
