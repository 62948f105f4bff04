"""The recorded volatility: its definition against hand-worked tables, and what is kept of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from connectors.sources.implied import implied_day
from connectors.sources.recorded import RecordedVolatility
from mfa.kernel.clock import FrozenClock
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Absent, Found, Provenance
from mfa.store.database import Database
from mfa.store.implied_history import ImpliedHistoryRepository

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
DAY = date(2026, 11, 20)
START, END = date(2026, 1, 1), date(2026, 12, 31)


def table(
    smiles: dict[int, dict[float, tuple[float, float]]], *, spot: float = 100.0,
    pairs: dict[float, tuple[float, float]] | None = None, at: datetime = NOW,
) -> OptionTable:  # fmt: skip
    """`smiles` by days: strike to the call's and the put's volatility; `pairs` their midpoints."""
    rows = [
        (index, days, strike, sign, volatility)
        for index, (days, smile) in enumerate(sorted(smiles.items()))
        for strike, both in sorted(smile.items())
        for sign, volatility in zip((1.0, -1.0), both, strict=True)
    ]
    index, days, strike, sign, volatility = (np.array(column) for column in zip(*rows, strict=True))
    mids = np.array(
        [(pairs or {}).get(k, (math.nan,) * 2)[0 if s > 0 else 1] for _, _, k, s, _ in rows]
    )
    nothing = np.zeros(len(rows))
    return OptionTable(
        symbol="KO", spot=spot, as_of=at,
        expirations=tuple(DAY + timedelta(days=d) for d in sorted(smiles)),
        expiration=index.astype(np.int64), years=days / 365.0, strike=strike, sign=sign,
        bid=mids, ask=mids, last=nothing, volume=nothing, open_interest=nothing,
        implied_volatility=volatility,
    )  # fmt: skip


def flat(volatility: float) -> dict[float, tuple[float, float]]:
    return dict.fromkeys((90.0, 100.0, 110.0), (volatility, volatility))


def test_between_two_expirations_total_variance_is_linear_in_time() -> None:
    """20 % at 20 days and 30 % at 40: w = 0.04 x 20 and 0.09 x 40, half way 2.2 / 30 days."""
    read = implied_day(table({20: flat(0.20), 40: flat(0.30)}))
    assert read is not None
    assert read.volatility == pytest.approx(math.sqrt(2.2 / 30.0), rel=1e-12)
    assert (read.symbol, read.day, read.away) == ("KO", DAY, 0.0)


def test_at_the_money_is_interpolated_between_strikes_and_averaged_over_call_and_put() -> None:
    """At 103: 0.7 x (0.30 + 0.32) / 2 + 0.3 x (0.20 + 0.24) / 2 = 0.217 + 0.066."""
    smile = {100.0: (0.30, 0.32), 110.0: (0.20, 0.24)}
    read = implied_day(table({30: smile}, spot=103.0))
    assert read is not None
    assert read.volatility == pytest.approx(0.283, rel=1e-12)


def test_the_forward_comes_from_parity_at_the_nearest_strike() -> None:
    """Call 4.00 and put 3.00 at 100: the forward is 101, a tenth of the way from 30 % to 20 %."""
    smile = {100.0: (0.30, 0.30), 110.0: (0.20, 0.20)}
    read = implied_day(table({30: smile}, pairs={100.0: (4.0, 3.0)}))
    assert read is not None
    assert read.volatility == pytest.approx(0.29, rel=1e-12)


def test_one_missing_side_does_not_spoil_the_strike() -> None:
    smile = {100.0: (math.nan, 0.30), 110.0: (0.30, math.nan)}
    read = implied_day(table({30: smile}, spot=105.0))
    assert read is not None
    assert read.volatility == pytest.approx(0.30, rel=1e-12)


@pytest.mark.parametrize(("days", "away"), [(15, 15.0), (45, 15.0), (14, None), (46, None)])
def test_without_expirations_on_both_sides_the_nearest_counts_within_fifteen_days(
    days: int, away: float | None
) -> None:
    read = implied_day(table({days: flat(0.25)}))
    assert (read.away if read is not None else None) == (
        pytest.approx(away) if away is not None else None
    )


def test_strikes_on_one_side_of_the_price_say_nothing() -> None:
    smile = {110.0: (0.3, 0.3), 120.0: (0.3, 0.3)}
    assert implied_day(table({30: smile})) is None
    assert implied_day(table({30: flat(math.nan)})) is None


# -- the record ---------------------------------------------------------------------------------


@pytest.fixture
def repository(database: Database) -> ImpliedHistoryRepository:
    return ImpliedHistoryRepository(database)


@pytest.fixture
def record(repository: ImpliedHistoryRepository) -> Callable[..., RecordedVolatility]:
    """Learns tables, and gives the record once all are written."""

    def learnt(*tables: OptionTable) -> RecordedVolatility:
        threads = ThreadPoolExecutor(1)
        recorded = RecordedVolatility(repository, FrozenClock(NOW), threads)
        for each in tables:
            recorded.learn(Found(each, Provenance(source="Tradier", as_of=each.as_of)))
        threads.shutdown(wait=True)
        return recorded

    return learnt


def volatilities(recorded: RecordedVolatility) -> dict[date, float]:
    outcome = recorded.between("KO", START, END)
    assert isinstance(outcome, Found)
    return {each.day: each.volatility for each in outcome.value}


def test_each_days_reading_is_kept_and_the_note_counts_the_days(
    record: Callable[..., RecordedVolatility],
) -> None:
    before = table({30: flat(0.20)}, at=NOW - timedelta(days=1))
    recorded = record(before, table({30: flat(0.30)}))
    assert volatilities(recorded) == {
        date(2026, 11, 19): pytest.approx(0.20),
        date(2026, 11, 20): pytest.approx(0.30),
    }
    outcome = recorded.between("ko", START, END)
    assert isinstance(outcome, Found)
    assert outcome.provenance.note.startswith("2 days recorded so far")
    assert outcome.provenance.computed


def test_the_reading_nearest_to_thirty_days_stands(
    record: Callable[..., RecordedVolatility],
) -> None:
    record(table({40: flat(0.50)}))
    near = record(table({20: flat(0.20), 40: flat(0.20)}))
    assert volatilities(near) == {DAY: pytest.approx(0.20)}
    assert volatilities(record(table({40: flat(0.50)}))) == {DAY: pytest.approx(0.20)}


def test_a_day_without_a_session_is_not_recorded(
    record: Callable[..., RecordedVolatility],
) -> None:
    saturday = record(table({30: flat(0.20)}, at=NOW + timedelta(days=1)))
    outcome = saturday.between("KO", START, END)
    assert isinstance(outcome, Absent)
    assert "No implied volatility of KO is recorded so far" in outcome.reason
