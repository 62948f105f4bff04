"""Which companies a scan looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.base import Sources
from connectors.lists.finding import find_list
from connectors.screening.params import ScanParams
from mfa.kernel.account import Position
from mfa.kernel.market import Listing
from mfa.kernel.money import CONTRACT_SIZE
from mfa.kernel.outcome import Absent, Found, Outcome, Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Universe:
    """`basis` is the average price paid for shares held in round lots."""

    symbols: tuple[str, ...]
    basis: dict[str, float]


def universe(
    sources: Sources, user: str, wanted: ScanParams, *, covered: bool
) -> Outcome[Universe]:
    """Named companies, a watchlist, what is held, or all that is listed: the first that applies.

    Covered calls are looked for on shares held in round lots, unless companies are named.
    """
    held = sources.account.positions()
    positions = held.value if isinstance(held, Found) else ()
    basis = {
        each.symbol: float(each.average_price)
        for each in positions
        if each.option is None and each.quantity >= CONTRACT_SIZE
    }
    if wanted.symbols:
        asked = Provenance(source="your question", as_of=sources.clock.now())
        return Found(Universe(symbols=wanted.symbols, basis=basis), asked)
    if wanted.watchlist is not None:
        return _on_list(sources, user, wanted.watchlist, basis)
    if covered or wanted.holdings_only:
        return _owned(held, basis, covered=covered)
    listings = sources.market.listings()
    if not isinstance(listings, Found):
        return listings
    return listings.map(lambda all_: Universe(symbols=_in(all_, wanted.sector), basis=basis))


def _on_list(sources: Sources, user: str, name: str, basis: dict[str, float]) -> Outcome[Universe]:
    lists = sources.watchlists.watchlists(user)
    if not isinstance(lists, Found):
        return lists
    chosen = find_list(name, lists.value)
    if isinstance(chosen, Absent):
        return chosen
    return Found(Universe(symbols=chosen.symbols, basis=basis), lists.provenance)


def _owned(
    held: Outcome[tuple[Position, ...]], basis: dict[str, float], *, covered: bool
) -> Outcome[Universe]:
    if not isinstance(held, Found):
        return held
    owned = tuple(sorted(basis if covered else {each.symbol for each in held.value}))
    if not owned and covered:
        return Absent("You hold no hundred shares of anything to sell calls against.")
    if not owned:
        return Absent("You hold no positions.")
    return Found(Universe(symbols=owned, basis=basis), held.provenance)


def _in(listings: Sequence[Listing], sector: str | None) -> tuple[str, ...]:
    return tuple(
        each.symbol
        for each in listings
        if sector is None or sector.casefold() in each.sector.casefold()
    )
