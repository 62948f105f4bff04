"""Writing down a trade that was made elsewhere: one movement of the imported account.

It sends no order. Undoing removes exactly that movement.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

from pydantic import Field, model_validator

from actions.action import (
    Action,
    ActionContext,
    ActionParams,
    ActionResult,
    ActionType,
    PermissionLevel,
    ReversibleFor,
    RiskClass,
)
from connectors.portfolio.params import Instrument
from mfa.data.events import DataEvent
from mfa.kernel.cards import CardFacts, Receipt
from mfa.kernel.clock import EXCHANGE_ZONE
from mfa.kernel.errors import InputError
from mfa.kernel.figures import Figure, Unit
from mfa.kernel.money import CONTRACT_SIZE, cents
from mfa.kernel.movements import Effect, Movement, MovementKind
from mfa.kernel.orders import Side
from mfa.kernel.outcome import Provenance
from mfa.kernel.symbols import OptionSymbol
from mfa.store.imports import ImportFile, ImportRepository, KeyedMovement

BY_HAND: Final = "by hand"
_NOON: Final = time(12)


class ManualTrade(ActionParams):
    """`price` is USD per share; `fees` are of the whole trade."""

    instrument: Instrument = Field(description="Ticker, or OCC symbol of an option.")
    side: Side = Field(description="buy or sell.")
    quantity: Decimal = Field(gt=0, le=1_000_000, description="Shares or contracts.")
    price: Decimal = Field(ge=0, le=1_000_000, description="Per share, USD.")
    day: date = Field(description="When it was made.")
    effect: Effect | None = Field(default=None, description="open or close, where you know.")
    fees: Decimal = Field(default=Decimal(0), ge=0, le=100_000, description="Of the whole, USD.")

    @model_validator(mode="after")
    def _whole_contracts(self) -> ManualTrade:
        if self.option is not None and self.quantity != self.quantity.to_integral_value():
            raise ValueError("option contracts are traded whole")
        return self

    @property
    def option(self) -> OptionSymbol | None:
        try:
            return OptionSymbol.parse(self.instrument)
        except InputError:
            return None

    @property
    def amount(self) -> Decimal:
        """Cash received, fees paid: a sale is positive."""
        units = self.quantity * (CONTRACT_SIZE if self.option is not None else 1)
        return cents(-self.side.sign * units * self.price - self.fees)

    @property
    def words(self) -> str:
        verb = "Bought" if self.side is Side.BUY else "Sold"
        return f"{verb} {self.quantity:f} {self.option or self.instrument} at ${self.price:,.2f}"


def _facts(context: ActionContext, params: ManualTrade) -> CardFacts:
    if params.day > context.means.clock.today():
        raise InputError("That day has not come yet.", "Say when the trade was made.")
    said = Provenance(source="what you said", as_of=context.means.clock.now())
    rows = [
        ("Instrument", params.instrument, Unit.TEXT),
        ("Made on", params.day, Unit.DATE),
        ("Cash received" if params.amount >= 0 else "Cash paid", abs(params.amount), Unit.USD),
        ("Fees", params.fees, Unit.USD),
        ("Into", "your imported account", Unit.TEXT),
    ]
    return CardFacts(
        title=f"Record: {params.words}",
        rows=tuple(
            Figure(label=label, value=value, unit=unit, provenance=said)
            for label, value, unit in rows
        ),
        warnings=("It is written down only; no order is sent.",),
    )


def _record(context: ActionContext, params: ManualTrade) -> ActionResult:
    option = params.option
    movement = Movement(
        at=datetime.combine(params.day, _NOON, EXCHANGE_ZONE), kind=MovementKind.TRADE,
        symbol=option.root if option is not None else params.instrument, option=option,
        quantity=params.side.sign * params.quantity, price=params.price, fees=cents(params.fees),
        amount=params.amount, memo=f"{params.words}, recorded {BY_HAND}", effect=params.effect,
    )  # fmt: skip
    key = f"{BY_HAND}:{context.card}"
    file = ImportFile(
        name=f"Recorded {BY_HAND}", broker=BY_HAND, problems=0, skipped=0,
        sha256=hashlib.sha256(key.encode()).hexdigest(),
    )  # fmt: skip
    kept = ImportRepository(context.database).add(
        context.user, file, [KeyedMovement(key=key, line=1, movement=movement)]
    )
    context.means.data.invalidate(DataEvent.ACCOUNT_CHANGED)
    return ActionResult(
        message=f"{params.words} is in your imported account.", details={"import": kept.id}
    )


def _remove(context: ActionContext, receipt: Receipt) -> ActionResult:
    ImportRepository(context.database).undo(context.user, receipt.details["import"])
    context.means.data.invalidate(DataEvent.ACCOUNT_CHANGED)
    return ActionResult(message="The record is removed again.")


RECORD: Final = Action(
    name="record_manual_trade", kind=ActionType.KEEP, permission=PermissionLevel.USER,
    params=ManualTrade, risk=RiskClass.MEDIUM, hourly_limit=120,
    description="Write down a trade made elsewhere; sends no order.",
    examples=("Record a trade: sold 1 AAPL 170 put at 2.50",),
    undoing=ReversibleFor(7 * 24 * 60), facts=_facts, run=_record, undo=_remove,
)  # fmt: skip
