"""`magnus scan`: kept, run, listed, deleted, in one home."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doors.test_commands import home, said

__all__ = ["home"]


def test_a_scan_is_kept_run_and_forgotten(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert home.exists()
    assert "no saved scans" in said(capsys, "scan", "list")
    limits = ("-p", "strategy=iron_condor", "-p", "dte=20-45", "-p", "symbols=AAPL")
    assert said(capsys, "scan", "save", "Condors", *limits).startswith("Saved")
    assert said(capsys, "scan", "save", "condors", *limits).startswith("Replaced")
    assert "sell" in said(capsys, "scan", "run", "CONDORS")
    listed = said(capsys, "scan", "list")
    assert "condors: iron condor, dte 20-45, symbols AAPL; 1 run, last" in listed
    assert "practice:" in said(capsys, "scan", "history", "condors")
    assert "has no parameter 'colour'" in said(
        capsys, "scan", "save", "odd", "-p", "colour=red", code=1
    )
    assert said(capsys, "scan", "delete", "Condors") == "Deleted.\n"
    assert "no saved scan" in said(capsys, "scan", "delete", "Condors", code=1)
