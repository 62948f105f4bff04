"""Two half years settled, against figures worked by hand from the real closes.

The closes in the comments were read once from the data; everything else is arithmetic: 100 shares a
contract, assignment at the strike, a dividend times the shares held at the close before its ex-date
(amounts and dates: dividends.csv). None of it depends on the seed or on an option model, but for
the one early assignment, where the margin is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest

from connectors.practice.desk import PracticeDesk
from connectors.practice.settlement import EventKind, PracticeEvent
from mfa.kernel.account import CloseReason, EntryKind, LedgerEntry
from mfa.kernel.clock import exchange_date
from mfa.kernel.orders import OrderState
from mfa.kernel.outcome import Found
from mfa.kernel.symbols import OptionSymbol, OptionType
from mfa.store.database import Database
from tests.practice_broker.ordering import taken, traded

Flow = tuple[str, str, str, str]
"""(day, why, symbol, dollars)."""

FIRST_HALF: list[Flow] = [
    ("2020-12-15", "deposit", "", "100000.00"),
    # 3 short PFE 36 puts, PFE closes at 35.66: buys 300 at 36.
    ("2021-01-15", "assignment", "PFE", "-10800.00"),
    # MSFT 210 put, 22 January, close 224.95: expires.
    # 30 JPM held on 4 January, ex 5 January, 0.90: 27.00 on 1 February.
    ("2021-02-01", "dividend", "JPM", "27.00"),
    # 3 short PFE 37 calls, 19 February, close 33.46: expire.
    # AMD 85 put, close 84.51: buys 100 at 85.
    ("2021-02-26", "assignment", "AMD", "-8500.00"),
    # 300 PFE held on 27 January, ex 28 January, 0.39: 117.00 on 5 March.
    ("2021-03-05", "dividend", "PFE", "117.00"),
    # PFE 36 calls, 19 March, close 34.51, and AMD 90 call, 26 March, close 77.41: expire.
    # CVX 100 put, 16 April, close 101.29: expires. PFE 36 calls, close 37.47: delivers 300 at 36.
    ("2021-04-16", "assignment", "PFE", "10800.00"),
    # AMD 85 call, 23 April, close 82.76: expires.
    # 30 JPM, ex 5 April, 0.90: 27.00 on 30 April.
    ("2021-04-30", "dividend", "JPM", "27.00"),
    # AMD 87 call, 21 May, close 77.17: expires.
]

SECOND_HALF: list[Flow] = [
    # 2 short PFE 38 puts, close 37.69: buys 200 at 38.
    ("2021-06-18", "assignment", "PFE", "-7600.00"),
    # BBY 110 put, 2 July, close 113.16: expires.
    # 16 July, in the order of tickers. 2 short AAPL 130 calls, close 145.98, no shares: 200 short.
    ("2021-07-16", "assignment", "AAPL", "26000.00"),
    # AMD 85 call, close 85.89: delivers the 100 shares bought at 85.
    ("2021-07-16", "assignment", "AMD", "8500.00"),
    # CVX 100 put, close 96.97; JPM 155 put, close 148.76. KO 53 puts, close 55.59: expire.
    ("2021-07-16", "assignment", "CVX", "-10000.00"),
    ("2021-07-16", "assignment", "JPM", "-15500.00"),
    # 30 JPM (not yet 130) at the close of 2 July, ex 6 July, 0.90.
    ("2021-08-02", "dividend", "JPM", "27.00"),
    # 200 AAPL short over the ex-date, 9 August: owes 200 x 0.22.
    ("2021-08-13", "dividend", "AAPL", "-44.00"),
    # CVX goes ex 1.34 on 18 August. The short 95 call is 4.04 in the money at 99.04 with three days
    # to live: its time value is below 1.34, so it is assigned on the 17th, and earns no dividend.
    ("2021-08-17", "assignment", "CVX", "9500.00"),
    # 2 long AAPL 130 calls, close 147.77, cash suffices: buys back the 200 short.
    ("2021-08-20", "exercise", "AAPL", "-26000.00"),
    # 200 PFE, ex 29 July, 0.39.
    ("2021-09-07", "dividend", "PFE", "78.00"),
    # 130 JPM (30 bought, 100 assigned), ex 5 October, 1.00.
    ("2021-11-01", "dividend", "JPM", "130.00"),
    # The day after Thanksgiving closes at 13:00. JPM 160 put, close 158.57; 2 PFE 45 calls, close
    # 52.40, the shares were bought at 38.
    ("2021-11-26", "assignment", "JPM", "-16000.00"),
    ("2021-11-26", "assignment", "PFE", "9000.00"),
    # Interest for November: see the test below.
    # 200 PFE at the close of 3 November, ex 4 November, 0.39, though called away since.
    ("2021-12-06", "dividend", "PFE", "78.00"),
    # A long JPM 165 put, close 156.50: delivers 100 of the 230 shares.
    ("2021-12-10", "exercise", "JPM", "16500.00"),
]

SETTLED_FIRST_HALF = [
    ("2021-01-15", "PFE 36 put 15 Jan 2021", CloseReason.ASSIGNED),
    ("2021-01-22", "MSFT 210 put 22 Jan 2021", CloseReason.EXPIRED),
    ("2021-02-19", "PFE 37 call 19 Feb 2021", CloseReason.EXPIRED),
    ("2021-02-26", "AMD 85 put 26 Feb 2021", CloseReason.ASSIGNED),
    ("2021-03-19", "PFE 36 call 19 Mar 2021", CloseReason.EXPIRED),
    ("2021-03-26", "AMD 90 call 26 Mar 2021", CloseReason.EXPIRED),
    ("2021-04-16", "CVX 100 put 16 Apr 2021", CloseReason.EXPIRED),
    ("2021-04-16", "PFE 36 call 16 Apr 2021", CloseReason.ASSIGNED),
    ("2021-04-23", "AMD 85 call 23 Apr 2021", CloseReason.EXPIRED),
    ("2021-05-21", "AMD 87 call 21 May 2021", CloseReason.EXPIRED),
]

EXPIRED_SECOND_HALF = [
    ("2021-07-02", "1 short BBY 110 put 2 Jul 2021 expired worthless"),
    ("2021-07-16", "2 short KO 53 put 16 Jul 2021 expired worthless"),
]


def option(symbol: str, day: str, strike: int, kind: str) -> OptionSymbol:
    return OptionSymbol(symbol, date.fromisoformat(day), OptionType(kind), Decimal(strike))


def trade(desk: PracticeDesk, quantity: int, what: OptionSymbol | str) -> None:
    assert taken(traded(desk.broker, quantity, what)).state is OrderState.FILLED


def ledger(desk: PracticeDesk) -> tuple[LedgerEntry, ...]:
    found = desk.account.ledger()
    assert isinstance(found, Found)
    return found.value


def flows(entries: tuple[LedgerEntry, ...]) -> list[Flow]:
    """All cash but orders' and interest."""
    orders = (EntryKind.TRADE, EntryKind.FEE, EntryKind.INTEREST)
    return [
        (str(exchange_date(e.at)), e.kind.value, e.symbol or "", str(e.amount))
        for e in entries
        if e.kind not in orders
    ]


