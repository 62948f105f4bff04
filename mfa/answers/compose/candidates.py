"""Contracts worth selling: the best one in a sentence, the list, and what each score is made of."""

from __future__ import annotations

from connectors.screening.results import Candidate, Candidates
from mfa.answers.blocks import Block, Column, TableBlock, Unit
from mfa.answers.compose.question import Question, Writer, iso
from mfa.answers.format import counted
from mfa.kernel.outcome import Found

_COLUMNS = (
    Column(key="contract", label="Contract"),
    Column(key="score", label="Score", unit=Unit.NUMBER),
    Column(key="premium", label="Premium", unit=Unit.USD),
    Column(key="capital", label="Capital", unit=Unit.USD),
    Column(key="annual_pct", label="A year", unit=Unit.PERCENT),
    Column(key="chance_pct", label="Chance of profit", unit=Unit.PERCENT),
    Column(key="delta", label="Delta", unit=Unit.NUMBER),
    Column(key="break_even", label="Break-even", unit=Unit.USD),
    Column(key="earnings", label="Next report", unit=Unit.DATE),
)
_PARTS = (
    ("return_points", "Return, of 25"),
    ("chance_points", "Chance, of 20"),
    ("distance_points", "Distance, of 10"),
    ("rank_points", "IV rank, of 10"),
    ("liquidity_points", "Liquidity, of 15"),
    ("trend_points", "Trend, of 10"),
    ("earnings_points", "Earnings, of 5"),
    ("assignment_points", "Assignment, of 5"),
)


def candidates(question: Question) -> list[Block]:
    blocks: list[Block] = []
    for found in question.found(Candidates):
        blocks += [_text(found).text(), _table(found), _scores(found)]
    return blocks


def _text(found: Found[Candidates]) -> Writer:
    value, best = found.value, found.value.rows[0]
    writer = Writer(found.provenance)
    writer.say(
        "The best of {passed} that fit is the " + best.contract + ", with a score of {score}:"
        " {premium} for one contract that ties up {capital}, {annual} a year, {chance} chance of"
        " profit.",
        passed=("Within your limits", value.passed, Unit.COUNT),
        score=("Score", best.score, Unit.NUMBER),
        premium=("Premium of one contract", best.premium, Unit.USD),
        capital=("Capital", best.capital, Unit.USD),
        annual=("Annual return", best.annual_pct, Unit.PERCENT),
        chance=("Chance of profit", best.chance_pct, Unit.PERCENT),
    )  # fmt: skip
    writer.say(
        "Looked at were {looked} " + value.strategy + " of " + counted(value.companies, "company",
        "companies") + ". Premiums are at the bid; a score ranks, it is no advice.",
        looked=("Contracts looked at", value.looked_at, Unit.COUNT),
    )  # fmt: skip
    return writer


def _table(found: Found[Candidates]) -> TableBlock:
    return TableBlock(
        title=found.value.strategy.capitalize(),
        columns=_COLUMNS,
        rows=tuple(
            (
                row.contract, row.score, row.premium, row.capital, row.annual_pct, row.chance_pct,
                row.delta, row.break_even, iso(row.earnings),
            )
            for row in found.value.rows
        ),
        provenance=found.provenance,
        numbered=True,
    )  # fmt: skip


def _scores(found: Found[Candidates]) -> TableBlock:
    return TableBlock(
        title="What the scores are made of",
        columns=(
            Column(key="contract", label="Contract"),
            Column(key="score", label="Score", unit=Unit.NUMBER),
            *(Column(key=name, label=label, unit=Unit.NUMBER) for name, label in _PARTS),
            Column(key="iv_rank", label="IV rank", unit=Unit.NUMBER),
            Column(key="rating", label="Rating", unit=Unit.NUMBER),
        ),
        rows=tuple(_score_row(row) for row in found.value.rows),
        provenance=found.provenance,
        numbered=True,
    )


def _score_row(row: Candidate) -> tuple[str | float | None, ...]:
    parts = [getattr(row, name) for name, _ in _PARTS]
    return (row.contract, row.score, *parts, row.iv_rank, row.rating)
