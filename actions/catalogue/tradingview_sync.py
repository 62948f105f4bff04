"""Taking over the lists at TradingView: exactly the changes that the card showed.

Proposing asks TradingView and spells the changes out; carrying them out asks nobody again.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

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
from connectors.portfolio.params import Ticker
from connectors.tradingview import SOURCE
from mfa.data.events import DataEvent
from mfa.kernel.cards import CardFacts, Receipt
from mfa.kernel.errors import InputError
from mfa.kernel.figures import Figure, Unit
from mfa.kernel.watchlists import ListChange, Watchlist
from mfa.store.watchlists import WatchlistRepository

_NAMED: Final = 8


class ListTakenOver(BaseModel):
    """One list: `was` is its name here (empty: it is new), `name` what it becomes. `symbols` keep
    their order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    was: str = Field(default="", max_length=60)
    name: str = Field(min_length=1, max_length=60)
    symbols: tuple[Ticker, ...] = Field(max_length=2000)
    origin: str = Field(min_length=1, max_length=200)


class TakeOver(ActionParams):
    lists: tuple[ListTakenOver, ...] = Field(min_length=1, max_length=500)


def _lists(context: ActionContext) -> dict[str, Watchlist]:
    answer = found(tuple, WatchlistRepository(context.database).watchlists(context.user))
    return {each.name.casefold(): each for each in answer.value}


def _facts(context: ActionContext, params: TakeOver) -> CardFacts:
    kept = WatchlistRepository(context.database).watchlists(context.user)
    provenance = found(tuple, kept).provenance
    here = _lists(context)
    return CardFacts(
        title=f"Take over {len(params.lists)} {_noun(len(params.lists))} from TradingView",
        rows=tuple(
            Figure(
                label=each.name, value=_change(each, here.get(each.was.casefold())),
                unit=Unit.TEXT, provenance=provenance,
            )
            for each in params.lists
        ),
    )  # fmt: skip


def _change(each: ListTakenOver, here: Watchlist | None) -> str:
    if here is None:
        return f"new, with {_some(each.symbols)}"
    added = tuple(symbol for symbol in each.symbols if symbol not in here.symbols)
    gone = tuple(symbol for symbol in here.symbols if symbol not in each.symbols)
    told = [f"was {here.name}"] if here.name != each.name else []
    told += [f"adds {_some(added)}"] if added else []
    told += [f"loses {_some(gone)}"] if gone else []
    return "; ".join(told) or "another order"


def _some(symbols: tuple[str, ...]) -> str:
    rest = len(symbols) - _NAMED
    named = ", ".join(symbols[:_NAMED]) or "no symbols"
    return f"{named} and {rest} more" if rest > 0 else named


def _noun(count: int) -> str:
    return "list" if count == 1 else "lists"


def _take_over(context: ActionContext, params: TakeOver) -> ActionResult:
    here = _lists(context)
    before = [_as_kept(here.get(each.was.casefold()), each.name) for each in params.lists]
    changes = [
        ListChange(
            was=each.was, name=each.name, symbols=each.symbols, source=SOURCE, origin=each.origin
        )
        for each in params.lists
    ]
    WatchlistRepository(context.database).apply(context.user, changes)
    context.means.data.invalidate(DataEvent.WATCHLIST_CHANGED)
    count = len(params.lists)
    return ActionResult(
        message=f"{count} {_noun(count)} taken over: {', '.join(e.name for e in params.lists)}.",
        details={
            "before": before, "after": [each.model_dump(mode="json") for each in params.lists]
        },
    )  # fmt: skip


def _as_kept(each: Watchlist | None, name: str) -> dict[str, Any]:
    if each is None:
        return {"name": name, "symbols": None, "source": "", "origin": ""}
    return {
        "name": each.name, "symbols": list(each.symbols), "source": each.source,
        "origin": each.origin,
    }  # fmt: skip


def _give_back(context: ActionContext, receipt: Receipt) -> ActionResult:
    here, repository = _lists(context), WatchlistRepository(context.database)
    pairs = list(zip(receipt.details["before"], receipt.details["after"], strict=True))
    for _, after in pairs:
        now = here.get(after["name"].casefold())
        if now is None or list(now.symbols) != list(after["symbols"]):
            raise InputError(
                f"{after['name']} was changed since.", "Change it on the Watchlists page."
            )
    repository.apply(
        context.user,
        [
            ListChange(
                was=after["name"], name=before["name"], symbols=tuple(before["symbols"]),
                source=before["source"], origin=before["origin"],
            )
            for before, after in pairs if before["symbols"] is not None
        ],
    )  # fmt: skip
    for before, after in pairs:
        if before["symbols"] is None:
            repository.delete(context.user, after["name"])
    context.means.data.invalidate(DataEvent.WATCHLIST_CHANGED)
    return ActionResult(message=f"{len(pairs)} {_noun(len(pairs))} as before.")


SYNC: Final = Action(
    name="sync_tradingview", kind=ActionType.SYNC, permission=PermissionLevel.USER,
    params=TakeOver, risk=RiskClass.MEDIUM, hourly_limit=30,
    description="Take over the watchlists that you keep at TradingView.",
    examples=("Sync my TradingView watchlists",), undoing=ReversibleFor(24 * 60), facts=_facts,
    run=_take_over, undo=_give_back,
)  # fmt: skip
