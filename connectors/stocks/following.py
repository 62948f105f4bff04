"""Which companies are followed: adding some, taking all figures anew, saying what there is."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from connectors.base import Sources
from connectors.stocks.freshness import current
from connectors.stocks.params import AddParams, RefreshParams
from connectors.stocks.results import (
    Added,
    AddedRow,
    MissingRow,
    Refreshed,
    SectorRow,
    StockStats,
)
from connectors.stocks.taking import taken
from mfa.kernel.market import Listing
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance, derived
from mfa.kernel.stocks import Stock

_UNKNOWN_SECTOR: Final = "not known"
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def stats(sources: Sources, user: str, mode: str) -> Outcome[StockStats]:
    """An empty database is a true zero."""
    followed = sources.stocks.stocks(user, mode)
    if not isinstance(followed, Found):
        return followed
    stocks, now = followed.value, sources.clock.now()
    times = [each.as_of for each in stocks if each.as_of is not None]
    sectors = Counter(each.sector or _UNKNOWN_SECTOR for each in stocks)
    value = StockStats(
        count=len(stocks),
        sectors=len(sectors),
        oldest=min(times, default=None),
        newest=max(times, default=None),
        current=sum(current(each.as_of, now) for each in stocks),
        untaken=len(stocks) - len(times),
        by_sector=tuple(
            SectorRow(sector=sector, count=count)
            for sector, count in sorted(sectors.items(), key=lambda each: (-each[1], each[0]))
        ),
        missing=_missing(stocks),
    )
    return followed.map(lambda _: value)


def _missing(stocks: Sequence[Stock]) -> tuple[MissingRow, ...]:
    lacking: dict[str, list[str]] = defaultdict(list)
    for stock in stocks:
        for figure, why in stock.missing.items():
            lacking[figure].append(why)
    return tuple(
        MissingRow(figure=figure.replace("_", " "), count=len(whys), why=whys[0])
        for figure, whys in sorted(lacking.items())
    )


def add(sources: Sources, user: str, mode: str, params: AddParams) -> Outcome[Added]:
    """Follow the companies that the market has a price of; the others are named. Adding one again
    changes nothing."""
    listings = sources.market.listings()
    listed = {each.symbol: each for each in listings.value} if isinstance(listings, Found) else {}
    known: list[Listing] = []
    inputs: list[Provenance] = []
    refused: dict[str, str] = {}
    for symbol in params.symbols:
        quote = sources.market.quote(symbol)
        if isinstance(quote, Found):
            inputs.append(quote.provenance)
            known.append(listed.get(symbol) or _researched(sources, symbol))
        elif isinstance(quote, Failed):
            return quote
        else:
            refused[symbol] = quote.reason
    added = sources.stocks.add_stocks(user, mode, known)
    if not isinstance(added, Found):
        return added
    followed = sources.stocks.stocks(user, mode)
    if not known:
        return Absent(" ".join(dict.fromkeys(refused.values())))
    rows = [
        AddedRow(
            symbol=each.symbol,
            name=each.name,
            result="added" if each.symbol in added.value else "followed before",
        )
        for each in known
    ] + [AddedRow(symbol=symbol, name="", result=why) for symbol, why in refused.items()]
    value = Added(
        added=len(added.value),
        there_before=len(known) - len(added.value),
        unknown=len(refused),
        followed=len(followed.value) if isinstance(followed, Found) else len(added.value),
        rows=tuple(rows),
    )
    return Found(value, derived("database_scan.add_stock", added.provenance, *inputs))


def _researched(sources: Sources, symbol: str) -> Listing:
    """Name and sector of what no list of the market names; empty where nobody tells."""
    known = sources.research.fundamentals(symbol)
    if isinstance(known, Found):
        return Listing(symbol=symbol, name=known.value.name, sector=known.value.sector)
    return Listing(symbol=symbol, name="", sector="")


def refresh(sources: Sources, user: str, mode: str, params: RefreshParams) -> Outcome[Refreshed]:
    """The oldest figures first, so that a second refresh goes on where the first one ended."""
    followed = sources.stocks.stocks(user, mode)
    if not isinstance(followed, Found):
        return followed
    chosen = [s for s in followed.value if not params.symbols or s.symbol in params.symbols]
    if not chosen:
        return Absent("None of these companies is in the stock database.")
    chosen.sort(key=lambda each: (each.as_of or _NEVER, each.symbol))
    began = time.monotonic()
    new = taken(sources, [each.symbol for each in chosen], mode=mode, seconds=params.seconds)
    if not new.figures:
        return Failed(
            FailureKind.TIMEOUT if new.late else FailureKind.UNAVAILABLE,
            f"No figures could be taken: {len(new.unpriced)} companies have no price now,"
            f" {len(new.late)} were not reached in time.",
        )
    warnings = []
    if new.late:
        warnings.append(f"{len(new.late)} companies were not reached in time. Refresh again.")
    if new.unpriced:
        warnings.append(f"No price now: {', '.join(new.unpriced)}.")
    if new.unkept:
        warnings.append(f"The figures could not be kept: {new.unkept}")
    value = Refreshed(
        taken=len(new.figures), left=len(new.late), unpriced=len(new.unpriced),
        seconds=round(time.monotonic() - began, 2), warnings=tuple(warnings),
    )  # fmt: skip
    market = Provenance(
        source=sources.market.name, as_of=min(each.as_of for each in new.figures), computed=True
    )
    return Found(value, derived("database_scan.refresh", market, followed.provenance))
