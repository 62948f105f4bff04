"""What the card of a crypto order shows beside what every order's does: which exchange it goes to,
the exchange's own symbol, amounts and prices to the last place of its grid, fees by its schedule.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from connectors.preview.results import OrderPreview, PairTerms
from mfa.kernel.figures import Figure, Unit
from mfa.kernel.money import units
from mfa.kernel.orders import OrderType
from mfa.kernel.outcome import Provenance

_MINUTES_FROM: Final = 120
_LEAST_PLACES: Final = 2


def pair_title(preview: OrderPreview, terms: PairTerms) -> str:
    """'Buy 0.05 BTC for USD at 60000.00 or better, at Kraken'."""
    (leg,) = preview.legs
    verb = "Buy" if leg.quantity > 0 else "Sell"
    what = f"{verb} {units(abs(leg.quantity)):f} {terms.base} for {terms.quote}"
    limit = preview.order.limit
    price = "at the market" if limit is None else f"at {exactly(limit)} or better"
    return f"{what} {price}, at {terms.title}"


def pair_rows(preview: OrderPreview, terms: PairTerms, provenance: Provenance) -> Iterator[Figure]:
    def figure(label: str, value: Decimal | str, unit: Unit = Unit.TEXT) -> Figure:
        return Figure(label=label, value=value, unit=unit, provenance=provenance)

    (leg,) = preview.legs
    buys = leg.quantity > 0
    yield figure("Account", f"{preview.account}, {preview.mode.upper()}")
    yield figure("Sent to", f"{terms.title}, where crypto currencies are traded")
    yield figure(
        "Buy" if buys else "Sell",
        f"{units(abs(leg.quantity)):f} {terms.base} as {leg.name} ({terms.symbol} there), in steps"
        f" of {terms.amount_step:f}",
    )
    yield figure(f"Quote of {leg.name}", f"{exactly(leg.bid)} to {exactly(leg.ask)}")
    yield figure("Price", _price(preview))
    yield figure("Age of the quote", _age(preview.quote_age_seconds))
    yield figure("In force", "until it is cancelled; the market never closes")
    yield figure("You pay" if buys else "You receive", abs(preview.cash), Unit.USD)
    yield figure("Fees, estimated", preview.fees, Unit.USD)
    yield figure("Fees are", preview.fees_words)
    if preview.realized is not None:
        yield figure("Profit of what it sells", preview.realized, Unit.USD)
    if preview.max_loss is not None:
        yield figure(f"Greatest loss ({preview.max_loss_words})", preview.max_loss, Unit.USD)
    effect = preview.buying_power_effect
    yield figure(f"Takes of free {terms.quote}" if effect >= 0 else f"Brings {terms.quote}",
                 abs(effect), Unit.USD)  # fmt: skip
    yield figure(f"Free {terms.quote} now", preview.buying_power, Unit.USD)
    yield figure(f"{terms.base} held now", f"{units(leg.held):f}")
    for note in preview.notes:
        yield figure("Note", note)


def exactly(price: Decimal) -> str:
    """Without a sign, with cents at least and no idle zeros beyond."""
    size = abs(price)
    places = max(-int(size.normalize().as_tuple().exponent), _LEAST_PLACES)
    return f"{size:,.{places}f}"


def plainly(price: Decimal) -> str:
    """The same to be typed over: no commas."""
    return exactly(price).replace(",", "")


def _price(preview: OrderPreview) -> str:
    around = f"midpoint {exactly(preview.midpoint)}, at once {exactly(preview.natural)}"
    if preview.order.order_type is OrderType.MARKET:
        return f"at the market ({around})"
    kind = "pay at most" if preview.price > 0 else "receive at least"
    return f"{kind} {exactly(preview.price)} ({around})"


def _age(seconds: float) -> str:
    if seconds < 1:
        return "of this moment"
    return f"{seconds:.0f} seconds" if seconds < _MINUTES_FROM else f"{seconds / 60:.0f} minutes"
