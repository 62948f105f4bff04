"""`magnus settings` and what it leaves in the database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mfa.cli import run

Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def magnus(
    magnus_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Said:
    monkeypatch.setenv("MAGNUS_HOME", str(magnus_home))

    def said(*arguments: str) -> tuple[int, str, str]:
        code = run(["settings", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return said


def test_a_setting_is_set_shown_recorded_and_taken_back(magnus: Said) -> None:
    assert magnus("set", "scan_dte", "30-45")[0] == 0
    _, out, _ = magnus("get", "scan_dte")
    assert out.startswith("scan_dte is 30, 45 (by database).")
    assert out.endswith("A change counts at once.\n")
    assert "scan_dte: not set -> 30, 45 (local, command line)" in magnus("history")[1]
    assert "scan_dte is 20, 50 (by default)." in magnus("unset", "scan_dte")[1]
    assert "Nothing was set for scan_dte" in magnus("unset", "scan_dte")[1]
    _, listed, _ = magnus()
    assert "query_deadline" in listed


def test_what_cannot_be_set_is_one_sentence_and_changes_nothing(magnus: Said) -> None:
    for name, value, said in (
        ("scan_dte", "45-30", "from low to high"),
        ("database_url", "postgresql://x", "secret"),
        ("hom", "/x", "There is no setting 'hom'"),
    ):
        code, out, err = magnus("set", name, value)
        assert (code, out) == (1, "")
        assert said in err
    assert magnus("history")[1] == "No setting was changed yet.\n"


def test_a_setting_that_keeps_the_house_from_standing_can_be_put_right(magnus: Said) -> None:
    magnus("set", "mode", "live")
    assert magnus("unset", "mode")[0] == 0
    assert magnus("get", "mode")[1].startswith("mode is practice (by default).")
