"""Calendar spreads: the best one found in a sentence and the list, or the one put together."""

from __future__ import annotations

from connectors.spreads.results import BuiltSpread, EvaluatedSpread, SpreadRow, SpreadScan
from mfa.answers.blocks import Block, ChartBlock, Column, Series, TableBlock, Unit
from mfa.answers.compose.question import Question, Writer, iso
from mfa.answers.format import counted
from mfa.kernel.outcome import Found

_COLUMNS = (
    Column(key="spread", label="Spread"),
    Column(key="score", label="Score", unit=Unit.NUMBER),
    Column(key="debit", label="Debit", unit=Unit.USD),
    Column(key="max_profit", label="Profit at most", unit=Unit.USD),
    Column(key="lower", label="Break-even below", unit=Unit.USD),
    Column(key="upper", label="Break-even above", unit=Unit.USD),
    Column(key="chance_pct", label="Chance of profit", unit=Unit.PERCENT),
    Column(key="front_iv_pct", label="Front IV", unit=Unit.PERCENT),
    Column(key="back_iv_pct", label="Back IV", unit=Unit.PERCENT),
    Column(key="forward_iv_pct", label="Forward volatility", unit=Unit.PERCENT),
    Column(key="earnings", label="Next report", unit=Unit.DATE),
)
_PARTS = (
    ("term_points", "Term structure, of 30"),
    ("reward_points", "Reward, of 20"),
    ("chance_points", "Chance, of 20"),
    ("liquidity_points", "Liquidity, of 20"),
    ("earnings_points", "Earnings, of 10"),
)
_LEGS = (
    Column(key="side", label="Leg"),
    Column(key="contract", label="Contract"),
    Column(key="bid", label="Bid", unit=Unit.USD),
    Column(key="ask", label="Ask", unit=Unit.USD),
    Column(key="iv_pct", label="IV", unit=Unit.PERCENT),
    Column(key="delta", label="Delta", unit=Unit.NUMBER),
    Column(key="open_interest", label="Open interest", unit=Unit.COUNT),
)
_DATES = (
    ("today", "Today"),
    ("first_third", "After a third of the time"),
    ("second_third", "After two thirds"),
    ("at_front", "At the front expiration"),
)


def calendars(question: Question) -> list[Block]:
    blocks: list[Block] = []
    for scan in question.found(SpreadScan):
        blocks += [_best(scan).text(), _list(scan), _scores(scan)]
    for built in question.found(BuiltSpread):
        blocks += [_built(built).text(), _legs(built)]
    for evaluated in question.found(EvaluatedSpread):
        blocks.append(surface_chart(evaluated))
    return blocks


def _best(found: Found[SpreadScan]) -> Writer:
    value, best = found.value, found.value.rows[0]
    writer = Writer(found.provenance)
    writer.say(
        "The best of {passed} that fit is the " + best.spread + ", with a score of {score}: it"
        " costs {debit} and makes at most {profit}. It wins between {lower} and {upper} at the"
        " front expiration, which has a chance of {chance}.",
        passed=("Within your limits", value.passed, Unit.COUNT),
        score=("Score", best.score, Unit.NUMBER),
        debit=("Debit", best.debit, Unit.USD),
        profit=("Profit at most", best.max_profit, Unit.USD),
        lower=("Break-even below", best.lower, Unit.USD),
        upper=("Break-even above", best.upper, Unit.USD),
        chance=("Chance of profit", best.chance_pct, Unit.PERCENT),
    )  # fmt: skip
    writer.say(
        "Its front option is priced at {front} volatility, its back one at {back}, and the time"
        " between them at {forward}.",
        front=("Front IV", best.front_iv_pct, Unit.PERCENT),
        back=("Back IV", best.back_iv_pct, Unit.PERCENT),
        forward=("Forward volatility", best.forward_iv_pct, Unit.PERCENT),
    )
    _report(writer, best)
    writer.say(
        "Looked at were {looked} pairs of " + counted(value.companies, "company", "companies")
        + ". Debits are at the far sides of the market; profit is at the front expiration, if the"
        " back option keeps its volatility. A score ranks, it is no advice.",
        looked=("Pairs looked at", value.looked_at, Unit.COUNT),
    )  # fmt: skip
    return writer


