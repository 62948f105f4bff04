"""The halt stops orders by its mere existence, and whatever cannot be looked at is halted."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from actions.halt import Halt, HaltError

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    return made


def test_a_home_without_the_file_is_not_halted(home: Path) -> None:
    assert Halt(home).standing() is None


def test_a_halt_stands_for_everybody_until_it_is_lifted(home: Path) -> None:
    told = Halt(home).set("  the market\nis mad ", by="ada")
    assert (told.reason, told.by, told.readable) == ("the market is mad", "ada", True)
    assert told.since is not None
    assert Halt(home).standing() == told
    assert "Magnus is halted since" in told.sentence
    assert Halt(home).lift() == told
    assert Halt(home).standing() is None
    assert Halt(home).lift() is None


def test_a_second_halt_keeps_the_first_one_s_word(home: Path) -> None:
    first = Halt(home).set("first", by="ada")
    assert Halt(home).set("second", by="bob") == first


def test_a_halt_makes_the_home_that_is_missing(tmp_path: Path) -> None:
    kept = Halt(tmp_path / "new" / "home")
    assert kept.set(by="ada").reason == "No reason was given."
    assert kept.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"stop", b"{}", b"[1]", b"\xff\xfe", b"null"])
def test_whatever_the_file_says_it_halts(home: Path, content: bytes) -> None:
    (home / "HALT").write_bytes(content)
    standing = Halt(home).standing()
    assert standing is not None
    assert str(home / "HALT") in standing.reason


def test_a_folder_in_the_file_s_place_is_halted_and_not_lifted(home: Path) -> None:
    (home / "HALT").mkdir()
    standing = Halt(home).standing()
    assert standing is not None
    assert not standing.readable
    with pytest.raises(HaltError, match="cannot be removed"):
        Halt(home).lift()
    assert Halt(home).standing() is not None


def test_a_link_to_nowhere_is_halted(home: Path) -> None:
    (home / "HALT").symlink_to(home / "nothing")
    assert Halt(home).standing() is not None


def test_a_home_that_is_gone_or_no_folder_is_halted(tmp_path: Path) -> None:
    gone = Halt(tmp_path / "gone").standing()
    assert gone is not None
    assert not gone.readable
    (tmp_path / "file").write_text("")
    assert Halt(tmp_path / "file").standing() is not None


def test_a_path_that_the_system_refuses_is_halted(tmp_path: Path) -> None:
    assert Halt(tmp_path / ("x" * 300)).standing() is not None


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user, which only root can")
def test_a_home_that_may_not_be_looked_into_is_halted(home: Path) -> None:
    """As another user, because root may look everywhere; what is needed is imported before."""
    home.chmod(0o700)
    asked = (
        "import os, sys; from pathlib import Path; from actions.halt import Halt;"
        "os.setuid(65534); standing = Halt(Path(sys.argv[1])).standing();"
        "print(standing is not None and not standing.readable)"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked, str(home)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "True\n"


def _magnus(
    home: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mfa", *arguments],
        cwd=ROOT,
        env={**os.environ, "MAGNUS_HOME": str(home), **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_halts_with_a_broken_settings_file_and_no_database(home: Path) -> None:
    (home / "magnus.toml").write_text("this is [not toml")
    done = _magnus(
        home,
        "halt",
        "--reason",
        "fire",
        environment=NOWHERE,
    )
    assert done.returncode == 0, done.stderr
    assert "fire" in done.stdout
    assert json.loads((home / "HALT").read_text())["reason"] == "fire"
    assert sorted(path.name for path in home.iterdir()) == ["HALT", "magnus.toml"]


def test_halting_imports_nothing_that_could_be_wedged(home: Path) -> None:
    heavy = ("pydantic", "psycopg", "numpy", "langgraph", "mfa.store", "mfa.data", "mfa.assistant")
    asked = (
        "import sys; from mfa.cli import run; run(['halt']);"
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env={**os.environ, "MAGNUS_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert Halt(home).standing() is not None


def test_resuming_without_a_terminal_needs_the_long_option(home: Path) -> None:
    Halt(home).set("fire", by="ada")
    refused = _magnus(home, "resume")
    assert refused.returncode != 0
    assert "--yes-send-orders-again" in refused.stderr
    assert Halt(home).standing() is not None
    done = _magnus(home, "resume", "--yes-send-orders-again", environment=NOWHERE)
    assert done.returncode == 0, done.stderr
    assert "not written into the audit" in done.stderr
    assert Halt(home).standing() is None
    assert "not halted" in _magnus(home, "resume").stdout


@pytest.mark.parametrize(("typed", "stands"), [("resume\n", True), ("RESUME\n", False)])
def test_at_a_terminal_the_very_word_is_asked_for(home: Path, typed: str, stands: bool) -> None:
    Halt(home).set("fire", by="ada")
    master, slave = pty.openpty()
    try:
        os.write(master, typed.encode())
        subprocess.run(
            [sys.executable, "-m", "mfa", "resume"],
            cwd=ROOT,
            env={**os.environ, "MAGNUS_HOME": str(home), **NOWHERE},
            stdin=slave,
            capture_output=True,
            check=False,
        )
    finally:
        os.close(slave)
        os.close(master)
    assert (Halt(home).standing() is not None) == stands
