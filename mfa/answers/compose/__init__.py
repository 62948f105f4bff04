"""From a question's outcomes to its answer: one composer for each intent, in one table.

The answer comes first, in one sentence with the figures asked for; then the table or chart; then
what could not be had. An intent without a composer of its own is answered by `any_result`. A
composer only words what was found: it fetches and computes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mfa.answers.blocks import Block, NoticeBlock
from mfa.answers.compose.allocation import allocation
from mfa.answers.compose.any_result import any_result
from mfa.answers.compose.assignment import assignment_check
from mfa.answers.compose.calendars import calendars
from mfa.answers.compose.candidates import candidates
from mfa.answers.compose.conversation import (
    greeting,
    help_,
    missing_slot,
    nothing_open,
    unclear,
    unknown,
    unplanned,
)
from mfa.answers.compose.education import education
from mfa.answers.compose.memory import memory
from mfa.answers.compose.notices import notices
from mfa.answers.compose.portfolio_status import portfolio_status
from mfa.answers.compose.position_details import position_details
from mfa.answers.compose.prices import price_quote
from mfa.answers.compose.profit_loss import profit_loss
from mfa.answers.compose.profit_targets import profit_target_check
from mfa.answers.compose.question import Answered, Composer, Question
from mfa.answers.compose.rating import stock_rating
from mfa.answers.compose.scans import premiums, stock_database
from mfa.answers.compose.settings import settings
from mfa.answers.compose.setup import setup
from mfa.answers.compose.trade_history import trade_history
from mfa.answers.compose.watchlists import sync, watchlist
from mfa.language.understanding import UNKNOWN

__all__ = ["COMPOSERS", "Answered", "Question", "compose"]

COMPOSERS: Final[Mapping[str, Composer]] = {
    "portfolio_status": portfolio_status,
    "profit_loss": profit_loss,
    "trade_history": trade_history,
    "position_details": position_details,
    "profit_target_check": profit_target_check,
    "assignment_check": assignment_check,
    "price_quote": price_quote,
    "get_stock_rating": stock_rating,
    "change_setting": settings,
    "remember": memory,
    "recall_memory": memory,
    "forget_memory": memory,
    "explain_concept": education,
    "learn_strategy": education,
    "find_csp_opportunity": candidates,
    "find_covered_call": candidates,
    "scan_watchlist": watchlist,
    "evaluate_trade": setup,
    "scan_premium": premiums,
    "scan_database": stock_database,
    "sync_tradingview": sync,
    "find_calendar_spread": calendars,
    "analyze_sectors": allocation,
    "greeting": greeting,
    "help": help_,
    "unknown": unknown,
    "confirm": nothing_open,
    "decline": nothing_open,
}


def compose(question: Question) -> list[Block]:
    """The blocks of the answer; never none."""
    understood = question.understanding
    if question.proposed_by is not None:
        return [*any_result(question), *notices(question)]
    if understood.intent != UNKNOWN and not question.language.is_clear(understood):
        return unclear(question)
    if understood.missing and not question.cards:
        return missing_slot(question)
    if question.unplanned is not None:
        return unplanned(question)
    blocks: list[Block] = []
    for intent in understood.intents:
        if intent in COMPOSERS:
            blocks += [b for b in COMPOSERS[intent](question) if b not in blocks]
    if any(intent not in COMPOSERS for intent in understood.intents):
        blocks += any_result(question, told=blocks)
    blocks += question.cards
    blocks += notices(question)
    return blocks or [NoticeBlock(level="info", text="There is nothing to say about that.")]
