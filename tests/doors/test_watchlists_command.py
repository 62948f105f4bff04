"""`magnus watchlists` over the real store, with TradingView on the loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from mfa.cli import run
from mfa.security.vault import Vault
from tests.servers.tradingview import SESSION, TradingViewServer

Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def server() -> Iterator[TradingViewServer]:
    with TradingViewServer() as made:
        yield made


@pytest.fixture
def magnus(
    magnus_home: Path,
    server: TradingViewServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Said:
    monkeypatch.setenv("MAGNUS_HOME", str(magnus_home))
    monkeypatch.setenv("MAGNUS_VENDOR_ORIGINS", json.dumps({"tradingview": server.url}))
    monkeypatch.setenv("MAGNUS_QUERY_DEADLINE", "20")

    def said(*arguments: str) -> tuple[int, str, str]:
        code = run(["watchlists", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return said


def test_a_list_lives_from_its_making_to_its_end(magnus: Said, tmp_path: Path) -> None:
    assert magnus()[1].startswith("You have no watchlists yet.")
    assert magnus("create", "Tech", "amd", "NVDA")[1] == "Tech is made, with 2 on it.\n"
    assert magnus("add", "tech", "KO", "AMD")[1] == "Added to Tech: KO.\n"
    assert magnus("remove", "Tech", "NVDA", "IBM")[1] == "Taken off Tech: NVDA.\n"
    assert magnus("rename", "Tech", "Mixed")[1] == "Tech is called Mixed now.\n"
    assert magnus("show", "mixed")[1] == "Mixed: AMD, KO\n"
    assert magnus("show", "mixed", "--export")[1] == "AMD,KO\n"
    assert magnus("list")[1].split() == ["Mixed", "2", "magnus"]
    exported = tmp_path / "Swing.txt"
    exported.write_text("###A,NASDAQ:AMD,BINANCE:BTCUSDT,NYSE:KO")
    said = magnus("import", str(exported))[1]
    assert said == "Swing holds 2 symbols.\nNo US stocks, left out: BINANCE:BTCUSDT.\n"
    assert magnus("delete", "Mixed", "--yes")[1] == "Mixed is deleted.\n"
    code, _, err = magnus("show", "Mixed")
    assert (code, err) == (1, "magnus: You have no list 'Mixed'. Yours are: Swing.\n")


def test_a_sync_shows_first_and_takes_over_when_told(
    magnus: Said, magnus_home: Path, server: TradingViewServer
) -> None:
    code, _, err = magnus("sync")
    assert code == 0
    assert "TradingView is not connected" in err
    assert server.requests == []
    Vault(magnus_home).put("tradingview", {"sessionid": SecretStr(SESSION)})
    _, out, err = magnus("sync")
    assert "Nothing was changed. Take them over with --apply." in out
    assert "BINANCE:BTCUSDT is no US stock" in err
    assert "Tech" not in magnus("list")[1]
    assert magnus("sync", "--apply")[1].endswith("3 of 3 lists changed.\n")
    assert magnus("show", "Red list")[1] == "Red list: PEP\n"
    assert "follows TradingView's" in magnus("add", "Tech", "IBM")[1]
    server.lists[0]["name"] = "Chips"
    _, out, _ = magnus("sync", "--apply")
    assert "Tech -> Chips" in out
    assert "-IBM" in out
    assert out.endswith("1 of 3 lists changed.\n")
    assert magnus("show", "chips")[1] == "Chips: AMD, NVDA, AAPL\n"


def test_a_session_that_ended_changes_nothing(magnus: Said, magnus_home: Path) -> None:
    Vault(magnus_home).put("tradingview", {"sessionid": SecretStr("an-old-session")})
    code, out, err = magnus("sync", "--apply")
    assert (code, out) == (1, "")
    assert "did not accept the session" in err
    assert "an-old-session" not in err
