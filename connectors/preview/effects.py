"""What an order would do to an account: cash, what it ties up, what it can lose.

Buying power is cash less what short positions tie up, as the account counts it; beside it stands
what Regulation T would ask for. The greatest loss is of what the order opens, with the shares that
cover its calls; at expiration, or where expirations differ at the first of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from connectors.exposure.book import years_until
from connectors.portfolio.obligations import obligation
from connectors.portfolio.tied_up import tied_up
from connectors.portfolio.valuation import Valuation
from connectors.preview.quoting import QuotedLeg
from core_numba.margin import regulation_t
from core_numba.strategies import legs as kinds
from core_numba.strategies.horizon import at_horizon
from core_numba.strategies.legs import Leg, Legs
from core_numba.strategies.profile import Profile, at_expiration
from mfa.kernel.account import Position
from mfa.kernel.market import OptionQuote
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents
from mfa.kernel.movements import Effect
from mfa.kernel.orders import Order, OrderLeg
from mfa.kernel.symbols import OptionType


@dataclass(frozen=True, slots=True, kw_only=True)
class Extremes:
    """Dollars, positive; None has no bound. Nothing at all where an order only closes."""

    max_profit: Decimal | None
    max_profit_words: str
    max_loss: Decimal | None
    max_loss_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Of buying power; negative is set free. `regulation_t` is None where marks are missing."""

    cash_secured: Decimal
    regulation_t: Decimal | None
    naked_calls: int


def entries(order: Order, legs: Sequence[QuotedLeg], price: Decimal) -> tuple[Decimal, ...]:
    """A price per share of each leg which together make `price`: the midpoints, and the rest of
    the difference on the first leg."""
    each = [leg.quote.mid for leg in legs]
    missing = price - sum(
        (leg.weight(order) * at for leg, at in zip(legs, each, strict=True)), ZERO
    )
    each[0] += missing / legs[0].weight(order)
    return tuple(each)


def after(order: Order, held: Sequence[Position], at: Sequence[Decimal]) -> tuple[Position, ...]:
    """The positions once the order has filled, each leg at its price in `at`."""
    found = {each.instrument: each for each in held}
    for leg, price in zip(order.legs, at, strict=True):
        change = leg.side.sign * leg.ratio * order.quantity
        before = found.get(leg.instrument)
        if before is not None:
            found[leg.instrument] = replace(before, quantity=before.quantity + change)
            continue
        found[leg.instrument] = opened(leg, change, price)
    return tuple(each for each in found.values() if each.quantity)


def opened(leg: OrderLeg, quantity: Decimal, price: Decimal) -> Position:
    """The position that a leg opens; `quantity` is signed, `price` per share."""
    return Position(
        symbol=leg.symbol,
        option=leg.option,
        quantity=quantity,
        average_price=price,
        cost_basis=cents(price * quantity * leg.multiplier),
        opened_at=datetime.min,  # noqa: DTZ901 - a position that is not there yet
        strategy="",
    )


def taken(
    order: Order,
    legs: Sequence[QuotedLeg],
    at: Sequence[Decimal],
    *,
    held: Sequence[Position],
    marks: Valuation,
    now: datetime,
) -> Taken:
    """`held` with what works already counted as filled; `marks` of its positions in the symbols
    that the order trades."""
    symbols = {leg.symbol for leg in order.legs}
    own = [each for each in held if each.symbol in symbols]
    then = after(order, own, at)
    spots = {each.leg.symbol: each.underlying for each in legs}
    before_rows, after_rows = tied_up(own, spots), tied_up(then, spots)
    paid = _cash(order, at)
    required = _required(own, marks, legs, spots, now)
    asked = _required(then, marks, legs, spots, now)
    naked = sum(row.naked_calls for row in after_rows) - sum(row.naked_calls for row in before_rows)
    return Taken(
        cash_secured=cents(
            sum((row.cash for row in after_rows), ZERO)
            - sum((row.cash for row in before_rows), ZERO)
            + paid
        ),
        regulation_t=None
        if required is None or asked is None
        else cents(Decimal(repr(asked - required)) + paid),
        naked_calls=naked,
    )


def _cash(order: Order, at: Sequence[Decimal]) -> Decimal:
    """Dollars paid for the legs, received ones negative."""
    return sum(
        (
            leg.side.sign * leg.ratio * leg.multiplier * price * order.quantity
            for leg, price in zip(order.legs, at, strict=True)
        ),
        ZERO,
    )


