"""An order of Robinhood's as the house's noun. Pure.

A state that is not known is not guessed: the row counts as one that cannot be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

from connectors.vendors.ground.terms import Terms
from connectors.vendors.ground.trouble import bad_data
from connectors.vendors.robinhood.access import TERMS
from connectors.vendors.robinhood.order_wire import STATES, FillRow, OptionOrder, StockOrder
from mfa.kernel.money import ZERO, units
from mfa.kernel.movements import Effect
from mfa.kernel.orders import AssetClass, BrokerOrder, OrderFill, OrderLeg, OrderState
from mfa.kernel.symbols import OptionSymbol

T = TypeVar("T")


def stock_told(row: StockOrder, names: Mapping[str, str], terms: Terms = TERMS) -> BrokerOrder:
    """Robinhood does not tell whether shares open or close: the leg says open, and nobody
    compares it."""
    symbol = _named(names.get(row.instrument), terms)
    leg = OrderLeg(symbol=symbol, side=row.side, effect=Effect.OPEN)
    sign = row.side.sign
    return BrokerOrder(
        broker_id=f"stock:{row.id}",
        client_id=row.ref_id,
        state=_state(row.state, row.cumulative_quantity, terms),
        filled=units(row.cumulative_quantity),
        updated_at=row.updated_at,
        reason=row.reject_reason or "",
        fills=_fills(row.executions, symbol, sign, row.fees),
        legs=(leg,),
        quantity=units(row.quantity),
        limit=None if row.price is None else row.price * sign,
        created_at=row.created_at,
    )


def option_told(
    row: OptionOrder, names: Mapping[str, OptionSymbol], terms: Terms = TERMS
) -> BrokerOrder:
    legs: list[OrderLeg] = []
    fills: list[OrderFill] = []
    fees = row.regulatory_fees
    for each in row.legs:
        option = _named(names.get(each.option), terms)
        leg = OrderLeg(
            symbol=option.root, option=option, asset=AssetClass.OPTION, side=each.side,
            effect=each.position_effect, ratio=each.ratio_quantity,
        )  # fmt: skip
        legs.append(leg)
        own = _fills(each.executions, leg.instrument, each.side.sign, fees)
        fees = ZERO if own else fees
        fills += own
    sign = 1 if row.direction == "debit" else -1
    return BrokerOrder(
        broker_id=f"option:{row.id}",
        client_id=row.ref_id,
        state=_state(row.state, row.processed_quantity, terms),
        filled=units(row.processed_quantity),
        updated_at=row.updated_at,
        reason=row.reject_reason or "",
        fills=tuple(fills),
        legs=tuple(legs),
        quantity=units(row.quantity),
        limit=None if row.price is None else row.price * sign,
        created_at=row.created_at,
    )


def _state(word: str, filled: Decimal, terms: Terms) -> OrderState:
    state = STATES.get(word.lower())
    if state is None:
        raise bad_data(terms, "an order is in a state that is not known")
    if state is OrderState.WORKING and filled > 0:
        return OrderState.PARTIALLY_FILLED
    return state


def _fills(
    rows: tuple[FillRow, ...], instrument: str, sign: int, fees: Decimal
) -> tuple[OrderFill, ...]:
    """The order's fees stand on its first fill: Robinhood tells them for the whole."""
    return tuple(
        OrderFill(
            id=row.id,
            instrument=instrument,
            quantity=units(row.quantity * sign),
            price=row.price,
            fees=fees if number == 0 else ZERO,
            at=row.timestamp,
        )
        for number, row in enumerate(rows)
    )


def _named(name: T | None, terms: Terms) -> T:
    if name is None:
        raise bad_data(terms, "an order is of something that it does not name")
    return name