def _report(writer: Writer, best: SpreadRow | BuiltSpread) -> None:
    if best.earnings is None or best.earnings > best.back:
        return
    where = "between the two expirations" if best.between else "before the front expiration"
    writer.say(
        f"{best.symbol} reports on {{day}}, {where}.", day=("Next report", best.earnings, Unit.DATE)
    )


def _list(found: Found[SpreadScan]) -> TableBlock:
    return TableBlock(
        title="Calendar spreads",
        columns=_COLUMNS,
        rows=tuple(
            (
                row.spread, row.score, row.debit, row.max_profit, row.lower, row.upper,
                row.chance_pct, row.front_iv_pct, row.back_iv_pct, row.forward_iv_pct,
                iso(row.earnings),
            )
            for row in found.value.rows
        ),
        provenance=found.provenance,
        numbered=True,
    )  # fmt: skip


def _scores(found: Found[SpreadScan]) -> TableBlock:
    return TableBlock(
        title="What the scores are made of",
        columns=(
            Column(key="spread", label="Spread"),
            Column(key="score", label="Score", unit=Unit.NUMBER),
            *(Column(key=name, label=label, unit=Unit.NUMBER) for name, label in _PARTS),
        ),
        rows=tuple(
            (row.spread, row.score, *(getattr(row, name) for name, _ in _PARTS))
            for row in found.value.rows
        ),
        provenance=found.provenance,
        numbered=True,
    )


def _built(found: Found[BuiltSpread]) -> Writer:
    value, writer = found.value, Writer(found.provenance)
    writer.say(
        f"The {value.strategy} {value.spread} costs {{debit}} at the far sides of the market"
        " ({mid} at the midpoints), with the stock at {price}.",
        debit=("Debit", value.debit, Unit.USD),
        mid=("Debit at mid", value.mid_debit, Unit.USD),
        price=("Stock", value.price, Unit.USD),
    )
    writer.say(
        "At the front expiration it makes at most {profit}, with the stock at {at}, and loses at"
        " most {loss}; the chance of a profit is {chance}.",
        profit=("Profit at most", value.max_profit, Unit.USD),
        at=("With the stock at", value.at_price, Unit.USD),
        loss=("Loss at most", value.max_loss, Unit.USD),
        chance=("Chance of profit", value.chance_pct, Unit.PERCENT),
    )
    writer.say(
        "It breaks even at {lower} and {upper}.",
        lower=("Break-even below", value.lower, Unit.USD),
        upper=("Break-even above", value.upper, Unit.USD),
    )
    writer.say(
        "It collects {theta} and gains {vega} with each point of volatility.",
        theta=("Theta", value.theta, Unit.USD_PER_DAY),
        vega=("Vega", value.vega, Unit.USD),
    )
    _report(writer, value)
    return writer


def _legs(found: Found[BuiltSpread]) -> TableBlock:
    return TableBlock(
        title="Legs",
        columns=_LEGS,
        rows=tuple(
            (leg.side, leg.contract, leg.bid, leg.ask, leg.iv_pct, leg.delta, leg.open_interest)
            for leg in found.value.legs
        ),
        provenance=found.provenance,
    )


def surface_chart(found: Found[EvaluatedSpread]) -> ChartBlock:
    """Profit over the stock's price, a line for each date."""
    rows = found.value.surface
    return ChartBlock(
        title=f"Profit and loss of {found.value.spread}",
        kind="line",
        series=tuple(
            Series(
                name=label,
                x=tuple(float(row.price) for row in rows),
                y=tuple(float(getattr(row, name)) for row in rows),
            )
            for name, label in _DATES
        ),
        x_label="Stock",
        y_label="Profit",
        provenance=found.provenance,
    )
