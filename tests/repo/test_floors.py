"""The house holds together: floors, one entry each, nothing of a machine in the files."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("app.py", "pages", "mfa", "connectors", "actions", "monitors", "core_numba", "tools")
LONGEST = 400


def sources() -> list[Path]:
    found: list[Path] = []
    for name in FOLDERS:
        path = ROOT / name
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return found


def test_imports_go_down_only() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_each_file_is_short_enough() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert {str(path): n for path, n in lengths.items() if n > LONGEST} == {}


def test_each_file_begins_by_saying_why_it_exists() -> None:
    texts = {path: path.read_text(encoding="utf-8").strip() for path in sources()}
    assert [str(path) for path, text in texts.items() if text and not text.startswith('"""')] == []


def test_no_file_leaves_work_undone() -> None:
    unfinished = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError")
    texts = {path: path.read_text(encoding="utf-8") for path in sources()}
    assert [str(path) for path, text in texts.items() if unfinished.search(text)] == []


def test_importing_the_command_imports_nothing_heavy() -> None:
    heavy = ("pandas", "numpy", "streamlit", "langgraph", "plotly", "psycopg", "scipy", "pydantic")
    asked = f"import sys, mfa.cli; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_reference_pages_say_what_the_code_declares() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mfa", "docs", "--check", "docs"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
