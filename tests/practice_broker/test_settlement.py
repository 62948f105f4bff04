"""One session's settlement at given prices: what happens, in which order, to the cent."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from connectors.practice.journal import Journal
from connectors.practice.lots import Movement
from connectors.practice.market import PracticeMarket
from connectors.practice.settlement import EventKind, settle_session
from mfa.kernel.account import CloseReason, EntryKind
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.market import Dividend
from mfa.kernel.symbols import OptionSymbol, OptionType
from mfa.store.book_rows import OpenBooks

OPENED = datetime(2021, 6, 1, 15, 0, tzinfo=UTC)
FRIDAY = date(2021, 6, 18)
EX_MONDAY = Dividend(
    symbol="KO", ex_date=date(2021, 6, 21), pay_date=date(2021, 7, 1), amount=Decimal("0.42")
)


def option(kind: str, strike: int, expiration: date = FRIDAY) -> OptionSymbol:
    return OptionSymbol("KO", expiration, OptionType(kind), Decimal(strike))


def journal(cash: str, *held: tuple[OptionSymbol | None, int, str]) -> Journal:
    """Books with `cash` left after opening positions at a price each, free of commission."""
    books = Journal(OpenBooks())
    for number, (what, quantity, price) in enumerate(held, 1):
        books.trade(
            number,
            Movement(
                at=OPENED,
                symbol="KO",
                option=what,
                quantity=quantity,
                price=Decimal(price),
                fees=Decimal("0.00"),
                strategy="test",
                reason=CloseReason.TRADE,
            ),
        )
    books.post(OPENED, EntryKind.DEPOSIT, Decimal(cash) - books.cash, "test")
    return books


def settle(books: Journal, prices: Any, day: date = FRIDAY) -> list[EventKind]:
    return [event.kind for event in settle_session(books, prices, exchange_calendar(), day)]


def cash_flows(books: Journal, kind: EntryKind) -> list[Decimal]:
    return [entry.amount for entry in books.entries.ledger if entry.kind is kind]


def test_a_put_vertical_in_the_money_nets_out(still: Any) -> None:
    books = journal("1000.00", (option("put", 50), -1, "3.00"), (option("put", 45), 1, "1.00"))
    assert settle(books, still({"KO": "40.00"})) == [EventKind.ASSIGNED, EventKind.EXERCISED]
    # Bought at 50, put to somebody at 45: the width is lost, no shares are left.
    assert books.held("KO") == 0
    assert books.cash == Decimal("500.00")


def test_a_call_vertical_in_the_money_nets_out_without_the_cash_to_exercise(still: Any) -> None:
    books = journal("10.00", (option("call", 45), 1, "3.00"), (option("call", 50), -1, "1.00"))
    assert settle(books, still({"KO": "60.00"})) == [EventKind.ASSIGNED, EventKind.EXERCISED]
    assert books.held("KO") == 0
    assert books.cash == Decimal("510.00")


def test_a_long_call_beyond_the_cash_is_sold_for_what_it_is_worth(still: Any) -> None:
    books = journal("6000.00", (option("call", 50), 2, "1.00"))
    assert settle(books, still({"KO": "53.25"})) == [EventKind.EXERCISED, EventKind.SOLD]
    # One exercised for 5,000; 1,000 do not buy another 100, so it is sold at 3.25 less 0.65.
    assert books.held("KO") == 100
    assert books.cash == Decimal("1324.35")


def test_a_long_put_without_shares_is_sold_for_what_it_is_worth(still: Any) -> None:
    books = journal("0.00", (option("put", 50), 1, "1.00"))
    assert settle(books, still({"KO": "48.00"})) == [EventKind.SOLD]
    assert books.held("KO") == 0
    assert books.cash == Decimal("199.35")


def test_a_long_put_delivers_shares_that_are_held(still: Any) -> None:
    books = journal("0.00", (None, 100, "45.00"), (option("put", 50), 1, "1.00"))
    assert settle(books, still({"KO": "48.00"})) == [EventKind.EXERCISED]
    assert books.held("KO") == 0
    assert cash_flows(books, EntryKind.EXERCISE) == [Decimal("5000.00")]


def test_a_short_call_without_shares_leaves_the_account_short(still: Any) -> None:
    books = journal("0.00", (option("call", 50), -1, "1.00"))
    assert settle(books, still({"KO": "53.00"})) == [EventKind.ASSIGNED]
    assert books.held("KO") == -100
    assert books.cash == Decimal("5000.00")


def test_at_the_money_to_the_cent_expires(still: Any) -> None:
    books = journal("0.00", (option("call", 50), -1, "1.00"), (option("put", 50), 1, "1.00"))
    assert settle(books, still({"KO": "50.00"})) == [EventKind.EXPIRED, EventKind.EXPIRED]
    assert not books.lots


def test_holders_at_the_close_before_the_ex_date_are_paid_on_the_pay_date(still: Any) -> None:
    books = journal("0.00", (None, 200, "50.00"))
    market = still({"KO": "50.00"}, dividends=(EX_MONDAY,))
    assert settle(books, market) == [EventKind.EX_DIVIDEND]
    assert books.cash == Decimal("0.00")
    assert settle(books, market, date(2021, 6, 30)) == []
    assert settle(books, market, date(2021, 7, 1)) == [EventKind.DIVIDEND]
    assert books.cash == Decimal("84.00")  # 200 x 0.42
    assert settle(books, market, date(2021, 7, 2)) == []


def test_whoever_is_short_over_the_ex_date_pays_the_dividend(still: Any) -> None:
    books = journal("10000.00", (None, -100, "50.00"))
    market = still({"KO": "50.00"}, dividends=(EX_MONDAY,))
    settle(books, market)
    settle(books, market, date(2021, 7, 1))
    assert cash_flows(books, EntryKind.DIVIDEND) == [Decimal("-42.00")]


def test_shares_called_away_for_the_dividend_do_not_earn_it(still: Any) -> None:
    call = option("call", 45, date(2021, 7, 16))
    books = journal("0.00", (None, 100, "44.00"), (call, -1, "1.00"))
    market = still(
        {"KO": "50.00"}, options={call.occ: ("5.10", "5.30")}, dividends=(EX_MONDAY,)
    )  # 0.20 of time value is less than 0.42
    assert settle(books, market) == [EventKind.ASSIGNED]
    assert books.held("KO") == 0
    assert books.unpaid == ()


def test_a_call_whose_time_value_exceeds_the_dividend_stays(still: Any) -> None:
    call = option("call", 45, date(2021, 7, 16))
    books = journal("0.00", (None, 100, "44.00"), (call, -1, "1.00"))
    market = still({"KO": "50.00"}, options={call.occ: ("5.40", "5.60")}, dividends=(EX_MONDAY,))
    assert settle(books, market) == [EventKind.EX_DIVIDEND]


def test_a_short_put_at_parity_is_assigned_before_its_time(still: Any) -> None:
    put = option("put", 50, date(2021, 7, 16))
    books = journal("6000.00", (put, -1, "1.00"))
    market = still({"KO": "30.00"}, options={put.occ: ("19.90", "20.10")})
    assert settle(books, market) == [EventKind.ASSIGNED]
    assert books.held("KO") == 100
    assert books.cash == Decimal("1000.00")


def test_borrowed_cash_bears_interest_by_the_night_and_pays_at_the_months_end(still: Any) -> None:
    books = journal("-10000.00", (None, 400, "50.00"))
    market = still({"KO": "50.00"})
    sessions = exchange_calendar().sessions(date(2021, 6, 28), date(2021, 7, 2))
    events = [settle(books, market, day) for day in sessions]
    # Monday 28, Tuesday 29 and Wednesday 30 June, a night each: 10,000 x 0.0175 x 3 / 360 =
    # 1.458333, posted on the 30th. July's nights wait for July's end.
    assert events == [[], [], [EventKind.INTEREST], [], []]
    assert cash_flows(books, EntryKind.INTEREST) == [Decimal("-1.46")]
    # Thursday: 10,001.46 x 0.0175 x 1 / 360. Friday to Tuesday 6 July is four nights.
    assert [(a.nights, a.debit) for a in books.unposted] == [
        (1, Decimal("10001.46")),
        (4, Decimal("10001.46")),
    ]


def test_interest_below_half_a_cent_is_settled_without_an_entry(still: Any) -> None:
    books = journal("-10.00", (None, 1, "50.00"))
    assert settle(books, still({"KO": "50.00"}), date(2021, 6, 30)) == []
    assert books.unposted == ()
    assert books.cash == Decimal("-10.00")


def test_good_friday_options_settle_on_thursday(market: PracticeMarket) -> None:
    # The exchange was closed on Friday 15 April 2022; PFE closed on Thursday above 45.
    thursday = date(2022, 4, 14)
    put = OptionSymbol("PFE", thursday, OptionType.PUT, Decimal(60))
    listed = market.expirations_at("PFE", datetime(2022, 4, 11, 15, tzinfo=UTC))
    assert thursday in listed
    assert date(2022, 4, 15) not in listed
    books = Journal(OpenBooks(cash=Decimal("10000.00")))
    at = datetime(2022, 4, 11, 15, tzinfo=UTC)
    books.trade(
        1,
        Movement(
            at=at,
            symbol="PFE",
            option=put,
            quantity=-1,
            price=Decimal("8.00"),
            fees=Decimal("0.65"),
            strategy="csp",
            reason=CloseReason.TRADE,
        ),
    )
    assert settle(books, market, thursday) == [EventKind.ASSIGNED]
    assert cash_flows(books, EntryKind.ASSIGNMENT) == [Decimal("-6000.00")]


def test_an_expiration_on_a_holiday_settles_on_the_session_before(still: Any) -> None:
    books = journal("6000.00", (option("put", 50, date(2022, 4, 15)), -1, "1.00"))
    assert settle(books, still({"KO": "49.00"}), date(2022, 4, 13)) == []
    assert settle(books, still({"KO": "49.00"}), date(2022, 4, 14)) == [EventKind.ASSIGNED]
