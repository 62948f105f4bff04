"""Following companies in the stock database, and following them no more."""

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
from mfa.kernel.errors import InputError
from mfa.kernel.market import Listing
from mfa.kernel.stocks import Stock
from mfa.store.stocks import StockRepository


class Stocks(ActionParams):
    symbols: Symbols = Field(min_length=1, description="Tickers of companies.")


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


def _drop_facts(context: ActionContext, params: Stocks) -> CardFacts:
    del context
    return CardFacts(title=f"Take {', '.join(params.symbols)} out of the stock database")


def _drop(context: ActionContext, params: Stocks) -> ActionResult:
    user, mode = context.user, context.mode.value
    stocks = StockRepository(context.database)
    followed: tuple[Stock, ...] = found(tuple, stocks.stocks(user, mode)).value
    meant = [each for each in followed if each.symbol in params.symbols]
    if not meant:
        raise InputError(f"{', '.join(params.symbols)} is not in the stock database.")
    symbols = [each.symbol for each in meant]
    gone: tuple[str, ...] = found(tuple, stocks.remove_stocks(user, mode, symbols)).value
    context.means.data.invalidate(DataEvent.STOCKS_CHANGED)
    missing = [each for each in params.symbols if each not in gone]
    told = f" {', '.join(missing)} was not in it." if missing else ""
    return ActionResult(
        message=f"{', '.join(gone)} followed no more.{told}",
        details={"gone": [[each.symbol, each.name, each.sector] for each in meant]},
    )


def _follow_again(context: ActionContext, receipt: Receipt) -> ActionResult:
    listings = [
        Listing(symbol=symbol, name=name, sector=sector)
        for symbol, name, sector in receipt.details["gone"]
    ]
    stocks = StockRepository(context.database)
    back: tuple[str, ...] = found(
        tuple, stocks.add_stocks(context.user, context.mode.value, listings)
    ).value
    context.means.data.invalidate(DataEvent.STOCKS_CHANGED)
    if not back:
        return ActionResult(message="All of it was in the stock database already.")
    return ActionResult(message=f"{', '.join(back)} followed again.")


REMOVE_STOCK: Final = Action(
    name="remove_stock", kind=ActionType.KEEP, permission=PermissionLevel.USER, params=Stocks,
    risk=RiskClass.LOW, needs_card=False, hourly_limit=120,
    description="Follow companies in the stock database no more.",
    examples=("Remove SOFI from the database",), undoing=ReversibleFor(24 * 60),
    facts=_drop_facts, run=_drop, undo=_follow_again,
)  # fmt: skip
