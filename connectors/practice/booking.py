"""From a price to the books: what collateral allows, and what a trade leaves in the journal.

The rules of price and commission are in `fills`, those of collateral in `collateral`. An order that
the account cannot carry is answered with the reason, and leaves no trace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from connectors.practice.collateral import Collateral, collateral
from connectors.practice.fills import Leg, Market, Order, Unfilled, commission, fill_prices
from connectors.practice.journal import Journal
from connectors.practice.lots import Movement
from connectors.practice.marks import Prices
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.money import ZERO, cents
from mfa.kernel.symbols import OptionSymbol
from mfa.store.book_rows import Fill

Instrument = tuple[str, OptionSymbol | None]


class Holding(NamedTuple):
    """A signed quantity of one instrument."""

    symbol: str
    option: OptionSymbol | None
    quantity: int


@dataclass(frozen=True, slots=True)
class Execution:
    """An order that traded: one fill per leg, in the order's order."""

    order_id: int
    fills: tuple[Fill, ...]


@dataclass(frozen=True, slots=True)
class Means:
    """Cash, and what is held: what a trade changes, and what collateral is counted from."""

    cash: Decimal
    held: Mapping[Instrument, int]

    @classmethod
    def of(cls, journal: Journal) -> Means:
        held: dict[Instrument, int] = {}
        for lot in journal.lots:
            key = (lot.symbol, lot.option)
            held[key] = held.get(key, 0) + lot.quantity
        return cls(journal.cash, held)

    def after(self, legs: Sequence[Leg], dollars: Decimal) -> Means:
        """When `legs` have traded for `dollars` (positive is paid), commission charged."""
        held = dict(self.held)
        for leg in legs:
            key = (leg.symbol, leg.option)
            held[key] = held.get(key, 0) + leg.quantity
        fees = sum((commission(leg) for leg in legs), ZERO)
        return Means(self.cash - cents(dollars) - fees, held)

    def collateral(self, mids: Mapping[str, Decimal]) -> Collateral:
        """What is tied up. `mids` prices every underlying."""
        return collateral([Holding(*key, held) for key, held in self.held.items()], mids)


def refusal(before: Means, after: Means, mids: Mapping[str, Decimal]) -> str | None:
    """Why the account cannot go from `before` to `after`: a sentence, or None when it can.

    What an account is short of already does not keep it from trading its way out.
    """
    then, now = before.collateral(mids), after.collateral(mids)
    if now.naked_calls > then.naked_calls:
        return "The order would leave a short call that neither shares nor a call cover."
    excess = now.excess(after.cash)
    if excess < 0 and excess < then.excess(before.cash):
        return f"The order needs {-excess:,.2f} USD more than the account can tie up."
    return None


def trade(
    journal: Journal, order_id: int, order: Order, prices: Sequence[Decimal], at: datetime
) -> tuple[Fill, ...]:
    """Book `order` at these prices per share, commission included."""
    return tuple(
        journal.trade(
            order_id,
            Movement(
                at=at,
                symbol=leg.symbol,
                option=leg.option,
                quantity=leg.quantity,
                price=price,
                fees=commission(leg),
                strategy=order.strategy,
                reason=order.reason,
            ),
        )
        for leg, price in zip(order.legs, prices, strict=True)
    )


def dollars(legs: Sequence[Leg], prices: Sequence[Decimal]) -> Decimal:
    """What `legs` cost at these prices per share; negative is received."""
    return sum(
        (leg.quantity * leg.multiplier * p for leg, p in zip(legs, prices, strict=True)), ZERO
    )


def fill_order(
    journal: Journal, prices: Prices, order: Order, at: datetime
) -> Execution | Unfilled:
    """Trade `order` whole into `journal` at the practice market of a moment, or not at all.

    Displayed sizes do not count: the seeded half year is traded so. `InputError` for an instrument
    that is not listed then.
    """
    if not exchange_calendar().is_open(at):
        return Unfilled("The exchange is closed.")
    filled = fill_prices(order, tuple(market_of(leg, prices, at) for leg in order.legs))
    if isinstance(filled, Unfilled):
        return filled
    before = Means.of(journal)
    after = before.after(order.legs, dollars(order.legs, filled))
    symbols = {symbol for symbol, _ in after.held}
    why = refusal(before, after, {s: prices.quote_at(s, at).mid for s in sorted(symbols)})
    if why is not None:
        return Unfilled(why)
    order_id = journal.next_order()
    return Execution(order_id, trade(journal, order_id, order, filled, at))


def market_of(leg: Leg, prices: Prices, at: datetime) -> Market:
    if leg.option is None:
        stock = prices.quote_at(leg.symbol, at)
        return Market(stock.bid, stock.ask)
    option = prices.option_quote_at(leg.option, at)
    return Market(option.bid, option.ask)
