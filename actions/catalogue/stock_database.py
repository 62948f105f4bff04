"""Following companies in the stock database."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from actions.action import (
    Action,
    ActionContext,
    ActionParams,
    ActionResult,
    ActionType,
    PermissionLevel,
    ReversibleFor,
    RiskClass,
)
from actions.answers import found
from connectors.portfolio.params import Symbols
from connectors.stocks.results import Added
from mfa.data.events import DataEvent
from mfa.kernel.cards import CardFacts, Receipt
from mfa.store.stocks import StockRepository


class Stocks(ActionParams):
    symbols: Symbols = Field(min_length=1, description="Tickers to follow.")


def _facts(context: ActionContext, params: Stocks) -> CardFacts:
    del context
    return CardFacts(title=f"Add {', '.join(params.symbols)} to the stock database")


def _add(context: ActionContext, params: Stocks) -> ActionResult:
    asked = {"symbols": list(params.symbols)}
    answer = found(
        Added, context.means.data.query("database_scan", "add_stock", asked, user=context.user)
    )
    added = [row.symbol for row in answer.value.rows if row.result == "added"]
    told = [f"{row.symbol}: {row.result}." for row in answer.value.rows]
    return ActionResult(message=" ".join(told), details={"added": added})


def _remove(context: ActionContext, receipt: Receipt) -> ActionResult:
    symbols = receipt.details["added"]
    stocks = StockRepository(context.database)
    gone = found(tuple, stocks.remove_stocks(context.user, context.mode.value, symbols)).value
    context.means.data.invalidate(DataEvent.STOCKS_CHANGED)
    if not gone:
        return ActionResult(message="Nothing was left to take out of the stock database.")
    return ActionResult(message=f"{', '.join(gone)} followed no more.")


ADD_STOCK: Final = Action(
    name="add_stock", kind=ActionType.KEEP, permission=PermissionLevel.USER, params=Stocks,
    risk=RiskClass.LOW, needs_card=False, hourly_limit=120,
    description="Follow companies in the stock database.",
    examples=("Add SOFI to the database",), undoing=ReversibleFor(24 * 60), facts=_facts, run=_add,
    undo=_remove,
)  # fmt: skip
