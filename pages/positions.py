"""What is held now, what decays, what may be assigned, what is worth closing."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from connectors.coins.results import CoinHoldings
from connectors.portfolio.combined_results import CombinedPositions
from connectors.portfolio.position_results import (
    ActivePositions,
    AssignmentRisk,
    ProfitTargets,
    ThetaReport,
)
from connectors.portfolio.wheel_results import WheelStatus
from mfa.answers.blocks import ChartBlock, Series, Unit
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
from mfa.kernel.outcome import Absent, Found, Provenance
from pages.frame import ask, csv_button, open_assistant, warn

POSITION_FIELDS = (
    Field("description", "Position"),
    Field("strategy_label", "Strategy"),
    Field("quantity", "Quantity", Unit.COUNT),
    Field("days_left", "Days left", Unit.DAYS),
    Field("average_price", "Average price", Unit.USD),
    Field("mark", "Mark", Unit.USD),
    Field("value", "Value", Unit.USD),
    Field("unrealized", "Unrealised", Unit.USD),
    Field("max_profit_pct", "Of max profit", Unit.PERCENT),
    Field("moneyness_pct", "Moneyness", Unit.PERCENT),
    Field("delta", "Delta (shares)", Unit.NUMBER),
    Field("theta", "Theta", Unit.USD_PER_DAY),
)
STRATEGY_FIELDS = (
    Field("strategy", "Strategy"),
    Field("description", "Of"),
    Field("units", "Quantity", Unit.COUNT),
    Field("net_cost", "Net cost", Unit.USD),
    Field("value", "Value", Unit.USD),
    Field("unrealized", "Unrealised", Unit.USD),
    Field("profit_words", "Profit at most"),
    Field("loss_words", "Loss at most"),
    Field("break_evens", "Break-even"),
    Field("delta", "Delta (shares)", Unit.NUMBER),
    Field("theta", "Theta", Unit.USD_PER_DAY),
    Field("days_left", "Days left", Unit.DAYS),
)
WHEEL_FIELDS = (
    Field("symbol", "Symbol"),
    Field("state", "State"),
    Field("shares", "Shares", Unit.SHARES),
    Field("short_puts", "Short puts", Unit.CONTRACTS),
    Field("short_calls", "Short calls", Unit.CONTRACTS),
    Field("price", "Price", Unit.USD),
    Field("assigned_basis", "Assigned at", Unit.USD),
    Field("adjusted_basis", "Adjusted basis", Unit.USD),
    Field("puts_sold", "Puts sold", Unit.CONTRACTS),
    Field("puts_assigned", "Assigned", Unit.CONTRACTS),
    Field("calls_sold", "Calls sold", Unit.CONTRACTS),
    Field("calls_assigned", "Called away", Unit.CONTRACTS),
    Field("premium", "Premium received", Unit.USD),
    Field("kept", "Of it kept", Unit.USD),
    Field("dividends", "Dividends", Unit.USD),
    Field("total", "Total return", Unit.USD),
    Field("return_pct", "Of the capital", Unit.PERCENT),
    Field("annual_pct", "A year", Unit.PERCENT),
)
CYCLE_FIELDS = (
    Field("symbol", "Symbol"),
    Field("cycle", "Cycle", Unit.COUNT),
    Field("started", "Started", Unit.DATE),
    Field("ended", "Ended", Unit.DATE),
    Field("puts_sold", "Puts sold", Unit.CONTRACTS),
    Field("puts_assigned", "Assigned", Unit.CONTRACTS),
    Field("calls_sold", "Calls sold", Unit.CONTRACTS),
    Field("calls_assigned", "Called away", Unit.CONTRACTS),
    Field("premium", "Premium received", Unit.USD),
    Field("kept", "Of it kept", Unit.USD),
    Field("shares_result", "From the shares", Unit.USD),
    Field("dividends", "Dividends", Unit.USD),
    Field("total", "Total", Unit.USD),
    Field("capital", "Capital at most", Unit.USD),
    Field("return_pct", "Return", Unit.PERCENT),
    Field("annual_pct", "A year", Unit.PERCENT),
)
RISK_FIELDS = (
    Field("level", "Risk"),
    Field("description", "Short option"),
    Field("contracts", "Contracts", Unit.CONTRACTS),
    Field("days_left", "Days left", Unit.DAYS),
    Field("underlying_price", "Stock", Unit.USD),
    Field("moneyness_pct", "Moneyness", Unit.PERCENT),
    Field("extrinsic", "Extrinsic", Unit.USD),
    Field("delta", "Delta", Unit.NUMBER),
    Field("cash_needed", "Cash needed", Unit.USD),
    Field("shares_needed", "Shares needed", Unit.SHARES),
    Field("cover", "Covered by"),
    Field("reasons", "Why"),
)
TARGET_FIELDS = (
    Field("verdict", "Verdict"),
    Field("description", "Trade"),
    Field("strategy_label", "Strategy"),
    Field("basis", "Credit or debit", Unit.USD),
    Field("unrealized", "Unrealised", Unit.USD),
    Field("profit_pct", "Profit", Unit.PERCENT),
    Field("days_left", "Days left", Unit.DAYS),
    Field("reasons", "Why"),
)
COIN_FIELDS = (
    Field("pair", "Pair"),
    Field("quantity", "Coins", Unit.EXACT),
    Field("price", "Price", Unit.EXACT),
    Field("value", "Value", Unit.USD),
    Field("cost", "Cost", Unit.USD),
    Field("unrealized", "Unrealised", Unit.USD),
)


def show(assistant: Assistant) -> None:
    st.title("Positions")
    mode_badge(assistant.settings.mode)
    held, decay, risk, targets, wheel, coins = st.tabs(
        ["Held", "Time decay", "Assignment risk", "Profit targets", "Wheel", "Coins"], key="tab"
    )
    sections: tuple[tuple[object, Callable[[Assistant], Provenance | None]], ...] = (
        (held, _held),
        (decay, _decay),
        (risk, _risk),
        (targets, _targets),
        (wheel, _wheel),
        (coins, _coins),
    )
    for tab, draw in sections:
        with tab:  # type: ignore[attr-defined]
            provenance = draw(assistant)
            if provenance is not None:
                draw_sources([provenance], assistant.settings.mode)


def _held(assistant: Assistant) -> Provenance | None:
    found = ask(assistant, "positions", "fetch_active")
    if not isinstance(found, Found):
        return None
    active: ActivePositions = found.value
    totals = active.totals
    tiles = (
        Tile("Positions", active.count, Unit.COUNT),
        Tile("Value", totals.value, Unit.USD),
        Tile("Unrealised", totals.unrealized, Unit.USD),
        Tile("Theta", totals.theta, Unit.USD_PER_DAY),
        Tile("Delta dollars", totals.delta_dollars, Unit.USD),
    )
    draw_tiles(tiles, columns=len(tiles))
    warn(active.warnings)
    _strategies(assistant)
    table = table_block(
        active.rows, POSITION_FIELDS, provenance=found.provenance, title="Every position"
    )
    draw_table(table, key="positions")
    csv_button(table, "positions.csv", key="positions-csv")
    priced = [row for row in active.rows if row.unrealized is not None]
    _bars(
        "Unrealised profit by position",
        [(row.description, float(row.unrealized)) for row in priced if row.unrealized is not None],
        found.provenance,
        key="unrealized",
    )
    return found.provenance


def _strategies(assistant: Assistant) -> None:
    """What the positions make together; nothing where each stands alone."""
    found = ask(assistant, "positions", "group_by_strategy")
    if not isinstance(found, Found) or not found.value.combined:
        return
    together: CombinedPositions = found.value
    table = table_block(
        together.rows, STRATEGY_FIELDS, provenance=found.provenance, title="By strategy"
    )
    draw_table(table, key="strategies")
    csv_button(table, "strategies.csv", key="strategies-csv")


def _wheel(assistant: Assistant) -> Provenance | None:
    found = ask(assistant, "positions", "wheel_status")
    if not isinstance(found, Found):
        return None
    status: WheelStatus = found.value
    tiles = (
        Tile("Wheels", status.symbols, Unit.COUNT),
        Tile("Premium received", status.premium, Unit.USD),
        Tile("Total return", status.total, Unit.USD, "Options, shares and dividends, at the mark."),
    )
    draw_tiles(tiles, columns=len(tiles))
    warn(status.warnings)
    _bars(
        "Total return by wheel",
        [(row.symbol, float(row.total)) for row in status.rows if row.total is not None],
        found.provenance,
        key="wheel-totals",
    )
    for rows, fields, title, name in (
        (status.rows, WHEEL_FIELDS, "Wheels", "wheels"),
        (status.cycles, CYCLE_FIELDS, "Cycles", "wheel-cycles"),
    ):
        table = table_block(rows, fields, provenance=found.provenance, title=title)
        draw_table(table, key=name)
        csv_button(table, f"{name}.csv", key=f"{name}-csv")
    st.caption(
        "A cycle ends when its last shares are gone. A year: the total over the capital and the"
        " days it was tied up, simple; left out before thirty days."
    )
    return found.provenance


def _decay(assistant: Assistant) -> Provenance | None:
    found = ask(assistant, "positions", "calculate_theta")
    if not isinstance(found, Found):
        return None
    report: ThetaReport = found.value
    tiles = (
        Tile("Theta a day", report.theta_per_day, Unit.USD_PER_DAY),
        Tile("Theta a week, at today's rate", report.theta_per_week, Unit.USD),
    )
    draw_tiles(tiles, columns=len(tiles))
    warn(report.warnings)
    _bars(
        "Time decay by position, dollars a day",
        [(row.description, row.theta_per_day) for row in report.rows],
        found.provenance,
        key="theta",
    )
    return found.provenance


def _risk(assistant: Assistant) -> Provenance | None:
    found = ask(assistant, "positions", "check_assignment_risk")
    if not isinstance(found, Found):
        return None
    risk: AssignmentRisk = found.value
    tiles = (
        Tile("High", risk.high, Unit.COUNT),
        Tile("Medium", risk.medium, Unit.COUNT),
        Tile("Low", risk.low, Unit.COUNT),
        Tile("Cash if every put is assigned", risk.cash_needed, Unit.USD),
        Tile("Cash at hand", risk.cash_available, Unit.USD),
    )
    draw_tiles(tiles, columns=len(tiles))
    warn(risk.warnings)
    draw_table(table_block(risk.rows, RISK_FIELDS, provenance=found.provenance), key="risk")
    st.caption(escape(f"{risk.rule} Probability: {risk.probability_method}"))
    return found.provenance


def _targets(assistant: Assistant) -> Provenance | None:
    target, near = st.columns(2)
    own = assistant.data.sources.settings.in_force().profit_target_pct
    percent = target.slider("Take profit at", 1, 100, max(round(own), 1), format="%d %%")
    days = near.slider("Act when days left are at most", 0, 60, 21)
    params = {"target_pct": float(percent), "manage_dte": days}
    found = ask(assistant, "positions", "check_profit_targets", params)
    if not isinstance(found, Found):
        return None
    targets: ProfitTargets = found.value
    warn(targets.warnings)
    draw_table(table_block(targets.rows, TARGET_FIELDS, provenance=found.provenance), key="targets")
    return found.provenance


def _coins(assistant: Assistant) -> Provenance | None:
    """What is held at the exchange of crypto currencies, which is an account of its own."""
    venue = assistant.data.sources.venue()
    if not isinstance(venue, Found):
        why = venue.reason if isinstance(venue, Absent) else venue.message
        st.info(escape(why), icon=":material/info:")
        return None
    found = ask(assistant, "crypto", "get_holdings")
    if not isinstance(found, Found):
        return None
    holdings: CoinHoldings = found.value
    tiles = (
        Tile("Value", holdings.equity, Unit.USD),
        Tile("Dollars", holdings.cash, Unit.USD),
        Tile("Free", holdings.free, Unit.USD),
    )
    draw_tiles(tiles, columns=len(tiles))
    st.caption(escape(f"Held at {holdings.exchange}, beside the account of shares and options."))
    if not holdings.rows:
        st.info("No coins are held.", icon=":material/info:")
        return found.provenance
    table = table_block(holdings.rows, COIN_FIELDS, provenance=found.provenance, title="Every coin")
    draw_table(table, key="coins")
    csv_button(table, "coins.csv", key="coins-csv")
    return found.provenance


def _bars(title: str, pairs: list[tuple[str, float]], source: Provenance, *, key: str) -> None:
    if not pairs:
        return
    names, values = zip(*pairs, strict=True)
    series = Series(name=title, x=names, y=values)
    draw_chart(ChartBlock(title=title, kind="bar", series=(series,), provenance=source), key=key)


show(open_assistant())
