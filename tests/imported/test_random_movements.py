"""Whatever rows are imported, in whatever order, the books add up to the cent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from connectors.imported.books import ImportedBooks
from connectors.imported.fold import fold
from mfa.kernel.account import EntryKind
from mfa.kernel.money import ZERO, cents
from mfa.kernel.movements import Effect, Movement, MovementKind
from mfa.kernel.symbols import OptionSymbol, OptionType

START = datetime(2026, 1, 5, 17, tzinfo=UTC)
CASH = {
    MovementKind.DEPOSIT, MovementKind.WITHDRAWAL, MovementKind.FEE, MovementKind.DIVIDEND,
    MovementKind.INTEREST,
}  # fmt: skip
ENDS = {MovementKind.ASSIGNMENT, MovementKind.EXERCISE, MovementKind.EXPIRATION}
SYMBOLS = st.sampled_from(["KO", "PEP"])
MONEY = st.decimals("-5000", "5000", places=2)
OPTIONS = st.builds(
    OptionSymbol,
    SYMBOLS,
    st.just(date(2026, 2, 20)),
    st.sampled_from(OptionType),
    st.sampled_from([Decimal(50), Decimal(55)]),
)


@st.composite
def a_movement(draw: st.DrawFn) -> Movement:
    """Any row that a statement could hold, and many that it could not."""
    kind = draw(st.sampled_from(MovementKind))
    at = START + timedelta(days=draw(st.integers(0, 6)))
    option = draw(st.none() | OPTIONS) if kind not in CASH else None
    if kind in ENDS:
        option = draw(OPTIONS)
    symbol = option.root if option else draw(SYMBOLS)
    whole = option is not None
    quantity = draw(st.integers(-4, 4).map(Decimal) if whole else st.decimals(-150, 150, places=3))
    price = draw(st.none() | st.decimals("0.01", "80", places=2))
    amount, fees, ratio = draw(MONEY), draw(st.sampled_from([ZERO, Decimal("0.65")])), None
    if kind is MovementKind.TRADE:
        price = price or Decimal(1)
        amount = cents(-quantity * price * (100 if whole else 1)) - fees
    elif kind in ENDS or kind in {MovementKind.TRANSFER, MovementKind.EXCHANGE}:
        amount = draw(st.sampled_from([ZERO, amount]))
    elif kind is MovementKind.SPLIT:
        option, amount = None, ZERO
        ratio = draw(st.none() | st.builds(Fraction, st.integers(1, 9), st.integers(1, 9)))
    return Movement(
        at=at, kind=kind, symbol=symbol, option=option, quantity=quantity, price=price, fees=fees,
        amount=amount, memo="", effect=draw(st.none() | st.sampled_from(Effect)), ratio=ratio,
    )  # fmt: skip


def difference(books: ImportedBooks) -> Decimal:
    """Cash + cost of what is held - (put in + realised + dividends - interest): zero."""
    basis = sum((lot.cost_basis for lot in books.lots), ZERO)
    return books.cash + basis - books.deposits - books.realized - books.dividends + books.interest


@given(st.lists(a_movement(), max_size=25))
def test_cash_and_cost_are_what_was_put_in_and_earned(rows: list[Movement]) -> None:
    books = fold(rows)
    assert difference(books) == 0
    assert books.cash == sum((entry.amount for entry in books.ledger), ZERO)
    paid = sum((e.amount for e in books.ledger if e.kind is EntryKind.DIVIDEND), ZERO)
    assert books.dividends == paid
    assert all(lot.quantity for lot in books.lots)
    sides = {(lot.symbol, lot.option, lot.quantity > 0) for lot in books.lots}
    assert len(sides) == len({(symbol, option) for symbol, option, _ in sides})


@given(st.lists(a_movement(), max_size=15), st.integers(0, 15))
def test_a_day_s_state_is_what_its_rows_and_those_before_made(
    rows: list[Movement], days: int
) -> None:
    """So an equity curve needs no second fold for each day."""
    until = START + timedelta(days=days)
    before = fold([row for row in rows if row.at <= until])
    states = [state for state in fold(rows).days if state.day <= until.date()]
    assert before.days == tuple(states)


@given(st.lists(a_movement(), max_size=15))
def test_trades_and_what_is_left_are_what_was_traded(rows: list[Movement]) -> None:
    """Of trades alone, quantities add up: bought - sold = held, where nothing is missing."""
    trades = [row for row in rows if row.kind is MovementKind.TRADE and row.quantity]
    plain = [row for row in trades if row.effect is None]
    books = fold(plain)
    for key in {(row.symbol, row.option) for row in plain}:
        moved = sum((r.quantity for r in plain if (r.symbol, r.option) == key), Decimal(0))
        held = sum((x.quantity for x in books.lots if (x.symbol, x.option) == key), Decimal(0))
        assert held == moved
    assert books.problems == ()
