"""The account now: what it is worth, what is free, and how it came there."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.portfolio.account_results import Balance, EquityCurve, Summary
from mfa.answers.blocks import Block, ChartBlock, Column, Series, TableBlock, Unit
from mfa.answers.compose.allocation import allocation
from mfa.answers.compose.question import Question, Writer
from mfa.answers.compose.wheel import wheel
from mfa.kernel.outcome import Found, Provenance


def portfolio_status(question: Question) -> list[Block]:
    """A wheel or the allocation answers alone where it was asked for."""
    blocks: list[Block] = [*wheel(question), *allocation(question)]
    if blocks:
        return blocks
    summary = question.first(Summary)
    balance = question.first(Balance)
    if balance is None and summary is not None:
        balance = Found(summary.value.balance, summary.provenance)
    if balance is not None:
        blocks.append(_text(question, balance, summary).text())
    if summary is not None:
        blocks.append(_table(summary.value, summary.provenance))
    curve = question.first(EquityCurve)
    if curve is not None and len(curve.value.points) > 1:
        blocks.append(curve_chart(curve.value, curve.provenance))
    return blocks


def _text(question: Question, balance: Found[Balance], summary: Found[Summary] | None) -> Writer:
    value = balance.value
    writer = Writer(balance.provenance)
    if question.says("buying power"):
        writer.say(
            "Your buying power is {buying_power}.",
            buying_power=("Buying power", value.buying_power, Unit.USD),
        )
    elif question.says("cash"):
        writer.say("You have {cash} in cash.", cash=("Cash", value.cash, Unit.USD))
    writer.say(
        "Your account is worth {equity}: {cash} in cash and {positions} in positions.",
        equity=("Account value", value.equity, Unit.USD),
        cash=("Cash", value.cash, Unit.USD),
        positions=("Positions value", value.positions_value, Unit.USD),
    )
    if summary is not None:
        whole = summary.value
        writer.say(
            "That is {profit} ({percent}) of profit on {deposits} deposited.",
            profit=("Total profit", whole.total_profit, Unit.USD),
            percent=("Return on deposits", whole.return_pct, Unit.PERCENT),
            deposits=("Deposits", value.deposits, Unit.USD),
        )
    writer.say(
        "Since the last close it has changed by {change} ({percent}).",
        change=("Change since the last close", value.day_change, Unit.USD),
        percent=("Change since the last close", value.day_change_pct, Unit.PERCENT),
    )
    if not question.says("buying power"):
        writer.say(
            "Buying power is {buying_power}.",
            buying_power=("Buying power", value.buying_power, Unit.USD),
        )
    return writer


def _table(summary: Summary, provenance: Provenance) -> TableBlock:
    return TableBlock(
        title="Account",
        columns=(Column(key="name", label=""), Column(key="usd", label="USD", unit=Unit.USD)),
        rows=tuple(_rows(summary)),
        provenance=provenance,
    )


def _rows(summary: Summary) -> Iterator[tuple[str, object]]:
    balance = summary.balance
    yield "Account value", balance.equity
    yield "Cash", balance.cash
    yield "Positions", balance.positions_value
    yield "Buying power", balance.buying_power
    yield "Collateral tied up", balance.collateral
    if summary.realized.month_to_date is not None:
        yield "Realised this month", summary.realized.month_to_date
    if summary.realized.year_to_date is not None:
        yield "Realised this year", summary.realized.year_to_date
    yield "Realised in total", summary.realized.total
    yield "Unrealised", summary.unrealized
    yield "Dividends", summary.dividends
    yield "Interest", summary.interest
    if summary.theta_per_day is not None:
        yield "Theta per day", summary.theta_per_day
    if summary.delta_dollars is not None:
        yield "Delta dollars", summary.delta_dollars


def curve_chart(curve: EquityCurve, provenance: Provenance) -> ChartBlock:
    days = tuple(point.day.isoformat() for point in curve.points)
    return ChartBlock(
        title="Account value",
        kind="area",
        series=(
            Series(name="Account value", x=days, y=tuple(float(p.equity) for p in curve.points)),
        ),
        y_unit=Unit.USD,
        provenance=provenance,
    )
