"""What is held now: theta, one position in full, or the list."""

from __future__ import annotations

from connectors.portfolio.position_results import ActivePositions, PositionDetails, ThetaReport
from mfa.answers.blocks import Block
from mfa.answers.compose.one_position import one_position
from mfa.answers.compose.position_list import position_list
from mfa.answers.compose.question import Question
from mfa.answers.compose.strategies import strategies, strategies_alone
from mfa.answers.compose.theta import theta
from mfa.answers.compose.wheel import wheel
from mfa.kernel.outcome import Found


def position_details(question: Question) -> list[Block]:
    """Theta, the wheel and strategies answer alone where they were asked for."""
    alone = wheel(question) or strategies_alone(question)
    if alone:
        return alone
    reports = list(question.found(ThetaReport))
    if reports:
        return [block for found in reports for block in theta(found, question)]
    blocks: list[Block] = []
    for details in question.found(PositionDetails):
        rows = details.value.rows
        if len(rows) == 1:
            blocks += one_position(Found(rows[0], details.provenance), question)
        else:
            listed = tuple(row.position for row in rows)
            blocks += position_list(listed, None, details.provenance, question)
    for active in question.found(ActivePositions):
        value = active.value
        blocks += position_list(value.rows, value.totals, active.provenance, question)
    return blocks + strategies(question)
