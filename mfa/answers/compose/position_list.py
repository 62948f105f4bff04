"""The positions held, narrowed by what the question names: a period, days left, winners."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from connectors.portfolio.position_results import PositionRow, PositionTotals
from connectors.portfolio.shapes import strategy_label
from mfa.answers.blocks import Block, Column, NoticeBlock, TableBlock, Unit
from mfa.answers.compose.one_position import position_name
from mfa.answers.compose.periods import period_words
from mfa.answers.compose.question import Question, Writer, iso
from mfa.kernel.money import ZERO
from mfa.kernel.outcome import Provenance

_COLUMNS = (
    Column(key="name", label="Position"),
    Column(key="quantity", label="Quantity", unit=Unit.COUNT),
    Column(key="average_price", label="Opened at", unit=Unit.USD),
    Column(key="mark", label="Mark", unit=Unit.USD),
    Column(key="value", label="Value", unit=Unit.USD),
    Column(key="unrealized", label="Unrealised", unit=Unit.USD),
    Column(key="days_left", label="Days left", unit=Unit.DAYS),
    Column(key="expiration", label="Expires", unit=Unit.DATE),
    Column(key="theta", label="Theta", unit=Unit.USD_PER_DAY),
    Column(key="strategy", label="Strategy"),
)
Test = Callable[[PositionRow], bool]


def position_list(
    rows: Sequence[PositionRow],
    totals: PositionTotals | None,
    provenance: Provenance,
    question: Question,
) -> list[Block]:
    tests, words = _narrowed(question)
    kept = [row for row in rows if all(test(row) for test in tests)]
    if not kept:
        return [NoticeBlock(level="info", text=f"You hold no positions{words}.")]
    limit = question.slot("limit")
    shown = sorted(kept, key=_by_expiry)[: limit or None]
    whole = totals if totals is not None and len(kept) == len(rows) else None
    text = _text(kept, whole, words, provenance)
    return [text.text(), _table(shown, provenance)]


def _narrowed(question: Question) -> tuple[list[Test], str]:
    """Filters that the question names and its query did not apply, and how to say them."""
    tests: list[Test] = []
    words = ""
    start, end = (_day(question.slot(name)) for name in ("start_date", "end_date"))
    if start or end:
        tests.append(lambda row: _within(row.expiration, start, end))
        words += f" expiring{period_words(start, end)}"
    days = question.slot("dte")
    if days is not None:
        least, most = days
        tests.append(lambda row: row.days_left is not None and least <= row.days_left <= most)
        words += (
            f" with {least} to {most} days left" if least != most else f" with {most} days left"
        )
    match question.slot("outcome"):
        case "winners":
            tests.append(lambda row: row.unrealized is not None and row.unrealized > 0)
            words += " in profit"
        case "losers":
            tests.append(lambda row: row.unrealized is not None and row.unrealized < 0)
            words += " at a loss"
    if not tests and question.says("options|contracts|puts|calls"):
        tests.append(lambda row: row.option_type is not None)
        words += " in options"
    return tests, words


def _text(
    rows: Sequence[PositionRow], totals: PositionTotals | None, words: str, provenance: Provenance
) -> Writer:
    writer = Writer(provenance)
    priced = [row for row in rows if row.unrealized is not None and row.value is not None]
    noun = "position" if len(rows) == 1 else "positions"
    writer.say(f"You hold {{count}} {noun}{words}.", count=("Positions", len(rows), Unit.COUNT))
    value = totals.value if totals else sum((r.value for r in priced if r.value), ZERO)
    open_profit = (
        totals.unrealized if totals else sum((r.unrealized for r in priced if r.unrealized), ZERO)
    )
    if priced:
        left_out = len(rows) - len(priced)
        together = "It is" if len(rows) == 1 else "Together they are"
        without = f" ({left_out} without a price left out)" if left_out else ""
        writer.say(
            f"{together} worth {{value}}, with {{profit}} unrealised{without}.",
            value=("Positions value", value, Unit.USD),
            profit=("Unrealised profit", open_profit, Unit.USD),
        )
    if totals is not None:
        writer.say("Theta is {theta}.", theta=("Theta", totals.theta, Unit.USD_PER_DAY))
    expiring = [row for row in rows if row.expiration is not None]
    if expiring:
        first = min(expiring, key=_by_expiry)
        writer.say(
            f"The next to expire is the {position_name(first)}, on {{date}}.",
            date=("Next expiration", first.expiration, Unit.DATE),
        )
    return writer


def _table(rows: Sequence[PositionRow], provenance: Provenance) -> TableBlock:
    return TableBlock(
        title="Positions",
        columns=_COLUMNS,
        rows=tuple(
            (
                position_name(r), r.quantity, r.average_price, r.mark, r.value, r.unrealized,
                r.days_left, iso(r.expiration), r.theta, strategy_label(r.strategy),
            )
            for r in rows
        ),
        provenance=provenance,
        numbered=True,
    )  # fmt: skip


def _by_expiry(row: PositionRow) -> tuple[date, str]:
    return row.expiration or date.max, row.instrument


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _within(day: date | None, start: date | None, end: date | None) -> bool:
    return day is not None and (start is None or start <= day) and (end is None or day <= end)
