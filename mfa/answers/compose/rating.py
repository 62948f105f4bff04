"""A company's rating: the verdict first, then what it is made of, then what is not in it."""

from __future__ import annotations

from connectors.ratings.results import StockRating
from mfa.answers.blocks import Block, Column, NoticeBlock, TableBlock, Unit
from mfa.answers.compose.question import Question, Writer
from mfa.kernel.outcome import Found

_COLUMNS = (
    Column(key="group", label="About"),
    Column(key="part", label="Part"),
    Column(key="points", label="Points", unit=Unit.NUMBER),
    Column(key="weight", label="Of", unit=Unit.NUMBER),
    Column(key="reason", label="Because"),
    Column(key="rule", label="Rule"),
)
_NAMED = 3


def stock_rating(question: Question) -> list[Block]:
    blocks: list[Block] = []
    for found in question.found(StockRating):
        blocks += [_text(found).text(), _table(found)]
        if found.value.missing:
            blocks.append(NoticeBlock(level="info", text=_missing(found.value)))
    return blocks


def _text(found: Found[StockRating]) -> Writer:
    value = found.value
    writer = Writer(found.provenance)
    writer.say(
        f"{value.symbol} at {{price}} rates {{rating}} of 100: **{value.verdict}**,"
        f" {value.outlook}.",
        price=(f"{value.symbol} price", value.price, Unit.USD),
        rating=(f"{value.symbol} rating", value.rating, Unit.NUMBER),
    )
    if value.fundamental is None:
        writer.say("It rests on prices alone: no source tells the company's figures here.")
    else:
        writer.say(
            "Prices alone give {technical}, the company's figures {fundamental}.",
            technical=("By prices alone", value.technical, Unit.NUMBER),
            fundamental=("By the company's figures", value.fundamental, Unit.NUMBER),
        )
    best = max(value.parts, key=lambda part: part.points / part.weight)
    worst = min(value.parts, key=lambda part: part.points / part.weight)
    writer.say(
        f"Strongest part: {best.part} ({{best}} of {{of}} points); weakest: {worst.part}"
        " ({worst} of {out}).",
        best=(best.part, best.points, Unit.NUMBER),
        of=("Weight", best.weight, Unit.NUMBER),
        worst=(worst.part, worst.points, Unit.NUMBER),
        out=("Weight", worst.weight, Unit.NUMBER),
    )
    writer.say("It follows fixed rules, each shown below; it is no advice.")
    return writer


def _missing(value: StockRating) -> str:
    """By reason: what one source lacks is said once."""
    reasons: dict[str, list[str]] = {}
    for line in value.missing:
        name, _, reason = line.partition(": ")
        reasons.setdefault(reason, []).append(name)
    told = []
    for reason, names in reasons.items():
        rest = len(names) - _NAMED
        more = f" and {rest} more" if rest > 0 else ""
        told.append(f"{', '.join(names[:_NAMED])}{more} ({reason.rstrip('.')})")
    return f"Not in the rating of {value.symbol}: {'; '.join(told)}."


def _table(found: Found[StockRating]) -> TableBlock:
    return TableBlock(
        title=f"What the rating of {found.value.symbol} is made of",
        columns=_COLUMNS,
        rows=tuple(
            (row.group, row.part, row.points, row.weight, row.reason, row.rule)
            for row in found.value.parts
        ),
        provenance=found.provenance,
    )
