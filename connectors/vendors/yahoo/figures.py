"""A company's figures out of Yahoo's modules. What is missing there is None here."""

from __future__ import annotations

from typing import Any, Final

from connectors.vendors.ground.terms import Terms
from connectors.vendors.ground.trouble import bad_data
from connectors.vendors.yahoo.wire import plain_number
from mfa.kernel.research import Fundamentals

MODULES: Final = "price,summaryDetail,defaultKeyStatistics,financialData,assetProfile"


def fundamentals(terms: Terms, symbol: str, result: dict[str, Any]) -> Fundamentals:
    """`Trouble` when not one figure can be read."""

    def module(name: str) -> dict[str, Any]:
        found = result.get(name)
        return found if isinstance(found, dict) else {}

    price, profile = module("price"), module("assetProfile")
    detail, statistics = module("summaryDetail"), module("defaultKeyStatistics")
    finance = module("financialData")
    debt = plain_number(finance.get("debtToEquity"))
    figures = {
        "market_cap": plain_number(price.get("marketCap")),
        "trailing_pe": plain_number(detail.get("trailingPE")),
        "forward_pe": plain_number(detail.get("forwardPE")),
        "price_to_book": plain_number(statistics.get("priceToBook")),
        "dividend_yield": plain_number(detail.get("dividendYield")),
        "beta": plain_number(detail.get("beta")),
        "profit_margin": plain_number(finance.get("profitMargins")),
        "revenue_growth": plain_number(finance.get("revenueGrowth")),
        "debt_to_equity": None if debt is None else debt / 100.0,
        "shares_outstanding": plain_number(statistics.get("sharesOutstanding")),
    }
    if all(value is None for value in figures.values()):
        raise bad_data(terms, f"no figure of {symbol} in its answer can be read")
    return Fundamentals(
        symbol=symbol,
        name=_text(price.get("longName")),
        sector=_text(profile.get("sector")),
        industry=_text(profile.get("industry")),
        **figures,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
