"""One position in full: what it is, what it is worth, when it ends and what it can cost."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.portfolio.position_results import PositionDetail, PositionRow
from connectors.portfolio.shapes import strategy_label
from mfa.answers.blocks import Block, Column, TableBlock, Unit
from mfa.answers.compose.instruments import instrument_name
from mfa.answers.compose.question import Question, Value, Writer, braced
from mfa.answers.format import counted, format_value
from mfa.kernel.outcome import Found


def one_position(found: Found[PositionDetail], question: Question) -> list[Block]:
    detail, provenance = found.value, found.provenance
    writer = Writer(provenance)
    expiry_asked = question.says("expir\\w*|days left|how (?:long|many days)|when")
    if expiry_asked:
        _expiry(writer, detail.position)
    _holding(writer, detail.position)
    if not expiry_asked:
        _expiry(writer, detail.position)
    if detail.obligation:
        writer.say(braced(detail.obligation.rstrip(".") + "."))
    table = TableBlock(
        title=position_name(detail.position),
        columns=(Column(key="name", label=""), Column(key="value", label="Value")),
        rows=tuple((name, format_value(value, unit)) for name, value, unit in _facts(detail)),
        provenance=provenance,
    )
    return [writer.text(), table]


def position_name(row: PositionRow) -> str:
    return instrument_name(row.symbol, row.option_type, row.strike, row.expiration)


def _expiry(writer: Writer, row: PositionRow) -> None:
    if row.days_left is None:
        return
    when = {0: "today", 1: "tomorrow"}.get(row.days_left, "in {days} days")
    figures: dict[str, tuple[str, Value | None, Unit]] = {
        "date": ("Expiration", row.expiration, Unit.DATE)
    }
    if row.days_left > 1:
        figures["days"] = ("Days left", row.days_left, Unit.DAYS)
    name = f"{row.symbol} {row.option_type}"
    writer.say(f"Your {name} expires on {{date}}, {when}.", **figures)


def _holding(writer: Writer, row: PositionRow) -> None:
    amount = abs(row.quantity)
    noun = counted(amount, "share") if row.option_type is None else counted(amount, "contract")
    verb = "hold" if row.quantity > 0 else "are short"
    writer.say(
        f"You {verb} {noun} of {position_name(row)}, opened at {{price}}.",
        price=("Average price", row.average_price, Unit.USD),
    )
    writer.say(
        "It is marked at {mark}, worth {value}, with {profit} unrealised.",
        mark=("Mark", row.mark, Unit.USD),
        value=("Position value", row.value, Unit.USD),
        profit=("Unrealised profit", row.unrealized, Unit.USD),
    )
    if row.option_type is not None and row.in_the_money is not None:
        place = "in" if row.in_the_money else "out of"
        writer.say(
            f"{row.symbol} is at {{underlying}}, so it is {{moneyness}} {place} the money.",
            underlying=(f"{row.symbol} price", row.underlying_price, Unit.USD),
            moneyness=("Moneyness", _absolute(row.moneyness_pct), Unit.PERCENT),
        )


def _absolute(value: float | None) -> float | None:
    return None if value is None else abs(value)


def _facts(detail: PositionDetail) -> Iterator[tuple[str, Value | None, Unit]]:
    row = detail.position
    yield "Strategy", strategy_label(row.strategy), Unit.TEXT
    yield "Opened", row.opened_at, Unit.TIME
    yield "Unrealised", row.unrealized_pct, Unit.PERCENT
    yield "Change today", row.day_change, Unit.USD
    yield "Break-even", detail.break_even, Unit.USD
    unlimited = "unlimited" if row.option_type is not None or row.quantity > 0 else None
    yield "Maximum profit", *_or_text(detail.max_profit, unlimited)
    yield "Maximum loss", *_or_text(detail.max_loss, "unlimited")
    if row.option_type is None:
        yield from _events(detail)
        return
    yield "Maximum profit kept", row.max_profit_pct, Unit.PERCENT
    in_the_money = detail.probability_in_the_money
    chance = None if in_the_money is None else 100 * in_the_money
    yield "Probability in the money", chance, Unit.PERCENT
    volatility = None if row.implied_volatility is None else 100 * row.implied_volatility
    yield "Implied volatility", volatility, Unit.PERCENT
    yield "Extrinsic value", row.extrinsic_value, Unit.USD
    yield "Delta, in shares", row.delta, Unit.NUMBER
    yield "Gamma", row.gamma, Unit.NUMBER
    yield "Theta", row.theta, Unit.USD_PER_DAY
    yield "Vega per point", row.vega, Unit.USD
    yield from _events(detail)


def _or_text(value: Value | None, text: str | None) -> tuple[Value | None, Unit]:
    return (text, Unit.TEXT) if value is None else (value, Unit.USD)


def _events(detail: PositionDetail) -> Iterator[tuple[str, Value | None, Unit]]:
    if detail.next_earnings is not None:
        yield "Next earnings", detail.next_earnings.day, Unit.DATE
    if detail.ex_dividend is not None:
        yield "Ex-dividend", detail.ex_dividend.day, Unit.DATE
        yield "Dividend per share", detail.ex_dividend.amount, Unit.USD
