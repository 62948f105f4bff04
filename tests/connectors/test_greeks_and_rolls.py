"""Greeks of the account, what expires when, and ways to roll, on the small account of `conftest`.

Delta dollars: AAPL (100 - 85) x 130 = 1,950; KO 2 x 25 x 55 = 2,750; PEP (40 - 30) x 142 = 1,420.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from mfa.kernel.market import DailyClose
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from tests.connectors.conftest import Desk
from tests.connectors.fakes import MARKET, NOW

LATER, LATEST = date(2021, 7, 23), date(2021, 8, 20)


def _closes(desk: Desk, **steps: float) -> None:
    """Each symbol moves by so many times what the index does; the index ends at 4,000."""
    index = [0.01 if i % 3 else -0.015 for i in range(120)]
    for symbol, share in {**steps, "SPX": 1.0}.items():
        values = np.cumprod([1.0, *(1.0 + share * move for move in index)])
        values *= 4000.0 / values[-1]
        first = NOW.date() - timedelta(days=len(values))
        closes = (
            DailyClose(day=first + timedelta(days=i), close=Decimal(repr(float(v))))
            for i, v in enumerate(values)
        )
        desk.market.closes[symbol] = Found(tuple(closes), MARKET)


def test_the_accounts_greeks_are_the_sums_of_its_positions(desk: Desk) -> None:
    _closes(desk, AAPL=2.0, KO=0.5, PEP=1.0)
    found = desk.found("positions", "get_greeks")
    assert {row.symbol: row.delta_dollars for row in found.rows} == {
        "KO": Decimal("2750.00"), "AAPL": Decimal("1950.00"), "PEP": Decimal("1420.00"),
    }  # fmt: skip
    assert found.delta_dollars == Decimal("6120.00")
    assert {row.symbol: row.beta for row in found.rows} == {
        "KO": pytest.approx(0.5), "AAPL": pytest.approx(2.0), "PEP": pytest.approx(1.0),
    }  # fmt: skip
    assert found.beta_dollars == Decimal("6695.00")  # 1,375 + 3,900 + 1,420
    assert found.beta_delta == pytest.approx(6695 / 4000)
    # theta: KO 2 x 2.00, AAPL 8.00, PEP 5.00 - 3.00
    assert found.theta_per_day == pytest.approx(4.0 + 8.0 + 2.0)


def test_each_positions_greeks_stand_beside_the_sums(desk: Desk) -> None:
    """The AAPL call: -100 x 0.85 shares, or 11,050 dollars short, twice the index's move."""
    _closes(desk, AAPL=2.0, KO=0.5, PEP=1.0)
    found = desk.found("positions", "get_greeks")
    by_name = {row.position: row for row in found.positions}
    call = by_name["AAPL 125 call 18 Jun 2021"]
    assert (call.quantity, call.delta) == (-1, pytest.approx(-85.0))
    assert (call.delta_dollars, call.beta_dollars) == (Decimal("-11050.00"), Decimal("-22100.00"))
    assert sum(row.delta_dollars for row in found.positions) == found.delta_dollars
    assert sum(row.theta for row in found.positions) == pytest.approx(found.theta_per_day)


def test_without_every_beta_there_is_no_beta_weighted_sum(desk: Desk) -> None:
    _closes(desk, AAPL=2.0, KO=0.5)
    found = desk.found("positions", "get_greeks")
    assert (found.beta_dollars, found.beta_delta) == (None, None)
    assert found.delta_dollars == Decimal("6120.00")
    assert any(warning.startswith("PEP:") for warning in found.warnings)


def test_options_are_grouped_by_the_day_they_end(desk: Desk) -> None:
    found = desk.found("positions", "group_by_expiration")
    assert [(row.expiration, row.positions, row.contracts) for row in found.rows] == [
        (date(2021, 6, 18), 1, 1), (date(2021, 7, 16), 2, 3), (date(2021, 8, 20), 1, 1),
    ]  # fmt: skip
    june, july, _ = found.rows
    assert (june.value, june.in_the_money, june.at_assignment) == (
        Decimal("-510.00"), 1, Decimal("0.00"),
    )  # fmt: skip
    assert (july.value, july.at_assignment) == (Decimal("-260.00"), Decimal("10500.00"))
    assert "-2 KO 52.5 put 16 Jul 2021" in july.options


def _table(*rows: tuple[int, float, float, float]) -> OptionTable:
    place, strike, sign, bid = (np.array(column) for column in zip(*rows, strict=True))
    size = len(rows)
    return OptionTable(
        symbol="KO", spot=55.0, as_of=NOW, expirations=(LATER, LATEST),
        expiration=place.astype(np.int64), years=np.full(size, 0.1), strike=strike, sign=sign,
        bid=bid, ask=bid + 0.1, last=bid, volume=np.ones(size), open_interest=np.ones(size),
        implied_volatility=np.full(size, 0.2),
    )  # fmt: skip


def test_rolls_pay_a_credit_at_the_same_or_a_safer_strike(desk: Desk) -> None:
    """The KO put costs 0.60 to buy back; it was sold for 0.80."""
    desk.market.tables["KO"] = Found(
        _table(
            (0, 52.5, -1.0, 0.95),  # +0.35 for 7 days
            (1, 52.5, -1.0, 1.30),  # +0.70 for 35 days
            (1, 50.0, -1.0, 0.75),  # +0.15 and 2.50 safer
            (1, 55.0, -1.0, 2.40),  # nearer the money: no
            (0, 50.0, -1.0, 0.55),  # a debit: no
            (0, 52.5, 1.0, 3.00),  # a call: no
        ),
        MARKET,
    )
    found = desk.found("positions", "roll_candidates", symbols="KO")
    assert [(row.to, row.credit, row.days_added) for row in found.rows] == [
        ("KO 52.5 put 23 Jul 2021", Decimal("0.35"), 7),
        ("KO 52.5 put 20 Aug 2021", Decimal("0.70"), 35),
        ("KO 50 put 20 Aug 2021", Decimal("0.15"), 35),
    ]
    first, _, safer = found.rows
    assert (first.credit_all, first.credit_per_day) == (Decimal("70.00"), pytest.approx(10.0))
    assert first.break_even == Decimal("51.35")  # 52.50 - 0.80 - 0.35
    assert safer.closer == Decimal("2.50")


def test_a_debit_is_shown_only_when_asked_for(desk: Desk) -> None:
    desk.market.tables["KO"] = Found(_table((0, 50.0, -1.0, 0.55)), MARKET)
    outcome = desk.ask("positions", "roll_candidates", symbols="KO")
    assert isinstance(outcome, Absent)
    assert "credit of at least $0.01" in outcome.reason
    found = desk.found("positions", "roll_candidates", symbols="KO", min_credit=-0.10)
    assert found.rows[0].credit == Decimal("-0.05")


def test_options_that_cannot_be_had_are_named(desk: Desk) -> None:
    desk.market.tables["KO"] = Failed(FailureKind.TIMEOUT, "No answer.")
    found = desk.found("positions", "roll_candidates", symbols="KO")
    assert found.warnings == ("KO 52.5 put 16 Jul 2021: No answer.",)


def test_nothing_short_is_nothing_to_roll(desk: Desk) -> None:
    desk.hold(*(each for each in desk.positions if each.option is None))
    assert isinstance(desk.ask("positions", "roll_candidates"), Absent)
    assert isinstance(desk.ask("positions", "group_by_expiration"), Absent)
