"""PAPER and LIVE end to end: which account is shown, and which is refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from mfa.kernel.account import EntryKind, LedgerEntry
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from mfa.kernel.symbols import OptionSymbol
from mfa.store.book_rows import Entries, Fill, Lot
from mfa.store.book_writer import BookWriter
from tests.servers import alpaca, tradier
from tests.servers.alpaca import AlpacaServer
from tests.servers.tradier import TradierServer
from tests.sources.conftest import NOWHERE, House

SLOW = {"query_deadline": 20.0}
"""A loaded machine may take its time where a test is not about time."""


def test_the_paper_account_opens_once_with_a_hundred_thousand_dollars(house: House) -> None:
    for _ in range(2):
        account = house.open(Mode.PAPER, {"yahoo": NOWHERE}).sources.account
        snapshot = account.account()
        assert isinstance(snapshot, Found)
        assert (snapshot.value.cash, snapshot.value.deposits) == (Decimal(100000),) * 2
        ledger = account.ledger()
        assert isinstance(ledger, Found)
        assert [entry.kind for entry in ledger.value] == [EntryKind.DEPOSIT]


def test_the_paper_account_values_what_its_books_hold_at_the_live_market(
    house: House, tradier_server: TradierServer
) -> None:
    """100 KO bought at 69.00 and one 75 call sold at 1.00: worth 70.10 and (mid) 1.20 now.

    Cash 100,000 - 6,900 + 100 = 93,200; positions 7,010 - 120 = 6,890; unrealised 110 - 20 = 90.
    """
    house.connect_tradier()
    outside = house.open(Mode.PAPER, {"tradier": tradier_server, "yahoo": NOWHERE}, **SLOW)
    _hold(house)
    snapshot = outside.sources.account.account()
    assert isinstance(snapshot, Found)
    value = snapshot.value
    assert value.cash == Decimal("93200.00")
    assert value.positions_value == Decimal("6890.00")
    assert value.unrealized == Decimal("90.00")
    assert value.equity == Decimal("100090.00")
    assert value.buying_power == Decimal("93200.00")  # the call is covered
    held = outside.sources.account.positions()
    assert isinstance(held, Found)
    assert [(p.symbol, p.quantity) for p in held.value] == [
        ("KO", Decimal(100)),
        ("KO", Decimal(-1)),
    ]


def test_quotes_asked_ahead_are_shared_by_the_questions_that_follow(
    house: House, tradier_server: TradierServer
) -> None:
    house.connect_tradier()
    outside = house.open(Mode.PAPER, {"tradier": tradier_server}, sources=("tradier",), **SLOW)
    put = OptionSymbol.parse("KO261218P00070000")
    outside.market.ahead(["KO", "BRK.B"], [put])
    for _ in range(3):
        assert isinstance(outside.market.quote("KO"), Found)
        assert isinstance(outside.market.option_quote(put), Found)
    asked = [r.query.get("symbols") for r in tradier_server.requests]
    assert asked.count("KO261218P00070000") == 1


def test_a_paper_account_that_nobody_can_mark_is_a_failure_not_a_value(house: House) -> None:
    outside = house.open(Mode.PAPER, {"yahoo": NOWHERE})
    _hold(house)
    snapshot = outside.sources.account.account()
    assert isinstance(snapshot, Failed)
    assert snapshot.kind is FailureKind.UNAVAILABLE
    assert "Yahoo" in snapshot.message


def _hold(house: House) -> None:
    call = OptionSymbol.parse("KO261218C00075000")
    at = tradier.NOW - timedelta(days=9)
    buy, sell = Decimal("69.00"), Decimal("1.00")

    def lot(number: int, option: OptionSymbol | None, quantity: int, price: Decimal) -> Lot:
        size = 100 if option is not None else 1
        return Lot(
            id=number, symbol="KO", option=option, opened_at=at, strategy="covered call",
            opened_quantity=quantity, quantity=quantity, price=price,
            cost_basis=quantity * size * price, fees=Decimal("0.00"),
        )  # fmt: skip

    def entry(number: int, amount: str) -> LedgerEntry:
        return LedgerEntry(
            id=number, at=at, kind=EntryKind.TRADE, symbol="KO", amount=Decimal(amount), memo=""
        )

    def fill(number: int, option: OptionSymbol | None, quantity: int, price: Decimal) -> Fill:
        return Fill(
            id=number, order_id=1, at=at, symbol="KO", option=option, quantity=quantity,
            price=price, fees=Decimal("0.00"), strategy="covered call",
        )  # fmt: skip

    writer = BookWriter(Mode.PAPER.schema)
    with house.database.connection() as conn:
        writer.append(
            conn,
            Entries(
                ledger=[entry(2, "-6900.00"), entry(3, "100.00")],
                fills=[fill(1, None, 100, buy), fill(2, call, -1, sell)],
                lots={1: lot(1, None, 100, buy), 2: lot(2, call, -1, sell)},
            ),
        )
        writer.touch(conn)


def test_live_shows_the_real_account_of_the_connected_broker(
    house: House, tradier_server: TradierServer
) -> None:
    house.connect_tradier("production")
    outside = house.open(Mode.LIVE, {"tradier": tradier_server, "yahoo": NOWHERE}, **SLOW)
    summary = house.data(outside).query("dashboard", "get_summary")
    assert isinstance(summary, Found)
    assert summary.value.balance.equity == Decimal("10179.50")  # type: ignore[attr-defined]
    assert outside.sources.account.name == "Tradier"


def test_a_broker_that_tells_no_closed_trades_still_has_a_summary(house: House) -> None:
    house.connect(
        "alpaca", key=alpaca.KEY, secret=alpaca.SECRET, house="live", account=alpaca.ACCOUNT
    )
    with AlpacaServer() as server:
        server.page_size = 100
        outside = house.open(Mode.LIVE, {"alpaca": server}, sources=("alpaca",), **SLOW)
        outcome = house.data(outside).query("dashboard", "get_summary")
    assert isinstance(outcome, Found)
    summary: Any = outcome.value
    assert summary.realized.year_to_date is None
    assert "When profit was realised is not known" in " ".join(summary.warnings)
    assert "The day's change is not known" in " ".join(summary.warnings)


def test_a_sandbox_account_may_be_shown_in_paper(
    house: House, tradier_server: TradierServer
) -> None:
    house.connect_tradier("sandbox")
    outside = house.open(Mode.PAPER, {"tradier": tradier_server}, account="tradier", **SLOW)
    assert isinstance(outside.sources.account.positions(), Found)


@pytest.mark.parametrize(
    ("mode", "kind", "sentence"),
    [
        (Mode.PAPER, "production", "holds real money and is shown in LIVE mode only"),
        (Mode.LIVE, "sandbox", "is not real money; LIVE shows real accounts only"),
    ],
)
def test_an_account_of_the_other_mode_is_refused_without_asking_for_it(
    house: House, tradier_server: TradierServer, mode: Mode, kind: str, sentence: str
) -> None:
    house.connect_tradier(kind)
    outside = house.open(mode, {"tradier": tradier_server}, account="tradier", **SLOW)
    for outcome in (outside.sources.account.account(), outside.sources.account.positions()):
        assert isinstance(outcome, Failed)
        assert outcome.kind is FailureKind.PERMISSION
        assert sentence in outcome.message
    assert tradier_server.requests == []


@pytest.mark.parametrize(
    ("kept", "sentence"),
    [
        ("VA99999999", "answers for another account than the one that was connected"),
        ("", "was not kept when it was connected"),
    ],
)
def test_an_account_with_another_number_than_the_connected_one_shows_nothing(
    house: House, tradier_server: TradierServer, kept: str, sentence: str
) -> None:
    fields = {"token": tradier.TOKEN, "house": "production"}
    house.connect("tradier", **fields, **({"account": kept} if kept else {}))
    outside = house.open(Mode.LIVE, {"tradier": tradier_server}, **SLOW)
    outcome = outside.sources.account.account()
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.PERMISSION
    assert sentence in outcome.message


def test_live_without_a_broker_has_no_account_and_says_what_to_do(house: House) -> None:
    outside = house.open(Mode.LIVE, {"yahoo": NOWHERE})
    outcome = outside.sources.account.account()
    assert isinstance(outcome, Failed)
    assert "No broker is connected" in outcome.message


def test_a_broker_connected_meanwhile_becomes_the_live_account_at_a_refresh(
    house: House, tradier_server: TradierServer
) -> None:
    outside = house.open(Mode.LIVE, {"tradier": tradier_server, "yahoo": NOWHERE}, **SLOW)
    account = outside.sources.account
    before = account.revision()
    assert isinstance(account.positions(), Failed)
    house.connect_tradier("production")
    outside.refresh()
    assert isinstance(account.positions(), Found)
    assert account.name == "Tradier"
    assert account.revision() != before


def test_the_imported_account_serves_both_modes(house: House) -> None:
    for mode in (Mode.PAPER, Mode.LIVE):
        account = house.open(mode, {"yahoo": NOWHERE}, account="imported").sources.account
        outcome = account.account()
        assert isinstance(outcome, Absent)
        assert "Nothing was imported yet" in outcome.reason
