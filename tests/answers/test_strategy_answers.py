"""Strategies, wheels, allocation and calendar spreads as they are said."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from connectors.portfolio.allocation_results import Allocation, AllocationRow
from connectors.portfolio.combined_results import CombinedPositions, CombinedRow
from connectors.portfolio.shapes import Structure
from connectors.portfolio.wheel_results import WheelCycle, WheelRow, WheelState, WheelStatus
from connectors.spreads.results import SpreadRow, SpreadScan, SurfaceRow
from mfa.answers.blocks import Block, ChartBlock, Series, TableBlock
from mfa.answers.compose import compose
from mfa.answers.terminal import chart_lines
from mfa.kernel.symbols import OptionType
from tests.answers.made import SOURCE, found, question, words

SHARED: dict[str, Any] = {
    "puts_sold": 2, "puts_assigned": 1, "calls_sold": 1, "calls_assigned": 0,
    "premium": Decimal("240.00"), "kept": Decimal("217.40"), "shares_result": Decimal("-100.00"),
    "dividends": Decimal("42.00"), "total": Decimal("159.40"), "return_pct": 3.2,
    "annual_pct": 18.5,
}  # fmt: skip


def wheel(**changes: Any) -> WheelStatus:
    row: dict[str, Any] = {
        "symbol": "KO", "state": WheelState.COVERED, "shares": Decimal(100), "short_puts": 0,
        "short_calls": 1, "price": Decimal("48.00"), "assigned_basis": Decimal("49.00"),
        "adjusted_basis": Decimal("46.83"), "next_expiration": date(2021, 7, 16),
        "cycles_completed": 2,
    }  # fmt: skip
    cycle = WheelCycle(
        symbol="KO", cycle=3, started=date(2021, 5, 3), ended=None, capital=Decimal("4900.00"),
        **SHARED,
    )  # fmt: skip
    return WheelStatus(
        symbols=1, total=Decimal("159.40"), premium=Decimal("240.00"),
        rows=(WheelRow(**(row | SHARED | changes)),), cycles=(cycle,),
    )  # fmt: skip


def asked(text: str, value: Any, intent: str) -> list[Block]:
    return compose(question(text, found(value), intent=intent))


def test_a_wheel_is_told_by_where_it_stands_and_what_it_returned() -> None:
    blocks = asked("how is my wheel on KO doing", wheel(), "position_details")
    said = words(blocks)
    assert said.startswith(
        "Your wheel on KO is holding 100 shares, covered by 1 short call. It has returned $159.40"
        " in all (3.2 % of the capital it tied up at most): $240.00 of premium received, $217.40 of"
        " it kept. That is 18.5 % a year"
    )
    assert (
        "The shares came at $49.00; premium and dividends of this cycle bring that down to" in said
    )
    assert [block.title for block in blocks if isinstance(block, TableBlock)] == ["Cycles"]


def test_a_wheel_that_sells_puts_speaks_of_no_shares() -> None:
    changes: dict[str, Any] = {
        "state": WheelState.SELLING_PUTS, "shares": Decimal(0), "short_puts": 2, "short_calls": 0,
        "assigned_basis": None, "adjusted_basis": None, "annual_pct": None,
    }  # fmt: skip
    said = words(asked("wheel status", wheel(**changes), "portfolio_status"))
    assert said.startswith("Your wheel on KO is selling puts, short 2 puts. It has returned")
    assert "shares came" not in said
    assert "a year" not in said


def combined(structure: Structure, *, legs: int) -> CombinedRow:
    return CombinedRow(
        symbol="KO", structure=structure, description="KO 50 put 16 Jul 2021", units=Decimal(1),
        legs="", instruments=tuple(f"leg {n}" for n in range(legs)), expiration=date(2021, 7, 16),
        days_left=31, net_cost=Decimal("-100.00"), value=None, unrealized=None,
        max_profit=Decimal("100.00"), max_loss=None, profit_unlimited=False, loss_unlimited=True,
        break_evens=(Decimal("48.00"), Decimal("57.00")), basis="at expiration", delta=None,
        gamma=None, theta=None, vega=None,
    )  # fmt: skip


def test_only_strategies_of_several_legs_are_shown_beside_the_list() -> None:
    value = CombinedPositions(
        combined=1, single=1,
        rows=(
            combined(Structure.SHORT_STRANGLE, legs=2),
            combined(Structure.CASH_SECURED_PUT, legs=1),
        ),
    )  # fmt: skip
    (table,) = asked("show my positions", value, "position_details")
    assert isinstance(table, TableBlock)
    (row,) = table.rows
    assert row[0] == "Short strangle"
    assert row[5:8] == ("$100.00", "unlimited", "$48.00 and $57.00")


def test_strategies_that_were_asked_for_are_the_answer() -> None:
    value = CombinedPositions(
        combined=1, single=1,
        rows=(
            combined(Structure.IRON_CONDOR, legs=4), combined(Structure.LONG_STRANGLE, legs=2),
            combined(Structure.CASH_SECURED_PUT, legs=1),
        ),
    )  # fmt: skip
    blocks = asked("what spreads do I have", value, "position_details")
    assert words(blocks).startswith("You hold an iron condor on KO and a long strangle on KO.")
    (table,) = (block for block in blocks if isinstance(block, TableBlock))
    assert len(table.rows) == 2


def test_allocation_names_cash_and_the_largest_parts() -> None:
    rows = (
        AllocationRow(name="Energy", value=Decimal("12000.00"), share_pct=12.0, positions=2),
        AllocationRow(name="Cash", value=Decimal("88000.00"), share_pct=88.0, positions=0),
    )
    value = Allocation(
        equity=Decimal("100000.00"), cash=Decimal("88000.00"), cash_pct=88.0,
        tied_up=Decimal("5000.00"), collateral=Decimal("5000.00"), free_cash=Decimal("83000.00"),
        kinds=rows, symbols=rows, sectors=rows, strategies=rows, secured=(),
    )  # fmt: skip
    blocks = asked("what is my sector allocation", value, "analyze_sectors")
    assert words(blocks) == (
        "Of your $100,000.00, $88,000.00 (88.0 %) is in cash; $5,000.00 of it is tied up by short"
        " puts and spreads. The largest sector is Energy, with $12,000.00 (12.0 %). The largest"
        " symbol is Energy, with $12,000.00 (12.0 %)."
    )
    (chart,) = (block for block in blocks if isinstance(block, ChartBlock))
    assert chart.series[0].y == (12.0, 88.0)


def spread(**changes: Any) -> SpreadRow:
    facts: dict[str, Any] = {
        "symbol": "KO", "spread": "KO 55 call 16 Jul / 20 Aug 2021", "option_type": OptionType.CALL,
        "strike": Decimal("55.00"), "front": date(2021, 7, 16), "back": date(2021, 8, 20),
        "front_days": 31, "back_days": 66, "price": Decimal("54.75"), "debit": Decimal("62.00"),
        "mid_debit": Decimal("58.50"), "max_profit": Decimal("42.71"), "reward_pct": 68.9,
        "lower": Decimal("54.02"), "upper": Decimal("56.03"), "chance_pct": 33.0,
        "front_iv_pct": 14.6, "back_iv_pct": 17.2, "iv_ratio": 0.85, "forward_iv_pct": 19.8,
        "skew_points": 4.0, "theta": 0.21, "vega": 2.43, "open_interest": 400,
        "earnings": date(2021, 7, 20), "between": True, "score": 35.0, "term_points": 0.0,
        "reward_points": 8.2, "chance_points": 6.5, "liquidity_points": 14.0,
        "earnings_points": 5.0,
    }  # fmt: skip
    return SpreadRow(**(facts | changes))


def test_the_best_calendar_is_told_with_its_risks() -> None:
    value = SpreadScan(looked_at=74, passed=70, companies=1, rows=(spread(),))
    blocks = asked("find calendar spreads on KO", value, "find_calendar_spread")
    said = words(blocks)
    assert said.startswith(
        "The best of 70 that fit is the KO 55 call 16 Jul / 20 Aug 2021, with a score of 35.00: it"
        " costs $62.00 and makes at most $42.71. It wins between $54.02 and $56.03 at the front"
        " expiration, which has a chance of 33.0 %."
    )
    assert "KO reports on 20 Jul 2021, between the two expirations." in said
    assert said.endswith("A score ranks, it is no advice.")
    assert [b.title for b in blocks if isinstance(b, TableBlock)] == [
        "Calendar spreads", "What the scores are made of",
    ]  # fmt: skip


def test_a_report_after_the_back_expiration_is_not_mentioned() -> None:
    value = SpreadScan(
        looked_at=1, passed=1, companies=1,
        rows=(spread(earnings=date(2021, 10, 19), between=False),),
    )  # fmt: skip
    assert "reports on" not in words(asked("calendars on KO", value, "find_calendar_spread"))


def test_lines_of_several_dates_are_named_in_a_terminal() -> None:
    rows = [
        SurfaceRow(
            price=Decimal(price), move_pct=0.0, today=Decimal(-10), first_third=Decimal(-5),
            second_third=Decimal(5), at_front=Decimal(40),
        )
        for price in (50, 55, 60)
    ]  # fmt: skip
    x = tuple(float(row.price) for row in rows)
    chart = ChartBlock(
        title="Profit", kind="line", provenance=SOURCE,
        series=tuple(
            Series(name=name, x=x, y=tuple(float(getattr(row, name)) for row in rows))
            for name in ("today", "at_front")
        ),
    )  # fmt: skip
    lines = chart_lines(chart)
    assert "today: low −$10.00, high −$10.00" in lines[1]
    assert "at_front: low $40.00" in lines[2]
    assert lines[3:] == ["50.0 to 60.0"]
