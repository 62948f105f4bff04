"""What the card of an order shows: every figure with its source, every limit with its margin.

The order is priced at the moment the card is made; nothing on it is a guess, and what is not known
is said to be so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from actions.action import ActionContext
from actions.limits.held import OrderLimits
from actions.order_params import OrderParams
from actions.pair_facts import pair_rows, pair_title
from connectors.preview.results import OrderPreview, PreviewLegRow
from mfa.kernel.cards import CardFacts
from mfa.kernel.errors import InputError
from mfa.kernel.figures import Figure, Unit
from mfa.kernel.money import units
from mfa.kernel.orders import OrderType, TimeInForce
from mfa.kernel.outcome import Absent, Found, Provenance

_Maker = Callable[[str, Decimal | str, Unit], Figure]
_MINUTES_FROM: Final = 120
_IN_FORCE: Final = {
    TimeInForce.DAY: "until today's close",
    TimeInForce.GOOD_TILL_CANCELLED: "until it is cancelled",
}


def order_facts(context: ActionContext, params: OrderParams) -> CardFacts:
    """`InputError` where the order cannot be priced: there is no card without a price."""
    limits = context.service(OrderLimits)
    priced = limits.preview(params, context)
    if not isinstance(priced, Found):
        why = priced.reason if isinstance(priced, Absent) else priced.message
        raise InputError(f"The order cannot be priced now: {why}")
    preview = priced.value
    if preview.pair is not None:
        return CardFacts(
            title=pair_title(preview, preview.pair),
            rows=tuple(pair_rows(preview, preview.pair, priced.provenance)),
            warnings=preview.warnings,
            checks=limits.of_order(params, context, preview),
        )
    return CardFacts(
        title=title(preview),
        rows=tuple(_rows(preview, priced.provenance)),
        warnings=preview.warnings,
        checks=limits.of_order(params, context, preview),
    )


def title(preview: OrderPreview) -> str:
    """'Sell 2 KO 52.5 put 16 Jul 2021 to open at 0.55 or better'."""
    said = " and ".join(_traded(leg) for leg in preview.legs)
    limit = preview.order.limit
    if limit is None:
        return f"{said[0].upper()}{said[1:]} at the market"
    if len(preview.legs) == 1:
        return f"{said[0].upper()}{said[1:]} at {abs(limit):.2f} or better"
    kind = "debit" if limit > 0 else "credit"
    return f"{said[0].upper()}{said[1:]} for {abs(limit):.2f} {kind} or better"


def _traded(leg: PreviewLegRow) -> str:
    verb = "buy" if leg.quantity > 0 else "sell"
    return f"{verb} {units(abs(leg.quantity))} {leg.name} to {leg.effect}"


def _rows(preview: OrderPreview, provenance: Provenance) -> Iterator[Figure]:
    def figure(label: str, value: Decimal | str, unit: Unit) -> Figure:
        return Figure(label=label, value=value, unit=unit, provenance=provenance)

    yield figure("Account", f"{preview.account}, {preview.mode.upper()}", Unit.TEXT)
    for leg in preview.legs:
        where = "" if leg.instrument == leg.name else f" ({leg.instrument})"
        yield figure(leg.effect.capitalize(), f"{_traded(leg)}{where}", Unit.TEXT)
        yield figure(f"Quote of {leg.name}", f"{leg.bid:.2f} to {leg.ask:.2f}", Unit.TEXT)
    yield figure("Price", _price(preview), Unit.TEXT)
    yield figure("Age of the quote", _age(preview.quote_age_seconds), Unit.TEXT)
    yield figure("In force", _IN_FORCE[preview.order.time_in_force], Unit.TEXT)
    yield figure("You receive" if preview.cash >= 0 else "You pay", abs(preview.cash), Unit.USD)
    yield figure("Fees, estimated", preview.fees, Unit.USD)
    if preview.realized is not None:
        yield figure("Profit of what it closes", preview.realized, Unit.USD)
    yield from _risk(preview, figure)


def _risk(preview: OrderPreview, figure: _Maker) -> Iterator[Figure]:
    if preview.is_opening:
        loss: Decimal | str = preview.max_loss if preview.max_loss is not None else "no bound"
        unit = Unit.USD if preview.max_loss is not None else Unit.TEXT
        yield figure(f"Greatest loss ({preview.max_loss_words})", loss, unit)
    effect = preview.buying_power_effect
    yield figure(
        "Takes of buying power" if effect >= 0 else "Sets buying power free", abs(effect), Unit.USD
    )
    yield figure("Buying power now", preview.buying_power, Unit.USD)
    if preview.regulation_t is not None and preview.regulation_t != effect:
        yield figure("By Regulation T it would take", preview.regulation_t, Unit.USD)
    for words in preview.obligations:
        yield figure("Obligation", words, Unit.TEXT)
    if preview.earnings_words:
        yield figure("Earnings", preview.earnings_words, Unit.TEXT)
    for note in preview.notes:
        yield figure("Note", note, Unit.TEXT)


def _price(preview: OrderPreview) -> str:
    around = f"midpoint {abs(preview.midpoint):.2f}, at once {abs(preview.natural):.2f}"
    if preview.order.order_type is OrderType.MARKET:
        return f"at the market ({around})"
    kind = "pay at most" if preview.price > 0 else "receive at least"
    return f"{kind} {abs(preview.price):.2f} ({around})"


def _age(seconds: float) -> str:
    if seconds < 1:
        return "of this moment"
    return f"{seconds:.0f} seconds" if seconds < _MINUTES_FROM else f"{seconds / 60:.0f} minutes"