@pytest.fixture(scope="module")
def half_year(
    new_database: Callable[[], Database],
) -> Iterator[tuple[PracticeDesk, list[PracticeEvent]]]:
    """The seeded account, led through a second half year with a few orders of its own."""
    with new_database() as database:
        desk = PracticeDesk.open(database, 7)
        events = list(desk.advance(to=date(2021, 8, 10)).events)
        trade(desk, -1, option("CVX", "2021-08-20", 95, "call"))
        events += desk.advance(to=date(2021, 11, 22)).events
        trade(desk, -1, option("JPM", "2021-11-26", 160, "put"))
        trade(desk, -2, option("PFE", "2021-11-26", 45, "call"))
        trade(desk, 1, option("JPM", "2021-12-10", 165, "put"))
        events += desk.advance(to=date(2021, 11, 24)).events
        trade(desk, 250, "HD")  # about 100,000 dollars, more than the cash
        events += desk.advance(to=date(2021, 12, 1)).events
        trade(desk, -250, "HD")
        events += desk.advance(to=date(2021, 12, 15)).events
        yield desk, events


def test_the_seeded_half_year_moved_the_cash_worked_by_hand(shared_desk: PracticeDesk) -> None:
    assert flows(ledger(shared_desk)) == FIRST_HALF
    assert all(e.kind is not EntryKind.INTEREST for e in ledger(shared_desk))  # nothing borrowed


