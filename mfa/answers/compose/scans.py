"""What the premium scanner and the stock database found: a sentence, then the list."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

from connectors.premium.results import PremiumRow, Premiums
from connectors.stocks.results import Screened, StockRow, StockStats
from mfa.answers.blocks import Block, Column, TableBlock, Unit
from mfa.answers.compose.any_result import any_result, tables
from mfa.answers.compose.question import Question, Writer, braced, iso
from mfa.answers.format import counted, format_when
from mfa.kernel.outcome import Found

Row: TypeAlias = tuple[Decimal | float | int | str | None, ...]
_TRADES = (
    Column(key="trade", label="Trade"),
    Column(key="premium", label="Received", unit=Unit.USD),
    Column(key="capital", label="Capital", unit=Unit.USD),
    Column(key="annual_pct", label="A year", unit=Unit.PERCENT),
    Column(key="chance_pct", label="Chance", unit=Unit.PERCENT),
    Column(key="break_evens", label="Profit"),
    Column(key="expected", label="Expected", unit=Unit.USD),
    Column(key="score", label="Score", unit=Unit.NUMBER),
)
_STOCKS = (
    Column(key="symbol", label="Symbol"),
    Column(key="price", label="Price", unit=Unit.USD),
    Column(key="change_pct", label="Today", unit=Unit.PERCENT),
    Column(key="iv_rank", label="IV rank", unit=Unit.NUMBER),
    Column(key="rsi", label="RSI", unit=Unit.NUMBER),
    Column(key="sma50", label="50-day"),
    Column(key="sma200", label="200-day"),
    Column(key="from_high_pct", label="Under high", unit=Unit.PERCENT),
    Column(key="yield_pct", label="Yield", unit=Unit.PERCENT),
    Column(key="pe", label="P/E", unit=Unit.NUMBER),
    Column(key="as_of", label="Of", unit=Unit.DATE),
)


def premiums(question: Question) -> list[Block]:
    blocks: list[Block] = []
    for found in question.found(Premiums):
        blocks += [_best(found).text(), _trades(found)]
    return blocks


def _best(found: Found[Premiums]) -> Writer:
    value, best = found.value, found.value.rows[0]
    writer = Writer(found.provenance)
    brings = "brings" if best.premium >= 0 else "costs"
    article = "an" if best.strategy[0] in "aeiou" else "a"
    writer.say(
        f"The best of {{passed}} trades, by {value.ranked_by}, is {article} {best.strategy}: "
        f"{braced(best.trade)}. It {brings} {{premium}} for {{capital}} of capital, {{annual}} a"
        " year if the stock stays, with a chance of profit of {chance}.",
        passed=("Within your limits", value.passed, Unit.COUNT),
        premium=("Received", abs(best.premium), Unit.USD),
        capital=("Capital", best.capital, Unit.USD),
        annual=("A year if the stock stays", best.annual_pct, Unit.PERCENT),
        chance=("Chance of profit", best.chance_pct, Unit.PERCENT),
    )
    writer.say(
        "Looked at were {looked} contracts of " + counted(value.companies, "company", "companies")
        + ", which make {built} trades, each at the far side of its quotes. Expected is the profit"
        " at expiration if the stock moves as in the last year. A score ranks, it is no advice.",
        looked=("Contracts looked at", value.looked_at, Unit.COUNT),
        built=("Trades built", value.built, Unit.COUNT),
    )  # fmt: skip
    return writer


def _trades(found: Found[Premiums]) -> TableBlock:
    return TableBlock(
        title="Premium",
        columns=_TRADES,
        rows=tuple(_trade(row) for row in found.value.rows),
        provenance=found.provenance,
        numbered=True,
    )


def _trade(row: PremiumRow) -> Row:
    name = row.trade if row.max_loss is not None else f"{row.trade} (UNDEFINED RISK)"
    return (
        name, row.premium, row.capital, row.annual_pct, row.chance_pct, row.break_evens,
        row.expected, row.score,
    )  # fmt: skip


def stock_database(question: Question) -> list[Block]:
    """What is followed, or who of them passes."""
    blocks: list[Block] = []
    for stats in question.found(StockStats):
        blocks.append(_followed(stats).text())
        blocks += tables(stats.value, stats.provenance).values()
    for found in question.found(Screened):
        writer = Writer(found.provenance)
        writer.say(
            "{passed} of {looked} companies in the stock database "
            + ("passes." if found.value.passed == 1 else "pass."),
            passed=("Within your limits", found.value.passed, Unit.COUNT),
            looked=("Companies looked at", found.value.looked_at, Unit.COUNT),
        )
        blocks += [writer.text(), _companies(found)]
    return blocks or any_result(question)


def _followed(found: Found[StockStats]) -> Writer:
    value = found.value
    writer = Writer(found.provenance)
    writer.say(
        "The stock database holds {count} companies of {sectors} sectors.",
        count=("Companies followed", value.count, Unit.COUNT),
        sectors=("Sectors", value.sectors, Unit.COUNT),
    )
    if value.newest is not None:
        writer.say(
            "{current} have figures of now; the newest are of " + format_when(value.newest) + ".",
            current=("With figures of now", value.current, Unit.COUNT),
        )
    if value.untaken:
        writer.say(
            "{untaken} have none yet: a screening takes them.",
            untaken=("Without figures yet", value.untaken, Unit.COUNT),
        )
    return writer


def _companies(found: Found[Screened]) -> TableBlock:
    return TableBlock(
        title="Companies",
        columns=_STOCKS,
        rows=tuple(_company(row) for row in found.value.rows),
        provenance=found.provenance,
        numbered=True,
    )


def _company(row: StockRow) -> Row:
    return (
        row.symbol, row.price, row.change_pct, row.iv_rank, row.rsi, row.sma50, row.sma200,
        row.from_high_pct, row.yield_pct, row.pe, iso(row.as_of),
    )  # fmt: skip
