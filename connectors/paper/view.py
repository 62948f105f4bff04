"""Live quotes as paper orders meet them: which are traded upon, and why the others are not.

A quote older than its source's own delay and five minutes, one that a source calls stale, and one
whose bid lies above its ask fill nothing. Delayed quotes do fill: who trades on paper sees the same
delayed prices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from connectors.simulated.view import Blind, Sight, option_size, stock_size
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.market import OptionQuote, Quote
from mfa.kernel.orders import OrderLeg
from mfa.kernel.outcome import Absent, Failed, Found, Outcome
from mfa.kernel.symbols import OptionSymbol

OLDEST: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """What the market answered. `stand_ins` price what is held and has no quote, for collateral:
    at its highest strike, or at what its shares cost."""

    at: datetime
    stocks: Mapping[str, Outcome[Quote]]
    options: Mapping[OptionSymbol, Outcome[OptionQuote]]
    stand_ins: Mapping[str, Decimal]
    last_day: date | None = None

    @property
    def is_open(self) -> bool:
        return exchange_calendar().is_open(self.at)

    def sight(self, leg: OrderLeg) -> Sight | Blind:
        if leg.option is not None:
            return self._seen(str(leg.option), self.options.get(leg.option))
        return self._seen(leg.symbol, self.stocks.get(leg.symbol))

    def price(self, symbol: str) -> Decimal | None:
        found = self.stocks.get(symbol)
        if isinstance(found, Found) and found.value.bid > 0:
            return found.value.mid
        return self.stand_ins.get(symbol)

    def _seen(
        self, what: str, answer: Outcome[Quote] | Outcome[OptionQuote] | None
    ) -> Sight | Blind:
        match answer:
            case None:
                return Blind(f"{what} was not asked for.")
            case Absent(reason=reason):
                return Blind(reason, absent=True)
            case Failed(kind=kind, message=message):
                return Blind(message, failure=kind)
            case Found(value=quote, provenance=source):
                since = min(quote.as_of, source.as_of)
                age = self.at - since
                if source.stale or age > source.delay + OLDEST:
                    return Blind(f"The quote of {what} is of {since:%d %b %H:%M} UTC: too old.")
                if quote.bid > quote.ask or quote.ask <= 0:
                    return Blind(f"{what} is quoted at {quote.bid} to {quote.ask}: no market.")
                size = _size(quote)
                return Sight(quote.bid, quote.ask, size, size, since)


def _size(quote: Quote | OptionQuote) -> int:
    if isinstance(quote, Quote):
        return stock_size(quote.volume)
    return option_size(quote.open_interest, quote.volume)
