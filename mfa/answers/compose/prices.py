"""The price now, its change since the last close, and both sides of the quote."""

from __future__ import annotations

from connectors.coins.results import PairQuoteRow
from connectors.portfolio.position_results import QuoteRow, Quotes
from mfa.answers.blocks import Block, Column, TableBlock, Unit
from mfa.answers.compose.question import Question, Writer
from mfa.kernel.outcome import Found

_COLUMNS = (
    Column(key="symbol", label="Symbol"),
    Column(key="last", label="Last", unit=Unit.USD),
    Column(key="change", label="Change", unit=Unit.USD),
    Column(key="change_pct", label="Change", unit=Unit.PERCENT),
    Column(key="bid", label="Bid", unit=Unit.USD),
    Column(key="ask", label="Ask", unit=Unit.USD),
    Column(key="previous_close", label="Previous close", unit=Unit.USD),
    Column(key="volume", label="Volume", unit=Unit.SHARES),
)


def price_quote(question: Question) -> list[Block]:
    blocks = _coins(question)
    for found in question.found(Quotes):
        writer = Writer(found.provenance)
        for row in found.value.rows:
            _say(writer, row, question)
        if writer:
            blocks.append(writer.text())
        if len(found.value.rows) > 1:
            blocks.append(_table(found))
    return blocks


def _coins(question: Question) -> list[Block]:
    blocks: list[Block] = []
    for found in question.found(PairQuoteRow):
        quote, writer = found.value, Writer(found.provenance)
        writer.say(
            f"{quote.pair} trades at {{last}} at {quote.exchange}; {{bid}} bid, {{ask}} asked.",
            last=(f"{quote.pair} price", quote.last, Unit.EXACT),
            bid=(f"{quote.pair} bid", quote.bid, Unit.EXACT),
            ask=(f"{quote.pair} ask", quote.ask, Unit.EXACT),
        )
        if found.provenance.computed and found.provenance.note:
            note = found.provenance.note
            writer.say(f"{note[0].upper()}{note[1:]}.")
        blocks.append(writer.text())
    return blocks


def _say(writer: Writer, row: QuoteRow, question: Question) -> None:
    direction = "down" if row.change < 0 else "up"
    writer.say(
        f"{row.symbol} trades at {{last}}, {direction} {{change}} ({{percent}}) from its last close"
        " of {previous}; {bid} bid, {ask} asked.",
        last=(f"{row.symbol} price", row.last, Unit.USD),
        change=(f"{row.symbol} change", abs(row.change), Unit.USD),
        percent=(f"{row.symbol} change", row.change_pct, Unit.PERCENT),
        previous=(f"{row.symbol} previous close", row.previous_close, Unit.USD),
        bid=(f"{row.symbol} bid", row.bid, Unit.USD),
        ask=(f"{row.symbol} ask", row.ask, Unit.USD),
    )
    if question.says("volume"):
        writer.say(
            "{volume} shares have traded today.",
            volume=(f"{row.symbol} volume", row.volume, Unit.SHARES),
        )


def _table(found: Found[Quotes]) -> TableBlock:
    return TableBlock(
        title="Quotes",
        columns=_COLUMNS,
        rows=tuple(
            (r.symbol, r.last, r.change, r.change_pct, r.bid, r.ask, r.previous_close, r.volume)
            for r in found.value.rows
        ),
        provenance=found.provenance,
        numbered=True,
    )
