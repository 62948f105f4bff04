"""Ratings: every part on series whose figures can be worked out on paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from connectors.base import Sources
from connectors.ratings import fundamental, technical
from connectors.ratings.asking import rating, ratings
from connectors.ratings.results import StockRating
from connectors.ratings.scale import Part, Rule, judged, on, outlook, total, unknown, verdict
from connectors.sources.sweep import Sweep
from core_numba.arrays import Floats
from mfa.kernel.clock import FrozenClock
from mfa.kernel.market import DailyClose, DailyVolatility
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome
from mfa.kernel.research import Fundamentals, NoResearch
from tests.connectors.conftest import Desk, stock_quote
from tests.connectors.fakes import MARKET, NOW

RISING = 100.0 + np.arange(300.0)
"""A dollar a session, from 100 to 399: averages lie half their length behind."""


def by_name(parts: Any) -> dict[str, Part]:
    return {part.rule.name: part for part in parts}


def points(part: Part) -> float:
    assert part.points is not None, part.reason
    return part.points


def figures(**changes: Any) -> Fundamentals:
    """Each figure halfway between nothing and full marks."""
    halfway: dict[str, Any] = {
        "forward_pe": 25.0, "trailing_pe": 99.0, "price_to_book": 5.5, "revenue_growth": 0.05,
        "profit_margin": 0.10, "debt_to_equity": 1.0, "dividend_yield": 0.015, "beta": 1.25,
        "sector": "Consumer Defensive",
    }  # fmt: skip
    return Fundamentals(
        symbol="KO", name="Coca-Cola", industry="Beverages",
        market_cap=None, shares_outstanding=None, **(halfway | changes),
    )  # fmt: skip


# -- the scale ------------------------------------------------------------------------------------


def test_points_lie_on_straight_lines_between_knots_and_are_level_outside() -> None:
    knots = ((30.0, 0.0), (50.0, 0.5), (60.0, 1.0), (70.0, 1.0), (85.0, 0.5))
    said = [on(knots, value) for value in (10, 30, 40, 55, 65, 77.5, 85, 100)]
    assert said == [0.0, 0.0, 0.25, 0.75, 1.0, 0.75, 0.5, 0.5]


def test_a_part_that_is_not_known_takes_no_part() -> None:
    """6 of 10 known points are 60 of 100, whatever the unknown part would have weighed."""
    rule = Rule(name="a", group="g", weight=10.0, text="", knots=((0.0, 0.0), (1.0, 1.0)))
    gap = Rule(name="b", group="g", weight=90.0, text="", knots=((0.0, 0.0), (1.0, 1.0)))
    assert total([judged(rule, 0.6, "")]) == pytest.approx(60.0)
    assert total([judged(rule, 0.6, ""), unknown(gap, "")]) == pytest.approx(60.0)
    assert total([unknown(gap, "")]) is None
    assert judged(rule, float("nan"), "").points is None


@pytest.mark.parametrize(
    ("rating", "word", "view"),
    [(100, "strong buy", "bullish"), (80, "strong buy", "bullish"), (79.9, "buy", "bullish"),
     (60, "buy", "bullish"), (59.9, "hold", "neutral"), (40, "hold", "neutral"),
     (39.9, "sell", "bearish"), (20, "sell", "bearish"), (19.9, "strong sell", "bearish")],
)  # fmt: skip
def test_verdicts_begin_where_the_table_says(rating: float, word: str, view: str) -> None:
    assert (verdict(rating), outlook(rating)) == (word, view)


def test_the_weights_of_all_rules_are_a_hundred() -> None:
    by_price = [*technical.from_closes(RISING), *technical.without_benchmark("")]
    by_price.append(technical.from_rank(0.0))
    by_figures = list(fundamental.without_figures(""))
    assert sum(part.rule.weight for part in by_price) == 70.0
    assert sum(part.rule.weight for part in by_figures) == 30.0


# -- prices ---------------------------------------------------------------------------------------


def test_a_steady_climb_by_hand() -> None:
    """At 399: the 200-day average is 399 - 99.5 = 299.5, the 50-day 374.5; 20 sessions ago the
    first was 279.5. MACD of a straight line is (25 - 11) / 2 = 7 dollars, and its own average the
    same. It never fell, so RSI is 100."""
    parts = by_name(technical.from_closes(RISING))
    assert parts["Price over 200-day average"].value == pytest.approx(100 * (399 / 299.5 - 1))
    assert parts["Price over 50-day average"].value == pytest.approx(100 * (399 / 374.5 - 1))
    assert parts["50-day over 200-day average"].value == pytest.approx(100 * (374.5 / 299.5 - 1))
    assert parts["Slope of the 200-day average"].value == pytest.approx(100 * (299.5 / 279.5 - 1))
    for name in parts:
        if parts[name].rule.group == technical.TREND:
            assert points(parts[name]) == parts[name].rule.weight
    assert parts["RSI 14"].value == pytest.approx(100.0)
    assert points(parts["RSI 14"]) == pytest.approx(2.5)
    assert parts["MACD 12/26/9"].reason == "The line is +7.00, the histogram +0.00."
    assert points(parts["MACD 12/26/9"]) == pytest.approx(4.0)
    assert points(parts["Place in the 52-week range"]) == 4.0
    assert points(parts["Below the 52-week high"]) == 4.0


def test_a_steady_fall_by_hand() -> None:
    """The mirror: 399 down to 100 has its 200-day average at 199.5, RSI 0 and MACD -7."""
    parts = by_name(technical.from_closes(RISING[::-1].copy()))
    assert parts["Price over 200-day average"].value == pytest.approx(100 * (100 / 199.5 - 1))
    assert sum(points(p) for p in parts.values() if p.rule.group == technical.TREND) == 0.0
    assert points(parts["RSI 14"]) == 0.0
    assert points(parts["MACD 12/26/9"]) == pytest.approx(1.0)
    assert points(parts["Place in the 52-week range"]) == 0.0
    assert parts["Below the 52-week high"].value == pytest.approx(100 * (1 - 100 / 351))


def test_constant_growth_has_no_volatility_to_compare() -> None:
    """1 % a session: the price stands at (1 - r^-200) / (200 (1 - r^-1)) of its 200-day average's
    reciprocal; every difference of exponential averages grows too, so the histogram is above."""
    growth = 100.0 * 1.01 ** np.arange(300.0)
    parts = by_name(technical.from_closes(growth))
    mean = (1 - 1.01**-200) / (200 * (1 - 1.01**-1))
    assert parts["Price over 200-day average"].value == pytest.approx(100 * (1 / mean - 1))
    assert points(parts["MACD 12/26/9"]) == 5.0
    realised = parts["Realised volatility, 20 sessions over 252"]
    assert realised.points is None
    assert "evenly" in realised.reason


def test_realised_volatility_is_held_against_its_year() -> None:
    """232 moves of +-2 % and then 20 of +-1 %: sqrt((20 x .01^2 / 19) / ((232 x .02^2 +
    20 x .01^2) / 251)) = sqrt(0.00010526 / 0.00037769) = 0.52792; 4 x (1.5 - 0.52792) = 3.888."""
    moves = np.concatenate([np.tile([0.02, -0.02], 116), np.tile([0.01, -0.01], 10)])
    closes = 100.0 * np.exp(np.concatenate([[0.0], np.cumsum(moves)]))
    part = by_name(technical.from_closes(closes))["Realised volatility, 20 sessions over 252"]
    assert part.value == pytest.approx(0.52792, abs=5e-6)
    assert points(part) == pytest.approx(3.88832, abs=2e-5)


def test_the_benchmark_is_a_measure_of_the_same_days() -> None:
    """Against itself a company is level: half marks. Against a flat market its own return counts:
    63 sessions ago it was 336, so 18.75 % ahead, more than the 10 points that earn all."""
    level = by_name(technical.against_benchmark(RISING, RISING))
    assert [points(p) for p in level.values()] == [2.0, 2.0, 2.0, 3.0]
    ahead = by_name(technical.against_benchmark(RISING, np.full(300, 50.0)))
    assert ahead["3-month return over the benchmark's"].value == pytest.approx(18.75)
    assert [points(p) for p in ahead.values()] == [4.0, 4.0, 4.0, 6.0]
    behind = by_name(technical.against_benchmark(np.full(300, 50.0), RISING))
    assert [points(p) for p in behind.values()] == [0.0, 0.0, 0.0, 0.0]


def test_a_year_five_points_ahead_earns_five_eighths_of_its_part() -> None:
    """12 months: 20 points behind is nothing, 20 ahead all; 5 ahead is (5 + 20) / 40 of 4."""
    own, theirs = np.full(253, 105.0), np.full(253, 100.0)
    own[0] = 100.0
    part = by_name(technical.against_benchmark(own, theirs))["12-month return over the benchmark's"]
    assert points(part) == pytest.approx(2.5)


def test_too_few_closes_are_said_and_not_guessed() -> None:
    parts = by_name(technical.from_closes(RISING[:60]))
    told = parts["Price over 200-day average"]
    assert told.points is None
    assert told.reason == "It needs 200 closes and there are 60."
    assert points(parts["Price over 50-day average"]) == 5.0
    assert by_name(technical.from_closes(np.full(300, 7.0)))["RSI 14"].points is None


def test_a_high_iv_rank_is_fear() -> None:
    assert points(technical.from_rank(0.0)) == 4.0
    assert points(technical.from_rank(75.0)) == pytest.approx(1.0)


# -- figures --------------------------------------------------------------------------------------


def test_figures_halfway_earn_half() -> None:
    parts = list(fundamental.from_figures(figures()))
    assert [points(part) for part in parts] == pytest.approx([4.0, 1.0, 3.0, 3.0, 2.0, 1.0, 1.0])
    assert total(parts) == pytest.approx(50.0)
    assert parts[0].reason == "It costs 25.0 times expected earnings."


def test_a_figure_that_is_not_told_is_no_zero() -> None:
    known = figures(price_to_book=None, debt_to_equity=None, dividend_yield=None, beta=None)
    parts = list(fundamental.from_figures(known))
    assert [part.points for part in parts] == [4.0, None, 3.0, 3.0, None, None, None]
    assert total(parts) == pytest.approx(50.0)


def test_a_loss_and_missing_equity_earn_nothing() -> None:
    parts = by_name(fundamental.from_figures(figures(forward_pe=-8.0, debt_to_equity=-0.4)))
    assert points(parts["Price over earnings"]) == 0.0
    assert parts["Price over earnings"].reason == "There is a loss in expected earnings."
    assert points(parts["Debt over equity"]) == 0.0


def test_without_expectations_the_last_year_stands_and_a_banks_debt_says_nothing() -> None:
    bank = figures(sector="Financial Services", forward_pe=None, trailing_pe=16.0)
    parts = by_name(fundamental.from_figures(bank))
    assert points(parts["Price over earnings"]) == pytest.approx(8.0 * 24 / 30)
    assert parts["Price over earnings"].reason == "It costs 16.0 times the last year's earnings."
    assert parts["Debt over equity"].points is None


# -- the query ------------------------------------------------------------------------------------


@dataclass
class Research(NoResearch):
    known: dict[str, Outcome[Fundamentals]] = field(default_factory=dict)

    def fundamentals(self, symbol: str) -> Outcome[Fundamentals]:
        return self.known.get(symbol, Absent(f"{symbol} is no company."))


def series(values: Floats) -> Found[tuple[DailyClose, ...]]:
    """One close a day, the last one yesterday."""
    yesterday = NOW.date() - timedelta(days=1)
    return Found(
        tuple(
            DailyClose(
                day=yesterday - timedelta(days=values.size - 1 - i), close=Decimal(str(value))
            )
            for i, value in enumerate(values)
        ),
        MARKET,
    )


@pytest.fixture
def climbing(desk: Desk) -> Desk:
    """KO up to 398 yesterday; it trades at 55, where its quote says so."""
    desk.market.closes = {"KO": series(RISING[:-1]), "SPX": series(np.full(299, 100.0))}
    desk.market.quotes = {}
    return desk


def test_prices_alone_make_a_rating_that_says_so(climbing: Desk) -> None:
    """All of trend (26), 2.5 of RSI's 5, 4 of MACD's 5, 12 against the benchmark, 6 of strength,
    8 of the range; volatility by its ratio; IV rank and figures unknown: 70 - 4 = 66 known."""
    found: StockRating = climbing.found("ai_research", "get_rating", symbol="ko")
    calm = next(row for row in found.parts if row.group == technical.CALM)
    expected = 100 * (26 + 2.5 + 4 + 12 + 6 + 8 + calm.points) / 66
    assert found.rating == pytest.approx(expected)
    assert (found.verdict, found.outlook) == ("strong buy", "bullish")
    assert found.technical == found.rating
    assert found.fundamental is None
    assert found.known_pct == pytest.approx(66.0)
    assert [line.partition(": ")[0] for line in found.missing] == [
        "IV rank", *(rule.name for rule in fundamental.RULES)
    ]  # fmt: skip
    assert found.warnings == ()
    assert found.price == Decimal("398.00")


def test_figures_join_where_a_source_tells_them(climbing: Desk) -> None:
    climbing.research = Research({"KO": Found(figures(), MARKET)})
    days = tuple(
        DailyVolatility(day=NOW.date() - timedelta(days=ago), volatility=0.3 - ago / 1000.0)
        for ago in range(60, 0, -1)
    )
    climbing.market.implied = {"KO": Found(days, MARKET)}
    found: StockRating = climbing.found("ai_research", "get_rating", symbol="KO")
    assert found.fundamental == pytest.approx(50.0)
    assert found.known_pct == pytest.approx(100.0)
    assert found.missing == ()
    assert next(row.points for row in found.parts if row.part == "IV rank") == 0.0
    assert found.technical is not None
    assert found.rating == pytest.approx(0.7 * found.technical + 0.3 * 50.0)


def test_the_price_now_is_the_last_of_the_series(climbing: Desk) -> None:
    before: StockRating = climbing.found("ai_research", "get_rating", symbol="KO")
    climbing.market.quotes = {"KO": Found(stock_quote("KO", "99.90", "100.10", "398"), MARKET)}
    after: StockRating = climbing.found("ai_research", "get_rating", symbol="KO")
    assert after.price == Decimal("100.00")
    assert after.rating < before.rating - 20


def test_a_source_that_fails_is_named_and_one_that_has_none_takes_its_parts_out(
    climbing: Desk,
) -> None:
    lost: Any = Failed(FailureKind.TIMEOUT, "Acme did not answer.")
    climbing.research = Research({"KO": lost})
    climbing.market.closes["SPX"] = lost
    climbing.market.quotes = {"KO": lost}
    found: StockRating = climbing.found("ai_research", "get_rating", symbol="KO")
    assert "Acme did not answer." in found.warnings
    assert "The price now is not in it: Acme did not answer." in found.warnings
    assert found.known_pct == pytest.approx(100 - 4 - 30 - 18)


def test_without_closes_or_with_too_few_there_is_no_rating(climbing: Desk) -> None:
    climbing.market.closes["KO"] = series(RISING[:60])
    outcome = climbing.ask("ai_research", "get_rating", symbol="KO")
    assert outcome == Absent("KO has 60 closes: too few to rate it. Ask for its price instead.")
    assert isinstance(climbing.ask("ai_research", "get_rating", symbol="PEP"), Absent)
    failed = Failed(FailureKind.UNAVAILABLE, "Acme cannot be reached.")
    climbing.market.closes["KO"] = failed
    assert climbing.ask("ai_research", "get_rating", symbol="KO") == failed


def test_the_benchmark_is_not_held_against_itself(climbing: Desk) -> None:
    found: StockRating = climbing.found("ai_research", "get_rating", symbol="SPX")
    assert any("benchmark itself" in line for line in found.missing)


def test_over_a_network_the_questions_go_side_by_side_and_rate_alike(climbing: Desk) -> None:
    alone = climbing.found("ai_research", "get_rating", symbol="KO")
    sweep = Sweep(seconds=5.0, has_room=lambda: True)
    sources = Sources(
        mode=Mode.PAPER, clock=FrozenClock(NOW), market=climbing.market, account=climbing.account,
        research=climbing.research, sweep=sweep,
    )  # fmt: skip
    outcome = rating(sources, "KO")
    assert isinstance(outcome, Found)
    assert outcome.value == alone
    found = ratings(sources, ["KO", "ZZZ"])
    assert found.by_symbol == {"KO": alone.rating}
    assert found.warnings[0].startswith("ZZZ: not rated: ")
    sweep.close()
