"""Which companies a scan looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from connectors.base import Sources
from connectors.lists.finding import lists_to_scan
from connectors.portfolio.cover import covers
from connectors.portfolio.position_results import Cover
from connectors.screening.params import ScanParams
from mfa.kernel.account import Position
from mfa.kernel.companies import companies
from mfa.kernel.market import Listing
from mfa.kernel.money import CONTRACT_SIZE, ZERO
from mfa.kernel.outcome import Absent, Found, Outcome, Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Universe:
    """`basis` is the average price paid for shares held in round lots."""

    symbols: tuple[str, ...]
    basis: dict[str, float]
    warnings: tuple[str, ...] = ()


def universe(
    sources: Sources, user: str, wanted: ScanParams, *, covered: bool
) -> Outcome[Universe]:
    """What is asked for, less what is not wanted. Absent when that leaves nobody."""
    asked = _asked(sources, user, wanted, covered=covered)
    if not isinstance(asked, Found) or wanted.symbols:
        return asked
    unwanted = {*wanted.exclude_symbols, *_of_sectors(sources, wanted.exclude_sectors)}
    left = tuple(each for each in asked.value.symbols if each not in unwanted)
    if asked.value.symbols and not left:
        return Absent("Every company that was asked for is among those to leave out.")
    return asked.map(lambda whole: replace(whole, symbols=left))


def _of_sectors(sources: Sources, sectors: Sequence[str]) -> frozenset[str]:
    """Companies of these sectors, by the market's list of them and the bundled one."""
    if not sectors:
        return frozenset()
    names = {each.casefold() for each in sectors}
    listings = sources.market.listings()
    listed = listings.value if isinstance(listings, Found) else ()
    known = {each.symbol: each.sector for each in companies().values()}
    known |= {each.symbol: each.sector for each in listed}
    return frozenset(symbol for symbol, sector in known.items() if sector.casefold() in names)


def _asked(sources: Sources, user: str, wanted: ScanParams, *, covered: bool) -> Outcome[Universe]:
    """Named companies, a watchlist, what is held, or all that is listed: the first that applies.

    Covered calls are looked for on round lots of shares that no call sold before needs, unless
    companies are named; those whose shares are taken are named in `warnings`.
    """
    held = sources.account.positions()
    positions = held.value if isinstance(held, Found) else ()
    basis = {
        each.symbol: float(each.average_price)
        for each in positions
        if each.option is None and each.quantity >= CONTRACT_SIZE
    }
    taken = _taken(positions, basis) if covered else {}
    if wanted.symbols:
        asked = Provenance(source="your question", as_of=sources.clock.now())
        said = tuple(taken[each] for each in wanted.symbols if each in taken)
        return Found(Universe(symbols=wanted.symbols, basis=basis, warnings=said), asked)
    if wanted.watchlist is not None:
        return _on_list(sources, user, wanted.watchlist, basis, taken)
    if covered or wanted.holdings_only:
        return _owned(held, basis, taken, covered=covered)
    listings = sources.market.listings()
    if not isinstance(listings, Found):
        return listings
    return listings.map(lambda all_: Universe(symbols=_in(all_, wanted.sector), basis=basis))


def _on_list(
    sources: Sources, user: str, name: str, basis: dict[str, float], taken: dict[str, str]
) -> Outcome[Universe]:
    chosen = lists_to_scan(sources, user, name)
    if not isinstance(chosen, Found):
        return chosen
    lists, choice = chosen.value
    symbols = tuple(dict.fromkeys(symbol for each in lists for symbol in each.symbols))
    said = [choice] if choice else []
    said += [taken[each] for each in symbols if each in taken]
    return chosen.map(lambda _: Universe(symbols=symbols, basis=basis, warnings=tuple(said)))


def _owned(
    held: Outcome[tuple[Position, ...]],
    basis: dict[str, float],
    taken: dict[str, str],
    *,
    covered: bool,
) -> Outcome[Universe]:
    if not isinstance(held, Found):
        return held
    free = basis.keys() - taken.keys()
    owned = tuple(sorted(free if covered else {each.symbol for each in held.value}))
    said = tuple(taken.values())
    if not owned and said:
        return Absent(" ".join(said))
    if not owned and covered:
        return Absent("You hold no hundred shares of anything to sell calls against.")
    if not owned:
        return Absent("You hold no positions.")
    return Found(Universe(symbols=owned, basis=basis, warnings=said), held.provenance)


def _taken(positions: Sequence[Position], basis: dict[str, float]) -> dict[str, str]:
    """Companies whose every hundred shares a call sold before may take, with the words for it."""
    said = {}
    for symbol in sorted(basis):
        own = [each for each in positions if each.symbol == symbol]
        shares = sum(int(each.quantity) for each in own if each.option is None)
        sold = sum(
            -int(each.quantity)
            for each in own
            if each.option is not None
            and each.quantity < 0
            and covers(own, ZERO)[each.option] is Cover.SHARES
        )
        if sold and sold >= shares // CONTRACT_SIZE:
            said[symbol] = (
                f"Your {shares} {symbol} shares are taken: {sold} "
                + ("call is" if sold == 1 else "calls are")
                + " sold against them, and another would be naked."
            )
    return said


def _in(listings: Sequence[Listing], sector: str | None) -> tuple[str, ...]:
    return tuple(
        each.symbol
        for each in listings
        if sector is None or sector.casefold() in each.sector.casefold()
    )
