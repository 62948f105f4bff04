"""A quote as a row of an answer."""

from __future__ import annotations

from connectors.portfolio.position_results import QuoteRow
from mfa.kernel.market import Quote


def quote_row(quote: Quote) -> QuoteRow:
    before = quote.previous_close
    return QuoteRow(
        symbol=quote.symbol,
        last=quote.last,
        bid=quote.bid,
        ask=quote.ask,
        change=quote.change,
        change_pct=100.0 * float(quote.change / before) if before > 0 else None,
        previous_close=before,
        volume=quote.volume,
        as_of=quote.as_of,
    )
