"""An order spelled out exactly, and the words from which one is made.

The exact form names listed instruments and is what a person confirms. The words may leave things
open; what they leave open is asked for, or told as a note where something held decides it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import Field, model_validator

from connectors.base import Params
from connectors.portfolio.params import Ticker
from connectors.screening.params import Days
from mfa.kernel.coins import Pair
from mfa.kernel.errors import InputError
from mfa.kernel.movements import Effect
from mfa.kernel.orders import AssetClass, Order, OrderLeg, OrderType, Side, TimeInForce
from mfa.kernel.symbols import OptionSymbol, OptionType, ticker

MOST_LEGS = 8
MOST_UNITS = Decimal(1_000_000)


class PreviewLeg(Params):
    """One instrument: a ticker, an option by its OCC symbol, or a pair of crypto currencies."""

    instrument: str = Field(
        min_length=1, max_length=25, description="Ticker, OCC symbol, or a pair such as BTC/USD."
    )
    side: Side = Field(description="buy or sell.")
    effect: Effect = Field(description="open or close.")
    ratio: int = Field(default=1, ge=1, le=10_000, description="How many in one of the whole.")

    def leg(self) -> OrderLeg:
        """`InputError` where the instrument is neither ticker nor option nor pair."""
        text = self.instrument
        if "/" in text:
            return OrderLeg(
                symbol=str(Pair.parse(text)), asset=AssetClass.CRYPTO, side=self.side,
                effect=self.effect, ratio=self.ratio,
            )  # fmt: skip
        try:
            option = OptionSymbol.parse(text)
        except InputError:
            return OrderLeg(
                symbol=ticker(text), side=self.side, effect=self.effect, ratio=self.ratio
            )
        return OrderLeg(
            symbol=option.root, option=option, asset=AssetClass.OPTION, side=self.side,
            effect=self.effect, ratio=self.ratio,
        )  # fmt: skip


class PreviewParams(Params):
    """An order, whole. `limit` is a signed net price per unit: positive is paid."""

    legs: tuple[PreviewLeg, ...] = Field(min_length=1, max_length=MOST_LEGS)
    quantity: Decimal = Field(gt=0, le=MOST_UNITS, description="How many of the whole order.")
    order_type: OrderType = Field(default=OrderType.LIMIT, description="limit or market.")
    limit: Decimal | None = Field(
        default=None, description="Net price per unit: positive is paid, negative received."
    )
    time_in_force: TimeInForce = Field(default=TimeInForce.DAY, description="day or gtc.")

    @model_validator(mode="before")
    @classmethod
    def _pairs_have_no_day(cls, given: Any) -> Any:
        return standing_until_cancelled(given)

    @model_validator(mode="after")
    def _makes_an_order(self) -> PreviewParams:
        try:
            self.order("preview")
        except InputError as error:
            raise ValueError(str(error)) from error
        return self

    @property
    def is_of_pairs(self) -> bool:
        return any("/" in leg.instrument for leg in self.legs)

    def order(self, client_id: str, strategy: str = "") -> Order:
        return Order(
            client_id=client_id,
            legs=tuple(each.leg() for each in self.legs),
            quantity=self.quantity,
            order_type=self.order_type,
            limit=self.limit,
            time_in_force=self.time_in_force,
            strategy=strategy,
        )


def standing_until_cancelled(given: Any) -> Any:
    """An order of pairs that does not say how long it stands does so until it is cancelled: there
    is no close that would end its day."""
    if not isinstance(given, Mapping) or "time_in_force" in given:
        return given
    named = (
        leg.get("instrument") if isinstance(leg, Mapping) else getattr(leg, "instrument", None)
        for leg in given.get("legs") or ()
    )
    if any(isinstance(each, str) and "/" in each for each in named):
        return {**given, "time_in_force": TimeInForce.GOOD_TILL_CANCELLED}
    return given


class PendingLeg(Params):
    """Part of an order that works already; `quantity` is signed. An order that only buys covers
    nothing before it fills (`covers`), though what it buys counts as a position to come."""

    instrument: str = Field(min_length=1, max_length=25, description="As in `PreviewLeg`.")
    quantity: Decimal = Field(description="Bought positive, sold negative.")
    covers: bool = Field(default=True, description="Whether it counts as cover already.")


class PreviewQuery(PreviewParams):
    pending: tuple[PendingLeg, ...] = Field(
        default=(), max_length=200, description="Orders that work already, counted as filled."
    )
    strategy: str = Field(default="", max_length=40, description="What the order is called.")


class WordedParams(Params):
    """What all orders in words share. `limit_price` is as quoted, without a sign."""

    symbols: tuple[Ticker, ...] = Field(
        min_length=1, max_length=1, description="The company's ticker."
    )
    option_type: OptionType | None = Field(default=None, description="put or call.")
    quantity: int | None = Field(
        default=None, ge=1, le=1_000_000, description="Contracts, spreads or shares."
    )
    limit_price: Decimal | None = Field(
        default=None, gt=0, le=1_000_000, description="Price per share; else the midpoint."
    )
    order_type: OrderType = Field(default=OrderType.LIMIT, description="limit or market.")
    time_in_force: TimeInForce = Field(default=TimeInForce.DAY, description="day or gtc.")
    expiration: date | None = Field(default=None, description="Expiration date.")
    strike: Decimal | None = Field(default=None, gt=0, description="Strike, USD per share.")

    @property
    def symbol(self) -> str:
        return self.symbols[0]

    @model_validator(mode="after")
    def _market_has_no_limit(self) -> WordedParams:
        if self.order_type is OrderType.MARKET and self.limit_price is not None:
            raise ValueError("a market order has no limit price: say one or the other")
        return self


class OpenParams(WordedParams):
    """Slots of `execute_trade`."""

    side: Side | None = Field(default=None, description="buy or sell.")
    effect: Effect | None = Field(default=None, description="open or close.")
    strikes: tuple[Decimal, ...] = Field(default=(), max_length=4, description="Of a spread.")
    dte: Days | None = Field(default=None, description="Days to expiration: 30-45.")
    strategy: str | None = Field(default=None, max_length=40, description="What it is called.")


class CloseParams(WordedParams):
    """Slots of `close_position`. Nothing said beyond the symbol means all that is held of it."""

    strikes: tuple[Decimal, ...] = Field(default=(), max_length=4, description="Of a spread.")
    share: float | None = Field(default=None, gt=0, le=1, description="0.5 closes half.")
    only_stock: bool = Field(default=False, description="The shares, and none of the options.")


class RollParams(WordedParams):
    """Slots of `roll_position`: `strike` and `expiration` are those rolled to."""

    from_strike: Decimal | None = Field(default=None, gt=0, description="The strike held now.")
    from_expiration: date | None = Field(default=None, description="The expiration held now.")
    dte: Days | None = Field(default=None, description="Days to expiration rolled to.")


class PairParams(Params):
    """Slots of `execute_trade` and `close_position` that name a coin. `limit_price` is of one coin,
    without a sign; `max_capital` is what to spend where no amount was said."""

    pair: str = Field(min_length=2, max_length=25, description="A coin (BTC) or a pair (BTC/USD).")
    side: Side | None = Field(default=None, description="buy or sell.")
    amount: Decimal | None = Field(
        default=None, gt=0, le=MOST_UNITS, description="How many coins, fractions too."
    )
    max_capital: Decimal | None = Field(default=None, gt=0, description="Dollars to spend.")
    limit_price: Decimal | None = Field(
        default=None, gt=0, description="Price of one coin; else the midpoint."
    )
    order_type: OrderType = Field(default=OrderType.LIMIT, description="limit or market.")
    share: Decimal | None = Field(default=None, gt=0, le=1, description="0.5 sells half.")

    @model_validator(mode="after")
    def _market_has_no_limit(self) -> PairParams:
        if self.order_type is OrderType.MARKET and self.limit_price is not None:
            raise ValueError("a market order has no limit price: say one or the other")
        return self