def _required(
    positions: Sequence[Position],
    marks: Valuation,
    legs: Sequence[QuotedLeg],
    spots: Mapping[str, Decimal],
    now: datetime,
) -> float | None:
    """Regulation T's requirement in dollars; None where a held option has no mark."""
    known = {each.position.instrument: (each.mark, each.quote) for each in marks.priced}
    known |= {each.leg.instrument: (each.quote.mid, each.quote) for each in legs}
    total = 0.0
    for symbol, spot in spots.items():
        own = [each for each in positions if each.symbol == symbol]
        if not own:
            continue
        if any(each.instrument not in known for each in own):
            return None
        rows = [_leg(float(each.quantity), known[each.instrument], each, now) for each in own]
        total += float(regulation_t(Legs.of([rows]), float(spot)).requirement[0])
    return total if math.isfinite(total) else None


def _leg(quantity: float, mark: tuple[Decimal, object], position: Position, now: datetime) -> Leg:
    price, quote = mark
    option = position.option
    if option is None or not isinstance(quote, OptionQuote):
        return kinds.stock(quantity, float(price))
    make = kinds.call if option.option_type is OptionType.CALL else kinds.put
    return make(
        quantity, float(option.strike), float(price), years_until(option.expiration, now),
        quote.implied_volatility,
    )  # fmt: skip


def extremes(
    order: Order, legs: Sequence[QuotedLeg], at: Sequence[Decimal], covered: int, now: datetime
) -> Extremes | None:
    """Of what the order opens; `covered` of its sold calls stand on shares held (at their price
    now). None where it opens nothing."""
    opening = [
        (each, price)
        for each, price in zip(legs, at, strict=True)
        if each.leg.effect is Effect.OPEN
    ]
    if not opening:
        return None
    rows = []
    for each, price in opening:
        count = float(each.leg.side.sign * each.leg.ratio * order.quantity)
        made = opened(each.leg, Decimal(repr(count)), price)
        rows.append(_leg(count, (price, each.quote), made, now))
    spot = float(legs[0].underlying)
    if covered:
        rows.append(kinds.stock(float(covered * CONTRACT_SIZE), spot))
    profile, when = _profile(rows, spot)
    best, worst = float(profile.max_profit[0]), float(profile.max_loss[0])
    beside = f", with the {covered * CONTRACT_SIZE} shares that cover it" if covered else ""
    return Extremes(
        max_profit=cents(max(best, 0.0)) if math.isfinite(best) else None,
        max_profit_words=f"{'at most' if math.isfinite(best) else 'without bound'} {when}{beside}",
        max_loss=cents(max(-worst, 0.0)) if math.isfinite(worst) else None,
        max_loss_words=f"{'at most' if math.isfinite(worst) else 'without bound'} {when}{beside}",
    )


def _profile(rows: Sequence[Leg], spot: float) -> tuple[Profile, str]:
    days = {row.expiry for row in rows if math.isfinite(row.expiry)}
    book = Legs.of([list(rows)])
    if len(days) > 1:
        return at_horizon(book, min(days), spot), "when the first option expires"
    return at_expiration(book), "at expiration" if days else "at any price"


def obligations(
    order: Order, at: Sequence[Decimal], held: Mapping[str, Decimal]
) -> tuple[str, ...]:
    """In words, of each option that the order sells to open. `held` shares by symbol."""
    said = []
    for leg, price in zip(order.legs, at, strict=True):
        if leg.effect is Effect.CLOSE or leg.option is None:
            continue
        quantity = leg.side.sign * leg.ratio * order.quantity
        demand = obligation(opened(leg, quantity, price), held.get(leg.symbol, ZERO))
        if demand is not None:
            said.append(demand.words)
    return tuple(said)


def realized(order: Order, at: Sequence[Decimal], held: Sequence[Position]) -> Decimal | None:
    """Profit of what the order closes, before its fees; None where it closes nothing."""
    owned = {each.instrument: each for each in held}
    total, closes = ZERO, False
    for leg, price in zip(order.legs, at, strict=True):
        position = owned.get(leg.instrument)
        if leg.effect is Effect.OPEN or position is None:
            continue
        closes = True
        count = leg.side.sign * leg.ratio * order.quantity  # against the sign of what is held
        basis = position.cost_basis * abs(count) / abs(position.quantity)
        total += -count * leg.multiplier * price - basis
    return cents(total) if closes else None
