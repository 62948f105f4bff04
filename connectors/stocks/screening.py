"""Screening the followed companies by their figures.

Figures of now are used as they were kept; older ones, and those of companies that have none yet,
are taken anew first, as many as the time allows. What stayed old is used, with its date, and said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from connectors.base import Sources
from connectors.ratings.asking import NOT_RATED, Ratings, ratings
from connectors.ratings.scale import outlook
from connectors.stocks.freshness import current
from connectors.stocks.params import By, StockScanParams
from connectors.stocks.results import Screened, StockRow
from connectors.stocks.taking import Taken, taken
from mfa.kernel.clock import exchange_date
from mfa.kernel.money import cents
from mfa.kernel.outcome import Absent, Found, Outcome, Provenance, derived
from mfa.kernel.stocks import Stock

BUDGET: Final = 1.2
"""Seconds for figures before a screening, of the two that an answer has."""
_BILLION: Final = 1e9
_LIMITS: Final = {
    "min_price": ("price", "price"), "max_price": ("price", "price"),
    "min_market_cap": ("market_cap", "market cap"), "max_market_cap": ("market_cap", "market cap"),
    "min_volume": ("volume", "volume"), "min_iv_rank": ("iv_rank", "IV rank"),
    "max_iv_rank": ("iv_rank", "IV rank"), "min_rsi": ("rsi", "RSI"), "max_rsi": ("rsi", "RSI"),
    "max_from_high_pct": ("from_high_pct", "year's high"),
    "max_from_low_pct": ("from_low_pct", "year's low"),
    "max_pe": ("pe", "price to earnings"), "min_yield_pct": ("yield_pct", "dividend yield"),
    "above_sma50": ("above_sma50", "50-day average"),
    "above_sma200": ("above_sma200", "200-day average"),
}  # fmt: skip
"""Parameter: the figure it bounds, and what a person calls that."""


def screen(sources: Sources, user: str, mode: str, wanted: StockScanParams) -> Outcome[Screened]:
    followed = sources.stocks.stocks(user, mode)
    if not isinstance(followed, Found):
        return followed
    chosen = [each for each in followed.value if _asked_for(each, wanted)]
    if not chosen:
        return Absent(_nobody(followed.value, wanted))
    now = sources.clock.now()
    old = [each.symbol for each in chosen if not current(each.as_of, now)]
    new = taken(sources, old, mode=mode, seconds=BUDGET)
    stocks = [each for each in _renewed(chosen, new) if each.as_of is not None]
    known = [(each, derived_figures(each.figures)) for each in stocks]
    passing = [(each, figures) for each, figures in known if _passes(figures, wanted)]
    rated = _rated(sources, passing, wanted)
    passing = [each for each in passing if _rates(rated.by_symbol.get(each[0].symbol), wanted)]
    warnings = [*_unknown(known, wanted), *_old(stocks, new, now), *rated.warnings]
    if not passing:
        return Absent(" ".join([f"None of {len(stocks)} companies passes.", *warnings]))
    rows = _sorted([_row(*each, rated.by_symbol.get(each[0].symbol)) for each in passing], wanted)
    value = Screened(
        looked_at=len(stocks), passed=len(rows), rows=tuple(rows[: wanted.limit]),
        warnings=tuple(warnings),
    )  # fmt: skip
    times = [each.as_of for each, _ in passing if each.as_of is not None]
    market = Provenance(
        source=sources.market.name, as_of=min(times), computed=True,
        stale=any(not current(time, now) for time in times),
    )  # fmt: skip
    return Found(value, derived("database_scan.scan", market, followed.provenance, *rated.inputs))


def _rated(
    sources: Sources, passing: Sequence[tuple[Stock, Mapping[str, float]]], wanted: StockScanParams
) -> Ratings:
    """The ratings of what passes otherwise, where one is asked for: each costs questions."""
    if wanted.rating is None and wanted.min_rating is None:
        return NOT_RATED
    return ratings(sources, [stock.symbol for stock, _ in passing])


def _rates(rating: float | None, wanted: StockScanParams) -> bool:
    if wanted.rating is None and wanted.min_rating is None:
        return True
    if rating is None or (wanted.min_rating is not None and rating < wanted.min_rating):
        return False
    return wanted.rating is None or outlook(rating) == wanted.rating


def derived_figures(figures: Mapping[str, float]) -> dict[str, float]:
    """With those that follow from two others: above an average (1 or 0), distance from the year's
    ends in percent. Without one of the two there is none."""
    found = dict(figures)
    price = figures["price"]
    for name in ("sma50", "sma200"):
        if name in figures:
            found[f"above_{name}"] = float(price > figures[name])
    if figures.get("high", 0.0) > 0:
        found["from_high_pct"] = max(100.0 * (1.0 - price / figures["high"]), 0.0)
    if figures.get("low", 0.0) > 0:
        found["from_low_pct"] = max(100.0 * (price / figures["low"] - 1.0), 0.0)
    return found


def _asked_for(stock: Stock, wanted: StockScanParams) -> bool:
    if wanted.symbols and stock.symbol not in wanted.symbols:
        return False
    return wanted.sector is None or wanted.sector.casefold() in stock.sector.casefold()


def _nobody(followed: Sequence[Stock], wanted: StockScanParams) -> str:
    if not followed:
        return "The stock database is empty. Add companies to it: 'add KO to the database'."
    if wanted.symbols:
        return f"{', '.join(wanted.symbols)}: not in the stock database. Add them to it first."
    sectors = ", ".join(sorted({each.sector for each in followed if each.sector}))
    return f"No company of the sector {wanted.sector!r} is followed. Sectors there are: {sectors}."


def _renewed(stocks: Sequence[Stock], new: Taken) -> list[Stock]:
    fresh = {each.symbol: each for each in new.figures}
    return [
        replace(
            each, figures=fresh[each.symbol].figures, missing=fresh[each.symbol].missing,
            as_of=fresh[each.symbol].as_of,
        )
        if each.symbol in fresh
        else each
        for each in stocks
    ]  # fmt: skip


def _limits(wanted: StockScanParams) -> dict[str, Any]:
    return {name: value for name in _LIMITS if (value := getattr(wanted, name)) is not None}


def _passes(figures: Mapping[str, float], wanted: StockScanParams) -> bool:
    for name, limit in _limits(wanted).items():
        value = figures.get(_LIMITS[name][0])
        if value is None:
            return False
        if name.startswith("above_"):
            if bool(value) is not limit:
                return False
        elif value < limit if name.startswith("min_") else value > limit:
            return False
    return True


def _unknown(
    known: Sequence[tuple[Stock, Mapping[str, float]]], wanted: StockScanParams
) -> list[str]:
    """For each figure that is filtered on: how many companies lack it, and why."""
    said = {}
    for figure, words in (_LIMITS[name] for name in _limits(wanted)):
        lacking = [stock for stock, figures in known if figure not in figures]
        if lacking:
            why = lacking[0].missing.get(figure, "its parts are not known")
            said[figure] = (
                f"The {words} of {len(lacking)} of {len(known)} companies is not known"
                f" ({why.rstrip('.')}); they do not pass."
            )
    return list(said.values())


def _old(stocks: Sequence[Stock], new: Taken, now: datetime) -> list[str]:
    warnings = []
    left = [each for each in stocks if not current(each.as_of, now)]
    if left:
        day = min(exchange_date(each.as_of) for each in left if each.as_of is not None)
        warnings.append(
            f"Figures of {len(left)} companies are older, from {day.day} {day:%b %Y} on: the time"
            " was over. Ask again, or refresh the database."
        )
    if new.unpriced:
        warnings.append(f"No price now: {', '.join(new.unpriced)}.")
    never = [symbol for symbol in new.late if symbol not in {each.symbol for each in stocks}]
    if never:
        warnings.append(f"{len(never)} companies have no figures yet: the time was over.")
    return warnings


def _row(stock: Stock, figures: Mapping[str, float], rating: float | None) -> StockRow:
    if stock.as_of is None:
        raise ValueError(f"{stock.symbol} has no figures")
    cap, volume = figures.get("market_cap"), figures.get("volume")
    return StockRow(
        symbol=stock.symbol,
        name=stock.name,
        sector=stock.sector,
        price=cents(figures["price"]),
        change_pct=figures.get("change_pct"),
        market_cap=None if cap is None else cap / _BILLION,
        volume=None if volume is None else int(volume),
        iv_rank=figures.get("iv_rank"),
        iv_pct=figures.get("iv_pct"),
        rsi=figures.get("rsi"),
        sma50=_side(figures.get("above_sma50")),
        sma200=_side(figures.get("above_sma200")),
        from_high_pct=figures.get("from_high_pct"),
        from_low_pct=figures.get("from_low_pct"),
        pe=figures.get("pe"),
        yield_pct=figures.get("yield_pct"),
        rating=rating,
        as_of=exchange_date(stock.as_of),
    )


def _side(above: float | None) -> str:
    return "not known" if above is None else "above" if above else "below"


def _sorted(rows: list[StockRow], wanted: StockScanParams) -> list[StockRow]:
    """What is not known comes last, whichever way."""
    if wanted.sort is By.SYMBOL:
        return sorted(rows, key=lambda row: row.symbol, reverse=wanted.ascending)
    key = wanted.sort.value
    known = [row for row in rows if getattr(row, key) is not None]
    rest = [row for row in rows if getattr(row, key) is None]
    return sorted(known, key=lambda row: getattr(row, key), reverse=not wanted.ascending) + rest
