"""`magnus import` and `magnus imports` against a real home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mfa import cli
from mfa.store.server import EmbeddedServer

EXPORTS = Path(__file__).parents[1] / "vendors" / "exports"


@pytest.fixture
def home(magnus_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("DATABASE_URL", "MAGNUS_DATABASE_URL", "MAGNUS_CONFIG", "MAGNUS_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MAGNUS_HOME", str(magnus_home))
    yield magnus_home
    EmbeddedServer(magnus_home / "database").stop()


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """Run one command line; what it said, when it ends with `code`."""
    capsys.readouterr()
    ended = cli.run(list(arguments))
    out, err = capsys.readouterr()
    assert ended == code, err or out
    assert "Traceback" not in err
    return out if code == 0 else err


def test_a_history_is_shown_kept_listed_and_undone(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del home
    file = str(EXPORTS / "schwab.csv")
    shown = said(capsys, "import", file, "--dry-run")
    assert "Schwab: 4 new, 0 known before, 0 problems" in shown
    assert "-6,900.00" in shown
    assert "Nothing was imported yet" in said(capsys, "imports")
    kept = said(capsys, "import", file, "--yes")
    assert "Import 1: 4 rows added. Undo: magnus imports undo 1" in kept
    again = said(capsys, "import", file, "--yes")
    assert "0 new, 4 known before" in again
    assert "schwab.csv  4 rows" in said(capsys, "imports")
    assert "is undone: 4 rows removed" in said(capsys, "imports", "undo", "1", "--yes")
    assert "You have no import 1" in said(capsys, "imports", "undo", "1", "--yes", code=1)


def test_columns_are_mapped_and_what_is_missing_is_said(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    del home
    file = tmp_path / "theirs.csv"
    file.write_text("When,What,Net\n2026-01-05,deposit,100.00\n", encoding="utf-8")
    unknown = said(capsys, "import", str(file), code=1)
    assert "No account history is recognised in this file." in unknown
    assert "--map" in unknown
    partly = said(capsys, "import", str(file), "--map", "When=date", code=1)
    assert "No column is mapped to kind and amount." in partly
    maps = ("--map", "When=date", "--map", "What=kind", "--map", "Net=amount")
    assert "mapped: 1 new" in said(capsys, "import", str(file), *maps, "--dry-run")
    assert "is not 'THEIR" in said(capsys, "import", str(file), "--map", "date", code=2)


def test_problems_are_told_with_their_lines(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    del home
    file = tmp_path / "plain.csv"
    head = "date,kind,symbol,quantity,price,fees,amount,memo\n"
    file.write_text(head + "2026-01-05,sell to close,KO,-5,70,,350,\nx,fee,,,,,-1,\n", "utf-8")
    text = said(capsys, "import", str(file), "--dry-run")
    assert "! line 3: 'x' is not a date." in text
    assert "! 2026-01-05: 5 KO sold that no row before had bought" in text


def test_an_option_that_never_ended_is_told_with_the_list_of_imports(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    del home
    file = tmp_path / "plain.csv"
    head = "date,kind,symbol,quantity,price,fees,amount,memo\n"
    file.write_text(head + "2024-01-05,sell,KO240119P00050000,-1,1,,100,\n", "utf-8")
    said(capsys, "import", str(file), "--yes")
    assert "KO 50 put 19 Jan 2024 is past its expiration" in said(capsys, "imports")


def test_an_exported_list_becomes_a_watchlist(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    del home
    file = tmp_path / "Wheel.txt"
    file.write_text("###WHEEL,NYSE:KO,NASDAQ:PEP,BINANCE:BTCUSDT", "utf-8")
    made = said(capsys, "import", str(file), "--yes")
    assert "The list 'Wheel' holds 2 symbols." in made
    assert "Left out, as no US stock: BINANCE:BTCUSDT" in made
    assert "holds exactly these already" in said(capsys, "import", str(file))
    file.write_text("NYSE:KO,NASDAQ:AAPL", "utf-8")
    other = said(capsys, "import", str(file), "--name", "Big", "--yes")
    assert "The list 'Big' holds 2 symbols." in other