def test_the_seeded_half_year_settled_the_options_worked_by_hand(
    shared_desk: PracticeDesk,
) -> None:
    trades = shared_desk.account.closed_trades()
    assert isinstance(trades, Found)
    ended = [
        (str(exchange_date(t.closed_at)), str(t.option), t.reason)
        for t in trades.value
        if t.option is not None and t.reason not in (CloseReason.TRADE, CloseReason.ROLLED)
    ]
    assert ended == SETTLED_FIRST_HALF


def test_the_second_half_year_moved_the_cash_worked_by_hand(
    half_year: tuple[PracticeDesk, list[PracticeEvent]],
) -> None:
    desk, events = half_year
    assert flows(ledger(desk)) == FIRST_HALF + SECOND_HALF
    expired = [(str(e.day), e.text) for e in events if e.kind is EventKind.EXPIRED]
    assert expired == EXPIRED_SECOND_HALF


def test_exercise_delivers_the_oldest_shares_first(
    half_year: tuple[PracticeDesk, list[PracticeEvent]],
) -> None:
    found = half_year[0].account.closed_trades(symbol="JPM", start=date(2021, 12, 1))
    assert isinstance(found, Found)
    shares = [t for t in found.value if t.option is None]
    assert [(int(t.quantity), t.close_price, t.reason) for t in shares] == [
        (30, Decimal(165), CloseReason.EXERCISED),
        (70, Decimal(165), CloseReason.EXERCISED),
    ]
    assert shares[0].realized == 30 * (Decimal(165) - shares[0].open_price)  # bought in December
    assert shares[1].realized == Decimal("700.00")  # 70 x (165 - 155), assigned in July


def test_novembers_interest_is_that_of_seven_nights(
    half_year: tuple[PracticeDesk, list[PracticeEvent]],
) -> None:
    """Borrowed from Wednesday 24 November: two nights over Thanksgiving, three over the weekend,
    one on Monday and one on Tuesday the 30th, at 0.25 % + 1.50 %, actual/360."""
    entries = ledger(half_year[0])

    def debit(day: date) -> Decimal:
        return -sum((e.amount for e in entries if exchange_date(e.at) <= day), Decimal(0))

    wednesday, friday = debit(date(2021, 11, 24)), debit(date(2021, 11, 26))
    # On Friday 16,000 went for JPM and 9,000 came for PFE.
    assert friday - wednesday == Decimal("7000.00")
    nights = 2 * wednesday + 5 * friday
    expected = (nights * Decimal("0.0175") / 360).quantize(Decimal("0.01"))
    charged = [
        (str(exchange_date(e.at)), e.amount) for e in entries if e.kind is EntryKind.INTEREST
    ]
    assert wednesday > 0
    assert charged == [("2021-11-30", -expected)]


def test_every_event_with_cash_stands_in_the_ledger(
    half_year: tuple[PracticeDesk, list[PracticeEvent]],
) -> None:
    desk, events = half_year
    told = sorted((str(e.day), e.amount) for e in events if e.amount is not None)
    orders = (EntryKind.TRADE, EntryKind.FEE)
    booked = sorted(
        (str(exchange_date(e.at)), e.amount)
        for e in ledger(desk)
        if e.kind not in orders and exchange_date(e.at) >= date(2021, 6, 15)
    )
    assert told == booked
