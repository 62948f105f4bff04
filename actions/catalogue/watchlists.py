"""Changes to the person's own watchlists. Each is kept with what undoing it needs; undoing takes
back exactly what was done and leaves alone what was changed since."""

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
from connectors.portfolio.params import Symbols
from mfa.data.events import DataEvent
from mfa.kernel.cards import CardFacts, Receipt, ResultStatus
from mfa.kernel.errors import InputError
from mfa.kernel.outcome import Found
from mfa.kernel.watchlists import Watchlist
from mfa.store.watchlists import WatchlistRepository

_A_DAY: Final = ReversibleFor(24 * 60)
_HOURLY: Final = 120


class ListSymbols(ActionParams):
    watchlist: str = Field(min_length=1, max_length=60, description="The list's name.")
    symbols: Symbols = Field(min_length=1, description="Tickers.")


class NewList(ActionParams):
    watchlist: str = Field(min_length=1, max_length=60, description="The new list's name.")
    symbols: Symbols = Field(default=(), description="Tickers to begin with.")


def _lists(context: ActionContext) -> WatchlistRepository:
    return WatchlistRepository(context.database)


def _one(context: ActionContext, name: str) -> Watchlist:
    """The list of that name, whatever its case. `InputError` when there is none."""
    outcome = _lists(context).watchlists(context.user)
    if not isinstance(outcome, Found):
        raise InputError(getattr(outcome, "message", "Your watchlists could not be read."))
    for each in outcome.value:
        if each.name.casefold() == " ".join(name.split()).casefold():
            return each
    names = ", ".join(each.name for each in outcome.value) or "none yet"
    raise InputError(f"You have no list {name!r}.", f"Yours are: {names}.")


def _changed(context: ActionContext) -> None:
    context.means.data.invalidate(DataEvent.WATCHLIST_CHANGED)


def _said(symbols: tuple[str, ...] | list[str]) -> str:
    return ", ".join(symbols)


def _are(symbols: tuple[str, ...]) -> str:
    return f"{_said(symbols)} {'is' if len(symbols) == 1 else 'are'}"


def _add_facts(context: ActionContext, params: ListSymbols) -> CardFacts:
    found = _one(context, params.watchlist)
    return CardFacts(
        title=f"Add {_said(params.symbols)} to {found.name}", warnings=_followed(found)
    )


def _add(context: ActionContext, params: ListSymbols) -> ActionResult:
    added = _lists(context).add(context.user, params.watchlist, params.symbols)
    _changed(context)
    there = tuple(symbol for symbol in params.symbols if symbol not in added)
    told = [f"{_are(added)} on {params.watchlist} now."] if added else []
    told += [f"{_are(there)} on {params.watchlist} already."] if there else []
    return ActionResult(
        message=" ".join(told), details={"watchlist": params.watchlist, "added": list(added)}
    )


def _take_off_again(context: ActionContext, receipt: Receipt) -> ActionResult:
    name, added = receipt.details["watchlist"], receipt.details["added"]
    gone = _lists(context).remove(context.user, name, added) if added else ()
    _changed(context)
    said = f"{_are(gone)} off {name} again." if gone else f"Nothing was left to take off {name}."
    return ActionResult(message=said)


def _remove_facts(context: ActionContext, params: ListSymbols) -> CardFacts:
    found = _one(context, params.watchlist)
    title = f"Remove {_said(params.symbols)} from {found.name}"
    return CardFacts(title=title, warnings=_followed(found))


def _remove(context: ActionContext, params: ListSymbols) -> ActionResult:
    before = _one(context, params.watchlist)
    gone = _lists(context).remove(context.user, params.watchlist, params.symbols)
    _changed(context)
    if not gone:
        return ActionResult(
            status=ResultStatus.REFUSED,
            message=f"{before.name} does not hold {_said(params.symbols)}.",
        )
    return ActionResult(
        message=f"{_are(gone)} off {before.name} now.",
        details={
            "watchlist": before.name, "removed": list(gone), "before": list(before.symbols)
        },
    )  # fmt: skip


def _put_back(context: ActionContext, receipt: Receipt) -> ActionResult:
    """Where they stood, among whatever the list holds now."""
    name = receipt.details["watchlist"]
    now, before = _one(context, name).symbols, receipt.details["before"]
    back = {symbol for symbol in receipt.details["removed"] if symbol not in now}
    stood = [symbol for symbol in before if symbol in back or symbol in now]
    since = [symbol for symbol in now if symbol not in before]
    _lists(context).reorder(context.user, name, [*stood, *since])
    _changed(context)
    return ActionResult(message=f"{_are(tuple(sorted(back)))} on {name} again.")


def _create(context: ActionContext, params: NewList) -> ActionResult:
    name = " ".join(params.watchlist.split())
    _lists(context).create(context.user, name, params.symbols)
    _changed(context)
    holds = f"with {_said(params.symbols)}" if params.symbols else "and is empty"
    return ActionResult(
        message=f"The list {name} is made, {holds}.",
        details={"watchlist": name, "symbols": list(params.symbols)},
    )


def _unmake(context: ActionContext, receipt: Receipt) -> ActionResult:
    name = receipt.details["watchlist"]
    if list(_one(context, name).symbols) != receipt.details["symbols"]:
        raise InputError(f"{name} was changed since.", "Delete it on the Watchlists page.")
    _lists(context).delete(context.user, name)
    _changed(context)
    return ActionResult(message=f"The list {name} is gone again.")


def _create_facts(context: ActionContext, params: NewList) -> CardFacts:
    del context
    with_ = f" with {_said(params.symbols)}" if params.symbols else ""
    return CardFacts(title=f"Make the list {' '.join(params.watchlist.split())}{with_}")


def _followed(found: Watchlist) -> tuple[str, ...]:
    if not found.origin:
        return ()
    return ("This list follows TradingView's: the next sync makes it like that one again.",)


ADD: Final = Action(
    name="add_to_watchlist", kind=ActionType.KEEP, permission=PermissionLevel.USER,
    params=ListSymbols, risk=RiskClass.LOW, needs_card=False, hourly_limit=_HOURLY,
    description="Put companies on one of your watchlists.",
    examples=("Add NVDA to my watchlist", "Put AAPL and MSFT on my tech list"),
    undoing=_A_DAY, facts=_add_facts, run=_add, undo=_take_off_again,
)  # fmt: skip
REMOVE: Final = Action(
    name="remove_from_watchlist", kind=ActionType.KEEP, permission=PermissionLevel.USER,
    params=ListSymbols, risk=RiskClass.LOW, needs_card=False, hourly_limit=_HOURLY,
    description="Take companies off one of your watchlists.",
    examples=("Remove NVDA from my watchlist", "Take AAPL off my tech list"),
    undoing=_A_DAY, facts=_remove_facts, run=_remove, undo=_put_back,
)  # fmt: skip
CREATE: Final = Action(
    name="create_watchlist", kind=ActionType.KEEP, permission=PermissionLevel.USER,
    params=NewList, risk=RiskClass.LOW, needs_card=False, hourly_limit=_HOURLY,
    description="Make a new watchlist.",
    examples=("Create a watchlist called Energy with XOM and CVX",),
    undoing=_A_DAY, facts=_create_facts, run=_create, undo=_unmake,
)  # fmt: skip
