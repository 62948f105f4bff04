"""What open lots are worth: every instrument at the midpoint of its practice market.

A mark is computed by a model, so whatever it enters is marked computed. Values are rounded to cents
per instrument, then added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from mfa.kernel.market import Dividend, OptionQuote, Quote
from mfa.kernel.money import ZERO, cents
from mfa.kernel.symbols import OptionSymbol
from mfa.store.book_rows import Lot


class Prices(Protocol):
    """What the broker asks of the practice market. What cannot be answered is an `InputError`."""

    def close(self, symbol: str, day: date) -> Decimal: ...

    def quote_at(self, symbol: str, at: datetime) -> Quote: ...

    def option_quote_at(self, option: OptionSymbol, at: datetime) -> OptionQuote: ...

    def dividends_between(self, symbol: str, start: date, end: date) -> tuple[Dividend, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """`value` and `cost_basis` of open lots in dollars; `underlyings` in USD per share."""

    value: Decimal
    cost_basis: Decimal
    underlyings: Mapping[str, Decimal]

    @property
    def unrealized(self) -> Decimal:
        return self.value - self.cost_basis


def quantities(lots: Iterable[Lot]) -> dict[tuple[str, OptionSymbol | None], int]:
    """Signed quantity of every instrument held."""
    held: dict[tuple[str, OptionSymbol | None], int] = {}
    for lot in lots:
        key = (lot.symbol, lot.option)
        held[key] = held.get(key, 0) + lot.quantity
    return {key: quantity for key, quantity in held.items() if quantity}


def value_lots(lots: Iterable[Lot], prices: Prices, at: datetime) -> Valuation:
    """The worth of `lots` at a moment. `InputError` where the market has no price."""
    own = tuple(lots)
    underlyings = {symbol: prices.quote_at(symbol, at).mid for symbol in {x.symbol for x in own}}
    value = ZERO
    for (symbol, option), quantity in quantities(own).items():
        if option is None:
            value += cents(quantity * underlyings[symbol])
        else:
            value += cents(quantity * prices.option_quote_at(option, at).mid * 100)
    return Valuation(
        value=value,
        cost_basis=sum((lot.cost_basis for lot in own), ZERO),
        underlyings=underlyings,
    )
