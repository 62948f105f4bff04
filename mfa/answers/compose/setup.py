"""One trade judged: the verdict, what it wins and loses, the case for and against, the figures."""

from __future__ import annotations

from decimal import Decimal

from connectors.setups.results import Setup
from mfa.answers.blocks import Block, Column, TableBlock, Unit
from mfa.answers.compose.any_result import tables
from mfa.answers.compose.question import Question, Writer, braced, iso
from mfa.answers.format import format_when
from mfa.kernel.outcome import Found

_SHOWN = ("measures", "parts", "legs")


def setup(question: Question) -> list[Block]:
    blocks: list[Block] = []
    for found in question.found(Setup):
        blocks += [_text(found).text(), _points(found), _figures(found)]
        made = tables(found.value, found.provenance)
        blocks += [made[name] for name in _SHOWN if name in made]
    return blocks


def _text(found: Found[Setup]) -> Writer:
    value = found.value
    writer = Writer(found.provenance)
    writer.say(f"**{braced(value.verdict)}**")
    brings = "brings" if value.net >= 0 else "costs"
    writer.say(
        f"This {value.strategy} {brings} {{net}} and ties up {{capital}}, {value.capital_words}."
        " It makes money with a chance of {chance}.",
        net=("Received" if value.net >= 0 else "Paid", abs(value.net), Unit.USD),
        capital=("Capital tied up", value.capital, Unit.USD),
        chance=("Chance of profit", value.chance_pct, Unit.PERCENT),
    )
    writer.say(
        "If the stock stays at {price} that is {back} in {days} days, {annual} a year.",
        price=("Stock", value.price, Unit.USD),
        back=("Return if the stock stays", value.return_pct, Unit.PERCENT),
        days=("Days", value.days, Unit.COUNT),
        annual=("A year", value.annual_pct, Unit.PERCENT),
    )
    _bounds(writer, value)
    for row in value.break_evens:
        word = "below" if row.away_pct < 0 else "above"
        writer.say(
            f"It breaks even at {{even}}, {{away}} {word} the price now.",
            even=("Break-even", row.price, Unit.USD),
            away=("From the price now", abs(row.away_pct), Unit.PERCENT),
        )
    writer.say(f"Prices are of {format_when(value.quoted_at)}; commissions are left out.")
    return writer


def _bounds(writer: Writer, value: Setup) -> None:
    if value.max_profit is None:
        writer.say(f"It can win {value.max_profit_words}.")
    else:
        writer.say(
            f"It wins at most {{most}}, {value.max_profit_words}.",
            most=("Most to win", value.max_profit, Unit.USD),
        )
    if value.max_loss is None:
        writer.say(f"**Its loss is {value.max_loss_words}.**")
    else:
        writer.say(
            f"It loses at most {{worst}}, {value.max_loss_words}.",
            worst=("Most to lose", abs(value.max_loss), Unit.USD),
        )


def _points(found: Found[Setup]) -> Block:
    writer = Writer(found.provenance)
    for title, points in (("For it", found.value.pros), ("Against it", found.value.cons)):
        if points:
            lines = "\n".join(f"- {braced(point.text)}" for point in points)
            writer.say(f"{title}:\n\n{lines}\n\n")
    return writer.text()


def _figures(found: Found[Setup]) -> TableBlock:
    value = found.value
    every: list[tuple[str, Decimal | float | str | None, Unit]] = [
        ("Trade", value.strategy, Unit.TEXT),
        ("Regulation T requirement", value.margin, Unit.USD),
        ("Buying power in a margin account", value.buying_power, Unit.USD),
        ("Theta", value.theta_per_day, Unit.USD_PER_DAY),
        ("Vega, per point", value.vega, Unit.USD),
        ("Delta, shares", value.delta, Unit.NUMBER),
        ("Gamma, shares per dollar", value.gamma, Unit.NUMBER),
        ("IV rank", value.iv_rank, Unit.NUMBER),
        ("Next report", iso(value.earnings), Unit.DATE),
    ]
    return TableBlock(
        title="Margin, Greeks, dates",
        columns=tuple(
            Column(key=f"figure_{i}", label=label, unit=unit)
            for i, (label, _, unit) in enumerate(every)
        ),
        rows=(tuple(each for _, each, _ in every),),
        provenance=found.provenance,
    )
