"""First in, first out, to the cent."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from connectors.practice.journal import Journal
from connectors.practice.lots import Movement
from mfa.kernel.account import CloseReason, EntryKind
from mfa.kernel.symbols import OptionSymbol, OptionType
from mfa.store.book_rows import OpenBooks

AT = datetime(2021, 6, 15, 15, 0, tzinfo=UTC)
PUT = OptionSymbol("KO", date(2021, 7, 16), OptionType.PUT, Decimal(50))


def stock(quantity: int, price: str) -> Movement:
    return Movement(
        at=AT,
        symbol="KO",
        option=None,
        quantity=quantity,
        price=Decimal(price),
        fees=Decimal("0.00"),
        strategy="stock",
        reason=CloseReason.TRADE,
    )


def put(quantity: int, price: str, fees: str) -> Movement:
    return Movement(
        at=AT,
        symbol="KO",
        option=PUT,
        quantity=quantity,
        price=Decimal(price),
        fees=Decimal(fees),
        strategy="csp",
        reason=CloseReason.TRADE,
    )


def test_the_oldest_shares_go_first() -> None:
    journal = Journal(OpenBooks(cash=Decimal("100000.00")))
    journal.trade(1, stock(100, "50.00"))
    journal.trade(2, stock(100, "52.00"))
    journal.trade(3, stock(-150, "55.00"))
    # 100 x (55 - 50) = 500; 50 x (55 - 52) = 150; 50 remain at 52.
    assert [c.trade.realized for c in journal.entries.closings] == [Decimal(500), Decimal(150)]
    (left,) = journal.lots
    assert (left.quantity, left.cost_basis) == (50, Decimal("2600.00"))
    assert journal.cash == Decimal("98050.00")  # 100,000 - 5,000 - 5,200 + 8,250


def test_a_short_put_realises_its_premium_less_both_commissions() -> None:
    journal = Journal(OpenBooks())
    journal.trade(1, put(-2, "1.00", "1.30"))
    assert journal.lots[0].cost_basis == Decimal("-198.70")  # 200 received less 1.30
    journal.trade(2, put(1, "0.40", "0.65"))
    # Half of the premium, 99.35, less 40.65 to buy it back.
    assert journal.entries.closings[0].trade.realized == Decimal("58.70")
    assert journal.entries.closings[0].trade.fees == Decimal("1.30")  # 0.65 in, 0.65 out
    assert journal.lots[0].cost_basis == Decimal("-99.35")


def test_more_sold_than_held_turns_short() -> None:
    journal = Journal(OpenBooks())
    journal.trade(1, stock(100, "50.00"))
    journal.trade(2, stock(-300, "51.00"))
    (short,) = journal.lots
    assert (short.quantity, short.cost_basis) == (-200, Decimal("-10200.00"))
    assert journal.entries.closings[0].trade.realized == Decimal("100.00")


def test_assignment_realises_the_premium_and_the_stock_enters_at_the_strike() -> None:
    journal = Journal(OpenBooks(cash=Decimal("10000.00")))
    journal.trade(1, put(-1, "1.00", "0.65"))
    shares = journal.settle(AT, AT.date(), PUT, -1, CloseReason.ASSIGNED)
    assert shares == 100
    trade = journal.entries.closings[0].trade
    assert (trade.close_price, trade.realized) == (Decimal(0), Decimal("99.35"))
    (lot,) = journal.lots
    assert (lot.quantity, lot.price, lot.cost_basis) == (100, Decimal(50), Decimal("5000.00"))
    assert lot.strategy == "wheel"
    assert journal.entries.ledger[-1].kind is EntryKind.ASSIGNMENT
    assert journal.entries.ledger[-1].amount == Decimal("-5000.00")


def test_an_expiry_moves_no_cash() -> None:
    journal = Journal(OpenBooks())
    journal.trade(1, put(1, "1.00", "0.65"))
    journal.settle(AT, AT.date(), PUT, 1, CloseReason.EXPIRED)
    assert [e.kind for e in journal.entries.ledger] == [EntryKind.TRADE, EntryKind.FEE]
    assert journal.entries.closings[0].trade.realized == Decimal("-100.65")
    assert not journal.lots


@given(
    st.lists(
        st.tuples(st.integers(-7, 7).filter(bool), st.integers(1, 99999), st.integers(0, 300)),
        max_size=30,
    )
)
def test_cash_and_cost_of_what_is_open_always_add_up_to_what_was_realised(
    trades: list[tuple[int, int, int]],
) -> None:
    journal = Journal(OpenBooks())
    for number, (quantity, price, fees) in enumerate(trades, 1):
        journal.trade(
            number,
            put(quantity, str(Decimal(price) / 100), str(Decimal(fees) / 100)),
        )
    realized = sum(c.trade.realized for c in journal.entries.closings)
    assert journal.cash + sum(lot.cost_basis for lot in journal.lots) == realized
    assert sum(lot.quantity for lot in journal.lots) == sum(q for q, _, _ in trades)
    charged = sum(c.trade.fees for c in journal.entries.closings)
    assert charged + sum(lot.fees for lot in journal.lots) == sum(
        Decimal(f) / 100 for _, _, f in trades
    )
