"""Closed trades, latest first, and what they brought in all."""

from __future__ import annotations

from connectors.portfolio.account_results import TradeHistory
from connectors.portfolio.shapes import strategy_label
from mfa.answers.blocks import Block, Column, TableBlock, Unit
from mfa.answers.compose.instruments import instrument_name
from mfa.answers.compose.periods import period_words
from mfa.answers.compose.question import Question, Writer, iso
from mfa.answers.format import counted
from mfa.kernel.outcome import Found

_COLUMNS = (
    Column(key="closed_on", label="Closed", unit=Unit.DATE),
    Column(key="instrument", label="Trade"),
    Column(key="quantity", label="Quantity", unit=Unit.COUNT),
    Column(key="open_price", label="Opened at", unit=Unit.USD),
    Column(key="close_price", label="Closed at", unit=Unit.USD),
    Column(key="realized", label="Profit", unit=Unit.USD),
    Column(key="days_held", label="Days", unit=Unit.DAYS),
    Column(key="reason", label="Ended by"),
    Column(key="strategy", label="Strategy"),
)


def trade_history(question: Question) -> list[Block]:
    blocks: list[Block] = []
    for found in question.found(TradeHistory):
        blocks += [_text(found).text(), _table(found)]
    return blocks


def _text(found: Found[TradeHistory]) -> Writer:
    value = found.value
    writer = Writer(found.provenance)
    period = period_words(value.start_date, value.end_date)
    even = value.count - value.wins - value.losses
    writer.say(
        "You closed {count} " + ("trade" if value.count == 1 else "trades") + period
        + " for {total} after {fees} in fees: {wins} won, {losses} lost"
        + (", {even} broke even" if even > 0 else "") + " ({rate} won).",
        count=("Closed trades", value.count, Unit.COUNT),
        total=("Realised profit", value.total_realized, Unit.USD),
        fees=("Fees", value.fees, Unit.USD),
        wins=("Winning trades", value.wins, Unit.COUNT),
        losses=("Losing trades", value.losses, Unit.COUNT),
        even=("Trades without gain", even, Unit.COUNT),
        rate=("Win rate", value.win_rate_pct, Unit.PERCENT),
    )  # fmt: skip
    if value.count > 1:
        writer.say(
            "The best made {best} (" + value.best.symbol + "), the worst {worst} ("
            + value.worst.symbol + "); the average was {average}.",
            best=("Best trade", value.best.realized, Unit.USD),
            worst=("Worst trade", value.worst.realized, Unit.USD),
            average=("Average trade", value.average, Unit.USD),
        )  # fmt: skip
    if len(value.rows) < value.count:
        verb = "is" if len(value.rows) == 1 else "are"
        writer.say(f"Listed {verb} the latest {counted(len(value.rows), 'trade')}.")
    return writer


def _table(found: Found[TradeHistory]) -> TableBlock:
    return TableBlock(
        title="Closed trades",
        columns=_COLUMNS,
        rows=tuple(
            (
                iso(row.closed_on), instrument_name(row.symbol, row.option_type, row.strike,
                row.expiration), row.quantity, row.open_price, row.close_price, row.realized,
                row.days_held, row.reason, strategy_label(row.strategy),
            )
            for row in found.value.rows
        ),
        provenance=found.provenance,
        numbered=True,
    )  # fmt: skip
