"""The one place where a position is valued and its Greeks are signed and multiplied.

Everything is marked at the middle of its market; a stock that has no two-sided market at its last
price. A position whose quote could not be had, or is not usable, is `Unpriced` with the reason: it
has no value, which is not a value of zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from mfa.kernel.account import Position
from mfa.kernel.market import AsksAhead, MarketSource, OptionQuote, Quote
from mfa.kernel.money import cents
from mfa.kernel.outcome import Absent, Failed, Found, Outcome, Provenance

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeks:
    """Of the whole position: `delta` in shares, `gamma` in shares per dollar, `theta` in dollars
    per calendar day, `vega` in dollars per volatility point."""

    delta: float
    gamma: float
    theta: float
    vega: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A position and its mark per share. `value` is signed; `quote` is what the mark is from."""

    position: Position
    quote: Quote | OptionQuote
    mark: Decimal
    underlying: Decimal
    value: Decimal
    greeks: Greeks
    provenance: Provenance

    @property
    def unrealized(self) -> Decimal:
        return self.value - self.position.cost_basis

    @property
    def delta_dollars(self) -> float:
        """Position delta times the underlying's price."""
        return self.greeks.delta * float(self.underlying)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpriced:
    position: Position
    reason: str

    @property
    def sentence(self) -> str:
        return f"{describe(self.position)} is left out of totals: {self.reason}"


@dataclass(frozen=True, slots=True)
class Valuation:
    """Every position in the order given, priced or not."""

    entries: tuple[Priced | Unpriced, ...]

    @property
    def priced(self) -> tuple[Priced, ...]:
        return tuple(entry for entry in self.entries if isinstance(entry, Priced))

    @property
    def options(self) -> tuple[Priced, ...]:
        return tuple(entry for entry in self.priced if entry.position.option is not None)

    @property
    def unpriced(self) -> tuple[str, ...]:
        """The instruments without a price."""
        return tuple(e.position.instrument for e in self.entries if isinstance(e, Unpriced))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is left out, and marks that are in doubt."""
        left_out = tuple(entry.sentence for entry in self.entries if isinstance(entry, Unpriced))
        doubts = (entry.provenance.warning for entry in self.priced)
        return (*left_out, *dict.fromkeys(doubt for doubt in doubts if doubt))

    @property
    def inputs(self) -> tuple[Provenance, ...]:
        """Where the marks came from, each source's answer once."""
        return tuple(dict.fromkeys(entry.provenance for entry in self.priced))


def value_positions(market: MarketSource, positions: Iterable[Position]) -> Valuation:
    """Ask for each instrument's quote once and value every position."""
    positions = tuple(positions)
    if isinstance(market, AsksAhead):
        market.ahead(
            [each.symbol for each in positions if each.option is None],
            [each.option for each in positions if each.option is not None],
        )
    quotes: dict[str, Outcome[Quote] | Outcome[OptionQuote]] = {}
    entries: list[Priced | Unpriced] = []
    for position in positions:
        outcome = quotes.get(position.instrument)
        if outcome is None:
            outcome = _ask(market, position)
            quotes[position.instrument] = outcome
        entries.append(value(position, outcome))
    return Valuation(tuple(entries))


def value(position: Position, outcome: Outcome[Quote] | Outcome[OptionQuote]) -> Priced | Unpriced:
    """The position at its quote, signed and multiplied; value in whole cents."""
    if isinstance(outcome, Absent):
        return Unpriced(position=position, reason=outcome.reason)
    if isinstance(outcome, Failed):
        return Unpriced(position=position, reason=outcome.message)
    quote = outcome.value
    fault = _fault(quote)
    if fault:
        return Unpriced(position=position, reason=f"the quote {fault}.")
    size = position.quantity * position.multiplier
    if isinstance(quote, Quote):
        mark = underlying = _stock_mark(quote)
        greeks = Greeks(delta=float(size), gamma=0.0, theta=0.0, vega=0.0)
    else:
        mark, underlying = quote.mid, quote.underlying_price
        times = float(size)
        greeks = Greeks(
            delta=quote.delta * times,
            gamma=quote.gamma * times,
            theta=quote.theta * times,
            vega=quote.vega * times,
        )
    return Priced(
        position=position,
        quote=quote,
        mark=mark,
        underlying=underlying,
        value=cents(mark * size),
        greeks=greeks,
        provenance=outcome.provenance,
    )


def describe(position: Position) -> str:
    """'KO 52 put 16 Jul 2021' or 'KO'."""
    return str(position.option) if position.option is not None else position.symbol


def _ask(market: MarketSource, position: Position) -> Outcome[Quote] | Outcome[OptionQuote]:
    if position.option is None:
        return market.quote(position.symbol)
    return market.option_quote(position.option)


def _stock_mark(quote: Quote) -> Decimal:
    two_sided = quote.bid.is_finite() and quote.ask.is_finite() and 0 < quote.bid <= quote.ask
    return quote.mid if two_sided else quote.last


def _fault(quote: Quote | OptionQuote) -> str:
    """What makes a quote unusable for marking; empty when nothing does."""
    if isinstance(quote, Quote):
        return "" if quote.last.is_finite() and quote.last > 0 else "has no positive last price"
    if not (quote.bid.is_finite() and quote.ask.is_finite()) or quote.bid < 0:
        return "has a bid or ask that is not a price"
    if quote.bid > quote.ask:
        return f"is crossed (bid {quote.bid}, ask {quote.ask})"
    numbers = (quote.delta, quote.gamma, quote.theta, quote.vega, quote.implied_volatility)
    if not all(math.isfinite(number) for number in numbers):
        return "has Greeks that are not numbers"
    return ""


def or_empty(
    outcome: Outcome[tuple[Position, ...]], provenance: Provenance
) -> Found[tuple[Position, ...]] | Failed:
    """'Holds nothing' as an empty tuple, known as of `provenance`."""
    return Found((), provenance) if isinstance(outcome, Absent) else outcome


def entries(outcome: Found[tuple[T, ...]] | Absent) -> tuple[T, ...]:
    """What was found; nothing where there is nothing."""
    return outcome.value if isinstance(outcome, Found) else ()
