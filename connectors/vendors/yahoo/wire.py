"""Yahoo's documents: numbers plain or as {raw, fmt}, and {} for what is not known."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from connectors.vendors.ground.quotes import from_epoch
from connectors.vendors.ground.reading import CountOrZero, Instant, Number, Price, PriceOrZero, Wire
from connectors.vendors.ground.terms import Terms
from connectors.vendors.ground.trouble import NotThere, bad_data


def _moment(value: Any) -> datetime | None:
    """A moment in epoch seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return from_epoch(value)


def plain_number(value: Any) -> float | None:
    """A figure out of its wrapping; None for {} and for what is no finite number."""
    if isinstance(value, dict):
        value = value.get("raw")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e300 else None


Moment = Annotated[datetime | None, BeforeValidator(_moment)]


class QuoteRow(Wire):
    symbol: str
    regularMarketPrice: PriceOrZero  # noqa: N815 - the vendor's name
    bid: PriceOrZero = Field(default=0, validate_default=True)
    ask: PriceOrZero = Field(default=0, validate_default=True)
    regularMarketPreviousClose: Price | None = None  # noqa: N815
    regularMarketVolume: CountOrZero = 0  # noqa: N815
    regularMarketTime: Moment = None  # noqa: N815
    exchangeDataDelayedBy: CountOrZero = 0  # noqa: N815
    """Minutes."""
    currency: str = "USD"


class ContractRow(Wire):
    contractSymbol: str  # noqa: N815
    bid: PriceOrZero = Field(default=0, validate_default=True)
    ask: PriceOrZero = Field(default=0, validate_default=True)
    lastPrice: PriceOrZero = Field(default=0, validate_default=True)  # noqa: N815
    volume: CountOrZero = 0
    openInterest: CountOrZero = 0  # noqa: N815
    impliedVolatility: Number | None = None  # noqa: N815
    contractSize: str = "REGULAR"  # noqa: N815


class DayRow(Wire):
    day: date
    open: Price
    high: Price
    low: Price
    close: Annotated[Price, Field(gt=0)]
    volume: CountOrZero = 0


class DividendRow(Wire):
    amount: Annotated[Price, Field(gt=0)]
    date: Annotated[datetime, BeforeValidator(_moment)]


class Earnings(Wire):
    earningsDate: tuple[Any, ...] = ()  # noqa: N815
    isEarningsDateEstimate: bool = False  # noqa: N815


class Calendar(Wire):
    earnings: Earnings = Earnings()


class NewsProvider(Wire):
    displayName: str = ""  # noqa: N815


class NewsAddress(Wire):
    url: str = ""


class NewsContent(Wire):
    id: str
    title: str
    summary: str = ""
    pubDate: Instant  # noqa: N815
    provider: NewsProvider | None = None
    canonicalUrl: NewsAddress | None = None  # noqa: N815


def rows_in(terms: Terms, frame: dict[str, Any], name: str) -> list[Any]:
    """The list under `name`; empty when it is missing or null."""
    rows = frame.get(name)
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise bad_data(terms, f"'{name}' in its answer is no list")
    return rows


def results(terms: Terms, document: dict[str, Any], name: str) -> list[Any]:
    """The rows under `name`.result. `NotThere` when Yahoo says in words that there are none."""
    frame = document.get(name)
    if not isinstance(frame, dict):
        raise bad_data(terms, f"its answer lacks '{name}'")
    error = frame.get("error")
    rows = frame.get("result")
    if error:
        raise NotThere
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise bad_data(terms, f"'{name}.result' in its answer is no list")
    return rows
