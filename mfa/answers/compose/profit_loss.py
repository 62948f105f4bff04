"""What was made or lost over a period, where it came from, and what is still open."""

from __future__ import annotations

from connectors.portfolio.account_results import ProfitGroup, ProfitLoss
from mfa.answers.blocks import Block, ChartBlock, Column, Series, TableBlock, Unit
from mfa.answers.compose.periods import period_words
from mfa.answers.compose.question import Question, Writer
from mfa.answers.format import counted, listed
from mfa.kernel.outcome import Found, Provenance


def profit_loss(question: Question) -> list[Block]:
    blocks: list[Block] = []
    for found in question.found(ProfitLoss):
        value = found.value
        blocks.append(_text(question, found).text())
        if value.by_symbol:
            blocks.append(_table("By symbol", "Symbol", value.by_symbol, found.provenance))
        if len(value.by_month) > 1:
            blocks.append(_months(value.by_month, found.provenance))
    return blocks


def _text(question: Question, found: Found[ProfitLoss]) -> Writer:
    value = found.value
    writer = Writer(found.provenance)
    period = period_words(value.start_date, value.end_date)
    on = f" on {listed(value.symbols)}" if value.symbols else ""
    if question.says("unreali[sz]ed|open profit|paper (?:profit|gain|loss)s?"):
        writer.say(
            "Your open positions" + on + " stand at {unrealized} unrealised.",
            unrealized=("Unrealised profit now", value.unrealized_now, Unit.USD),
        )
    writer.say(
        ("You lost {booked}" if value.booked < 0 else "You made {booked}") + f"{on}{period}:"
        " {realized} from " + counted(value.trades, "closed trade") + ", {dividends} in dividends"
        " and {interest} in interest.",
        booked=("Booked profit", abs(value.booked), Unit.USD),
        realized=("Realised profit", value.realized, Unit.USD),
        dividends=("Dividends", value.dividends, Unit.USD),
        interest=("Interest", value.interest, Unit.USD),
    )
    if value.trades:
        writer.say(
            "{wins} of the trades won and {losses} lost.",
            wins=("Winning trades", value.wins, Unit.COUNT),
            losses=("Losing trades", value.losses, Unit.COUNT),
        )
        even = value.trades - value.wins - value.losses
        if even > 0:
            writer.say("{even} broke even.", even=("Trades without gain", even, Unit.COUNT))
    writer.say(
        "With the change of open positions the total is {total}.",
        total=("Total profit", value.total, Unit.USD),
    )
    if not question.says("unreali[sz]ed"):
        writer.say(
            "Positions held now stand at {unrealized} unrealised.",
            unrealized=("Unrealised profit now", value.unrealized_now, Unit.USD),
        )
    return writer


def _table(
    title: str, label: str, groups: tuple[ProfitGroup, ...], provenance: Provenance
) -> TableBlock:
    return TableBlock(
        title=title,
        columns=(
            Column(key="key", label=label),
            Column(key="realized", label="Realised", unit=Unit.USD),
            Column(key="trades", label="Trades", unit=Unit.COUNT),
            Column(key="wins", label="Wins", unit=Unit.COUNT),
        ),
        rows=tuple((group.key, group.realized, group.trades, group.wins) for group in groups),
        provenance=provenance,
    )


def _months(months: tuple[ProfitGroup, ...], provenance: Provenance) -> ChartBlock:
    ordered = sorted(months, key=lambda group: group.key)
    return ChartBlock(
        title="Realised profit by month",
        kind="bar",
        series=(
            Series(
                name="Realised",
                x=tuple(group.key for group in ordered),
                y=tuple(float(group.realized) for group in ordered),
            ),
        ),
        y_unit=Unit.USD,
        provenance=provenance,
    )
