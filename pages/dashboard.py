"""The account at a glance: asks the data service, draws; computes nothing."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from connectors.portfolio.account_results import EquityCurve, ProfitLoss, Summary, TradeHistory
from connectors.portfolio.allocation_results import Allocation
from mfa.answers.blocks import ChartBlock, Series, Unit
from mfa.answers.compose.allocation import share_chart
from mfa.answers.format import format_value
from mfa.answers.page import (
    Tile,
    draw_chart,
    draw_sources,
    draw_table,
    draw_tiles,
    escape,
    mode_badge,
)
from mfa.answers.rows import Field, table_block
from mfa.assistant import Assistant
from mfa.kernel.outcome import Found, Provenance
from pages.frame import ask, csv_button, open_assistant, warn

PERIODS = {"This month": 0, "90 days": 90, "Half a year": 183, "Everything": None}
TRADE_FIELDS = (
    Field("closed_on", "Closed", Unit.DATE),
    Field("symbol", "Symbol"),
    Field("description", "Trade"),
    Field("strategy_label", "Strategy"),
    Field("quantity", "Quantity", Unit.COUNT),
    Field("open_price", "Opened at", Unit.USD),
    Field("close_price", "Closed at", Unit.USD),
    Field("fees", "Fees", Unit.USD),
    Field("realized", "Realised", Unit.USD),
    Field("days_held", "Days", Unit.DAYS),
    Field("reason", "Ended by"),
)

VIEWS = {"Symbol": "symbols", "Sector": "sectors", "Strategy": "strategies", "Kind": "kinds"}
PART_FIELDS = (
    Field("name", "Part"),
    Field("value", "Value", Unit.USD),
    Field("share_pct", "Of equity", Unit.PERCENT),
    Field("positions", "Positions", Unit.COUNT),
)
COLLATERAL_FIELDS = (
    Field("symbol", "Symbol"),
    Field("cash", "Cash tied up", Unit.USD),
    Field("share_pct", "Of equity", Unit.PERCENT),
    Field("shares", "Shares tied up", Unit.SHARES),
    Field("naked_calls", "Calls without cover", Unit.CONTRACTS),
)


def show(assistant: Assistant) -> None:
    st.title("Dashboard")
    mode_badge(assistant.settings.mode)
    provenances: list[Provenance] = []
    summary = ask(assistant, "dashboard", "get_summary")
    if isinstance(summary, Found):
        _tiles(summary.value, summary.provenance)
        provenances.append(summary.provenance)
    left, right = st.columns([3, 2])
    with left:
        curve = ask(assistant, "dashboard", "get_equity_curve")
        if isinstance(curve, Found):
            _curve(curve.value, curve.provenance)
            provenances.append(curve.provenance)
    with right:
        profit = ask(assistant, "dashboard", "get_profit_loss")
        if isinstance(profit, Found):
            _by_month(profit.value, profit.provenance)
            provenances.append(profit.provenance)
    divided = ask(assistant, "dashboard", "get_allocation")
    if isinstance(divided, Found):
        _allocation(divided)
        provenances.append(divided.provenance)
    _history(assistant, provenances)
    draw_sources(provenances, assistant.settings.mode)


def _tiles(summary: Summary, provenance: Provenance) -> None:
    balance, realized = summary.balance, summary.realized
    tiles = (
        Tile("Account value", balance.equity, Unit.USD, "Cash plus positions at the mid price."),
        Tile("Cash", balance.cash, Unit.USD, ""),
        Tile("Buying power", balance.buying_power, Unit.USD, "Cash not securing short puts."),
        Tile("Change today", balance.day_change, Unit.USD, "Since the last session's close."),
        Tile("Unrealised", summary.unrealized, Unit.USD, "Open positions against their cost."),
        Tile("Realised this year", realized.year_to_date, Unit.USD, "Closed trades after fees."),
        Tile("Total profit", summary.total_profit, Unit.USD, "Account value less net deposits."),
        Tile(
            "Theta",
            summary.theta_per_day,
            Unit.USD_PER_DAY,
            "Time decay collected at today's rate.",
        ),
    )
    draw_tiles(tiles)
    warn(summary.warnings)
    if provenance.stale:
        st.warning("These figures are not fresh: their source could not be asked again.")


def _curve(curve: EquityCurve, provenance: Provenance) -> None:
    days = tuple(point.day.isoformat() for point in curve.points)
    equity = tuple(float(point.equity) for point in curve.points)
    cash = tuple(float(point.cash) for point in curve.points)
    draw_chart(
        ChartBlock(
            title="Account value at each close",
            kind="line",
            series=(
                Series(name="Account value", x=days, y=equity),
                Series(name="Cash", x=days, y=cash),
            ),
            provenance=provenance,
        ),
        key="equity",
    )


def _by_month(profit: ProfitLoss, provenance: Provenance) -> None:
    draw_chart(
        ChartBlock(
            title="Realised profit by month",
            kind="bar",
            series=(
                Series(
                    name="Realised",
                    x=tuple(group.key for group in profit.by_month),
                    y=tuple(float(group.realized) for group in profit.by_month),
                ),
            ),
            provenance=provenance,
        ),
        key="months",
    )


def _allocation(found: Found[Allocation]) -> None:
    st.subheader("Allocation")
    value = found.value
    tiles = (
        Tile("Cash of equity", value.cash_pct, Unit.PERCENT),
        Tile("Tied up as collateral", value.tied_up, Unit.USD, "Puts' strikes, less long cover."),
        Tile("Cash not tied up", value.free_cash, Unit.USD),
    )
    draw_tiles(tiles, columns=len(tiles))
    warn(value.warnings)
    chosen = st.segmented_control("By", list(VIEWS), default="Symbol", key="allocation-view")
    view = VIEWS[chosen or "Symbol"]
    left, right = st.columns([3, 2])
    with left:
        draw_chart(share_chart(found, view, "Percent of equity"), key="allocation")
    with right:
        table = table_block(getattr(value, view), PART_FIELDS, provenance=found.provenance)
        draw_table(table, key="allocation-parts")
        csv_button(table, "allocation.csv", key="allocation-csv")
    if value.secured:
        table = table_block(
            value.secured, COLLATERAL_FIELDS, provenance=found.provenance, title="Collateral"
        )
        draw_table(table, key="collateral")


def _history(assistant: Assistant, provenances: list[Provenance]) -> None:
    st.subheader("Closed trades")
    period, outcome = st.columns([2, 2])
    chosen = period.segmented_control("Period", list(PERIODS), default="Half a year")
    which = outcome.segmented_control("Outcome", ["All", "Winners", "Losers"], default="All")
    params: dict[str, object] = {}
    start = _start(chosen, assistant.clock.today())
    if start is not None:
        params["start_date"] = start
    if which in {"Winners", "Losers"}:
        params["outcome"] = which.lower()
    found = ask(assistant, "dashboard", "get_trade_history", params)
    if not isinstance(found, Found):
        return
    history: TradeHistory = found.value
    provenances.append(found.provenance)
    won = format_value(history.win_rate_pct, Unit.PERCENT)
    realized = format_value(history.total_realized, Unit.USD)
    fees = format_value(history.fees, Unit.USD)
    st.markdown(
        escape(
            f"{history.count} trades, {history.wins} won, {history.losses} lost ({won} won); "
            f"realised **{realized}** after {fees} in fees."
        )
    )
    table = table_block(history.rows, TRADE_FIELDS, provenance=found.provenance)
    draw_table(table, key="history", height=320)
    csv_button(table, "closed-trades.csv", key="history-csv")


def _start(period: str | None, today: date) -> date | None:
    days = PERIODS.get(period or "Everything")
    if days is None:
        return None
    return today.replace(day=1) if days == 0 else today - timedelta(days=days)


show(open_assistant())
