"""The wheel on KO over two whole cycles and a third that runs, worked on paper.

First cycle, 5 January to 19 February 2021:
- a 50 put sold for 1.00 on 5 January, expired on the 15th: 100.00 less 0.65, kept 99.35;
- a 50 put sold for 1.20 on 19 January, assigned on the 29th: kept 119.35, 100 shares at 50;
- a 51 call sold for 0.80 on 1 February, assigned on the 19th: kept 79.35, shares at 51: +100.00;
- a dividend of 42.00, paid on 15 March (while the second cycle runs), earned by these shares.
Kept 298.05, total 298.05 + 100.00 + 42.00 = 440.05 on 5,000.00 at most.
Dollars times days: 5,000 x 10 + 5,000 x 10 + 5,000 x 21 = 205,000: a year 440.05 x 365 / 205,000.

Second cycle, 8 March to 16 April: two 52 puts for 0.90 assigned on the 26th (kept 178.70), 200
shares sold at 50 on 16 April: -400.00. Total -221.30 on 10,400.00.

Third, since 3 May: a 49 put for 1.10 assigned on the 21st (kept 109.35), 100 shares at 49; a 50
call for 0.70 on 24 May bought back at 0.20 on 1 June (kept 48.70); a 50 call for 0.60 since 2 June
(59.35 received), marked 0.40: +19.35. The price is 48: the shares stand at -100.00.
Adjusted basis: 49.00 - (109.35 + 48.70 + 59.35) / 100 = 46.826, rounded 46.83.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from mfa.kernel.account import ClosedTrade, CloseReason, EntryKind
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from mfa.kernel.symbols import OptionSymbol
from tests.connectors.conftest import (
    ACCOUNT,
    Desk,
    entry,
    option,
    option_quote,
    position,
    stock_quote,
    trade,
)
from tests.connectors.fakes import MARKET

CALL = option("KO", 7, 16, "50", "call")


def on(month: int, day: int, hour: int = 15) -> datetime:
    return datetime(2021, month, day, hour, tzinfo=UTC)


def sold(  # noqa: PLR0917 - a table of trades reads best so
    number: int,
    contract: OptionSymbol,
    opened: datetime,
    closed: datetime,
    price: str,
    kept: str,
    reason: CloseReason,
    **more: Any,
) -> ClosedTrade:
    facts: dict[str, Any] = {
        "option": contract, "quantity": Decimal(-1), "opened_at": opened,
        "open_price": Decimal(price), "close_price": Decimal(0), "reason": reason,
    }  # fmt: skip
    return trade(number, contract.root, closed, kept, **(facts | more))


def shares(number: int, opened: datetime, closed: datetime, price: str, made: str) -> ClosedTrade:
    count = Decimal(200) if number == 6 else Decimal(100)
    return trade(
        number, "KO", closed, made, quantity=count, opened_at=opened, open_price=Decimal(price),
        reason=CloseReason.TRADE,
    )  # fmt: skip


EXPIRED, ASSIGNED, TRADED = CloseReason.EXPIRED, CloseReason.ASSIGNED, CloseReason.TRADE
HISTORY = (
    sold(1, option("KO", 1, 15, "50", "put"), on(1, 5), on(1, 15, 21), "1.00", "99.35", EXPIRED),
    sold(2, option("KO", 1, 29, "50", "put"), on(1, 19), on(1, 29, 21), "1.20", "119.35", ASSIGNED),
    sold(3, option("KO", 2, 19, "51", "call"), on(2, 1), on(2, 19, 21), "0.80", "79.35", ASSIGNED),
    shares(4, on(1, 29, 21), on(2, 19, 21), "50.00", "100.00"),
    sold(
        5, option("KO", 3, 26, "52", "put"), on(3, 8), on(3, 26, 20), "0.90", "178.70", ASSIGNED,
        quantity=Decimal(-2),
    ),
    shares(6, on(3, 26, 20), on(4, 16), "52.00", "-400.00"),
    sold(7, option("KO", 5, 21, "49", "put"), on(5, 3), on(5, 21, 20), "1.10", "109.35", ASSIGNED),
    sold(8, option("KO", 6, 18, "50", "call"), on(5, 24), on(6, 1), "0.70", "48.70", TRADED),
)  # fmt: skip


@pytest.fixture
def wheel(desk: Desk) -> Desk:
    desk.account.trades = Found(HISTORY, ACCOUNT)
    desk.account.entries = Found((entry(1, on(3, 15), EntryKind.DIVIDEND, "42.00", "KO"),), ACCOUNT)
    desk.hold(
        position("KO", 100, "49.00", "4900.00", on(5, 21, 20), "wheel"),
        position("KO", -1, "0.60", "-59.35", on(6, 2), "covered_call", CALL),
    )
    desk.market.quotes["KO"] = Found(stock_quote("KO", "47.99", "48.01", "48.00"), MARKET)
    desk.market.options[CALL] = Found(option_quote(CALL, "0.39", "0.41", "48.00"), MARKET)
    return desk


def test_each_cycle_ends_when_the_last_shares_are_gone(wheel: Desk) -> None:
    found = wheel.found("positions", "wheel_status", symbols="KO")
    assert [(c.cycle, c.started, c.ended) for c in found.cycles] == [
        (3, date(2021, 5, 3), None),
        (2, date(2021, 3, 8), date(2021, 4, 16)),
        (1, date(2021, 1, 5), date(2021, 2, 19)),
    ]


def test_a_cycle_adds_up_premium_shares_and_dividends(wheel: Desk) -> None:
    _, second, first = wheel.found("positions", "wheel_status", symbols="KO").cycles
    assert (first.puts_sold, first.puts_assigned, first.calls_sold, first.calls_assigned) == (
        2, 1, 1, 1,
    )  # fmt: skip
    assert (first.premium, first.kept) == (Decimal("300.00"), Decimal("298.05"))
    assert (first.shares_result, first.dividends) == (Decimal("100.00"), Decimal("42.00"))
    assert (first.total, first.capital) == (Decimal("440.05"), Decimal("5000.00"))
    assert first.return_pct == pytest.approx(100 * 440.05 / 5000)
    assert first.annual_pct == pytest.approx(100 * 440.05 * 365 / 205_000)
    assert (second.puts_sold, second.puts_assigned, second.calls_sold) == (2, 2, 0)
    assert (second.total, second.capital) == (Decimal("-221.30"), Decimal("10400.00"))
    assert second.dividends == 0


def test_the_running_cycle_stands_at_its_mark(wheel: Desk) -> None:
    running = wheel.found("positions", "wheel_status", symbols="KO").cycles[0]
    assert (running.premium, running.kept) == (Decimal("240.00"), Decimal("217.40"))
    assert running.shares_result == Decimal("-100.00")
    assert running.total == Decimal("109.35") + Decimal("48.70") + Decimal("19.35") - 100


def test_the_wheel_says_where_it_stands_and_what_the_shares_cost(wheel: Desk) -> None:
    (row,) = wheel.found("positions", "wheel_status").rows
    assert (row.symbol, row.state, row.shares, row.short_calls) == ("KO", "covered", 100, 1)
    assert (row.assigned_basis, row.adjusted_basis) == (Decimal("49.00"), Decimal("46.83"))
    assert (row.cycles_completed, row.puts_sold, row.calls_sold) == (2, 5, 3)
    assert row.total == Decimal("440.05") - Decimal("221.30") + Decimal("77.40")
    assert (row.next_expiration, row.price) == (date(2021, 7, 16), Decimal("48.00"))


@pytest.mark.parametrize(
    ("held", "state"),
    [
        ((), "idle"),
        (("put",), "selling puts"),
        (("shares",), "holding shares"),
        (("shares", "shares", "call"), "partly covered"),
        (("shares", "call", "put"), "covered"),
    ],
)
def test_the_state_follows_from_what_is_open(
    wheel: Desk, held: tuple[str, ...], state: str
) -> None:
    put = option("KO", 7, 16, "47", "put")
    known = {
        "put": position("KO", -1, "0.60", "-59.35", on(6, 3), "", put),
        "shares": position("KO", 100, "49.00", "4900.00", on(5, 21, 20), ""),
        "call": position("KO", -1, "0.60", "-59.35", on(6, 2), "", CALL),
    }
    wheel.hold(*(known[name] for name in held))
    assert wheel.found("positions", "wheel_status", symbols="KO").rows[0].state == state


def test_spreads_odd_lots_and_naked_calls_are_no_part_of_it(desk: Desk) -> None:
    """A call calendar and a vertical opened as one order, thirty shares, a call on nothing held."""
    far, near = option("PEP", 8, 20, "145", "call"), option("PEP", 7, 16, "145", "call")
    high, low = option("JPM", 7, 16, "155", "put"), option("JPM", 7, 16, "150", "put")
    alone = option("AMD", 7, 16, "85", "call")
    desk.account.trades = Found((), ACCOUNT)
    desk.hold(
        position("PEP", -1, "2.00", "-199.35", on(6, 7), "", near),
        position("PEP", 1, "3.50", "350.65", on(6, 7), "", far),
        position("JPM", -1, "2.00", "-199.35", on(6, 7), "", high),
        position("JPM", 1, "1.00", "100.65", on(6, 7), "", low),
        position("JPM", 30, "118.74", "3562.20", on(1, 4), "stock"),
        position("AMD", -1, "1.00", "-99.35", on(6, 7), "", alone),
    )
    assert desk.ask("positions", "wheel_status") == Absent(
        "There is no wheel: no put was sold, and no call on shares held."
    )
    assert desk.ask("positions", "wheel_status", symbols="PEP") == Absent(
        "There is no wheel on PEP: no put was sold, and no call on shares held."
    )


def test_what_cannot_be_read_is_named_and_left_out(wheel: Desk) -> None:
    wheel.account.entries = Failed(FailureKind.UNAVAILABLE, "The ledger is away.")
    found = wheel.found("positions", "wheel_status", symbols="KO")
    assert found.rows[0].dividends is None
    assert found.warnings == (
        "Dividends are not known and left out of totals: The ledger is away.",
    )
    wheel.market.quotes["KO"] = Failed(FailureKind.TIMEOUT, "No answer.")
    found = wheel.found("positions", "wheel_status", symbols="KO")
    assert (found.rows[0].total, found.unpriced) == (None, ("KO",))
    assert found.rows[0].adjusted_basis == Decimal("46.83")
    wheel.account.trades = Failed(FailureKind.UNAVAILABLE, "The books are away.")
    assert isinstance(wheel.ask("positions", "wheel_status"), Failed)


def test_a_few_days_make_no_figure_a_year(desk: Desk) -> None:
    desk.account.trades = Found((), ACCOUNT)
    put = option("KO", 7, 16, "52.5", "put")
    desk.hold(position("KO", -1, "0.80", "-79.35", on(6, 10), "", put))
    (row,) = desk.found("positions", "wheel_status").rows
    assert (row.annual_pct, row.state) == (None, "selling puts")
    assert row.return_pct == pytest.approx(100 * (79.35 - 55.0) / 5250)
