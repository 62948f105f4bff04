"""Fills orders against the practice market and writes them to the books.

The rules of price and commission are in `fills`, those of collateral in `collateral`; here they
meet a journal and a database. Only the seeded history and the order executor may call this: nothing
that merely reads or proposes holds a `Broker`. An order that cannot trade is answered with the
reason, and leaves no trace.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connectors.practice.collateral import Collateral, collateral
from connectors.practice.fills import Leg, Market, Order, Unfilled, commission, fill_prices
from connectors.practice.journal import Journal
from connectors.practice.lots import Movement
from connectors.practice.marks import Prices
from connectors.practice.wiring import Wiring, writing
from mfa.kernel.calendar import exchange_calendar
from mfa.store.book_rows import Fill


@dataclass(frozen=True, slots=True)
class Execution:
    """An order that traded: one fill per leg, in the order's order."""

    order_id: int
    fills: tuple[Fill, ...]


def fill_order(
    journal: Journal, prices: Prices, order: Order, at: datetime
) -> Execution | Unfilled:
    """Trade `order` into `journal` at the practice market of a moment.

    After `Unfilled` the journal may hold a refused trade: its owner throws it away. `InputError`
    for an instrument that is not listed then.
    """
    if not exchange_calendar().is_open(at):
        return Unfilled("The exchange is closed.")
    markets = tuple(market_of(leg, prices, at) for leg in order.legs)
    filled = fill_prices(order, markets)
    if isinstance(filled, Unfilled):
        return filled
    before = _tied_up(journal, prices, order, at)
    before_excess = before.excess(journal.cash)
    order_id = journal.next_order()
    fills = tuple(
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
        for leg, price in zip(order.legs, filled, strict=True)
    )
    after = _tied_up(journal, prices, order, at)
    if after.naked_calls > before.naked_calls:
        return Unfilled("The order would leave a short call that neither shares nor a call cover.")
    excess = after.excess(journal.cash)
    if excess < 0 and excess < before_excess:
        return Unfilled(f"The order needs {-excess:,.2f} USD more than the account can tie up.")
    return Execution(order_id, fills)


def market_of(leg: Leg, prices: Prices, at: datetime) -> Market:
    if leg.option is None:
        stock = prices.quote_at(leg.symbol, at)
        return Market(stock.bid, stock.ask)
    option = prices.option_quote_at(leg.option, at)
    return Market(option.bid, option.ask)


def _tied_up(journal: Journal, prices: Prices, order: Order, at: datetime) -> Collateral:
    """Collateral of what is held now."""
    symbols = {lot.symbol for lot in journal.lots} | {leg.symbol for leg in order.legs}
    mids = {symbol: prices.quote_at(symbol, at).mid for symbol in sorted(symbols)}
    return collateral(journal.lots, mids)


class Broker:
    """Executes orders in the practice books at the practice moment."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring

    def execute(self, order: Order) -> Execution | Unfilled:
        """Trade now, in one transaction, or say why not. `StoreError` without a database."""
        wiring = self._wiring
        lost = writing(
            "The database was lost while an order was being executed.",
            "Look at the fills before ordering again: it may have traded.",
        )
        with lost, wiring.database.connection() as conn:
            state = wiring.locked(conn)
            journal = Journal(wiring.books.open_books(conn))
            result = fill_order(journal, wiring.prices_of(state.seed), order, state.now)
            if isinstance(result, Execution):
                wiring.writer.append(conn, journal.entries)
                wiring.writer.touch(conn)
            return result
