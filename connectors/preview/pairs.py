"""An order of a pair before it is sent: priced at the exchange it would go to, with that account.

One pair an order, for what is there: coins are sold as far as they are held, and nothing is
borrowed. What lies off the exchange's grid is refused with what would do. Dollars' stablecoins
count one for one, which is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import Final

from connectors.base import Sources
from connectors.preview.params import (
    PairParams,
    PendingLeg,
    PreviewLeg,
    PreviewParams,
    PreviewQuery,
)
from connectors.preview.results import OrderPreview, PairTerms, PreviewLegRow
from connectors.preview.standing import standing, unread
from mfa.kernel.account import AccountSnapshot, Position
from mfa.kernel.coins import DOLLARS, Pair, PairQuote, PairRules, Venue, held_of
from mfa.kernel.money import CENT, ZERO, cents, units
from mfa.kernel.movements import Effect
from mfa.kernel.orders import AssetClass, Order, OrderType, Side
from mfa.kernel.outcome import Absent, Failed, Found, Outcome, Provenance, derived

STRATEGY: Final = "crypto"
_ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What an order of a pair is priced from, all of one exchange."""

    venue: Venue
    pair: Pair
    rules: PairRules
    quote: PairQuote
    positions: tuple[Position, ...]
    account: AccountSnapshot
    free: Decimal
    of_quote: Provenance
    inputs: tuple[Provenance, ...]
    warnings: tuple[str, ...]

    @property
    def held(self) -> Decimal:
        return held_of(self.pair.base, self.positions)


def preview_pair(sources: Sources, given: PreviewQuery) -> Outcome[OrderPreview]:
    exact = PreviewParams.model_validate(given.model_dump(exclude={"pending", "strategy"}))
    order = exact.order("preview", given.strategy)
    if len(order.legs) != 1 or order.legs[0].asset is not AssetClass.CRYPTO:
        return Absent("A pair is ordered by itself: one pair, and nothing beside it.")
    asked = _ask(sources, Pair.parse(order.symbol))
    if not isinstance(asked, _Asked):
        return asked
    return _previewed(sources, exact, asked, given.pending, notes=())


def pair_from_words(sources: Sources, said: PairParams) -> Outcome[OrderPreview]:
    """Amount and limit as they were said; the midpoint on the grid where no limit was."""
    found = _meant(sources, said.pair)
    if not isinstance(found, Found):
        return found
    if said.side is None:
        return Absent(f"Do you want to buy or to sell {found.value.base}?")
    asked = _ask(sources, found.value)
    if not isinstance(asked, _Asked):
        return asked
    limit = None
    if said.order_type is OrderType.LIMIT:
        limit = said.limit_price or _starting(asked, said.side)
    amount = _amount(asked, said, limit)
    if not isinstance(amount, Decimal):
        return amount
    leg = PreviewLeg(
        instrument=str(asked.pair), side=said.side,
        effect=Effect.OPEN if said.side is Side.BUY else Effect.CLOSE,
    )  # fmt: skip
    try:
        exact = PreviewParams.model_validate(
            {
                "legs": (leg,), "quantity": units(amount), "order_type": said.order_type,
                "limit": None if limit is None else units(limit) * said.side.sign,
            }
        )  # fmt: skip
    except ValueError as error:
        return Absent(str(error))
    return _previewed(sources, exact, asked, (), notes=_notes(said, amount, asked))


def _meant(sources: Sources, text: str) -> Outcome[Pair]:
    """'BTC' is the pair in dollars that the exchange has; 'BTC/USDT' is that pair."""
    venue = sources.venue()
    if not isinstance(venue, Found):
        return venue
    base, _, quote = text.upper().partition("/")
    return venue.value.market.pair(base, quote or None)


def _ask(sources: Sources, pair: Pair) -> _Asked | Absent | Failed:  # noqa: PLR0911 - one a question
    if not pair.is_in_dollars:
        return Absent(
            f"{pair} is not in dollars ({', '.join(DOLLARS)}): it cannot be ordered here."
        )
    found = sources.venue()
    if not isinstance(found, Found):
        return found
    venue = found.value
    rules = venue.market.rules(pair)
    if not isinstance(rules, Found):
        return rules
    quote = venue.market.quote(pair)
    if not isinstance(quote, Found):
        return quote
    account = venue.account.account()
    if not isinstance(account, Found):
        return account
    positions = venue.account.positions()
    if not isinstance(positions, Found):
        return positions
    free = venue.funds(pair.quote)
    if not isinstance(free, Found):
        return free
    inputs = (rules, quote, account, positions, free)
    return _Asked(
        venue=venue, pair=pair, rules=rules.value, quote=quote.value, positions=positions.value,
        account=account.value, free=free.value, of_quote=quote.provenance,
        inputs=tuple(each.provenance for each in inputs),
        warnings=tuple(filter(None, (each.provenance.warning for each in inputs))),
    )  # fmt: skip


def _starting(asked: _Asked, side: Side) -> Decimal:
    """The midpoint on the grid, rounded towards the far side: where one begins to ask."""
    return asked.rules.price_near(asked.quote.mid, up=side is Side.BUY)


def _amount(asked: _Asked, said: PairParams, limit: Decimal | None) -> Decimal | Absent:
    """How many coins: said, worth the dollars that were said, or the part of what is held."""
    base = asked.pair.base
    if said.amount is not None:
        return said.amount
    if said.max_capital is not None:
        price = limit if limit is not None else _far(asked, said.side or Side.BUY)
        amount = asked.rules.amount_below(said.max_capital / price)
    elif said.side is Side.SELL:
        if asked.held <= 0:
            return Absent(f"You hold no {base} at {asked.venue.title}.")
        amount = asked.rules.amount_below(asked.held * (said.share or _ONE))
    else:
        return Absent(f"How many {base}, or for how many dollars?")
    if amount <= 0:
        return Absent(f"That is less than the least step of {base}, {asked.rules.amount_step:f}.")
    return amount


def _notes(said: PairParams, amount: Decimal, asked: _Asked) -> tuple[str, ...]:
    if said.amount is not None or said.max_capital is None:
        return ()
    base = asked.pair.base
    return (f"${said.max_capital:,.2f} buy {units(amount):f} {base} in steps of the exchange.",)


def _previewed(
    sources: Sources,
    exact: PreviewParams,
    asked: _Asked,
    pending: Sequence[PendingLeg],
    *,
    notes: tuple[str, ...],
) -> Outcome[OrderPreview]:
    order = exact.order("preview", STRATEGY)
    (leg,) = order.legs
    limit = None if order.limit is None else abs(order.limit)
    if order.limit is not None and order.limit * leg.side.sign <= 0:
        return Absent(f"The limit of an order to {leg.side.value} a pair has the other sign.")
    why = asked.rules.misfit(order.quantity, limit) or _unheld(order, asked, pending)
    if why:
        return Absent(why)
    sign, buys = leg.side.sign, leg.side is Side.BUY
    natural, middle = _far(asked, leg.side) * sign, asked.quote.mid * sign
    price = order.limit if order.limit is not None else natural
    rate, kind = _fee(order, natural, asked.rules)
    worth = abs(price) * order.quantity
    fees = (worth * rate).quantize(CENT, ROUND_UP)
    paid = cents(worth) + fees if buys else fees - cents(worth)
    now, today = sources.clock.now(), sources.clock.today()
    curve = asked.venue.account.equity_curve(end=today)
    stands = standing(asked.account, curve.value if isinstance(curve, Found) else (), today)
    return Found(
        OrderPreview(
            order=exact,
            strategy=STRATEGY,
            mode=sources.mode.value,
            account=f"{asked.venue.account.name} {asked.account.account_id}".strip(),
            is_opening=order.is_opening,
            legs=(_row(order, asked),),
            natural=natural,
            midpoint=middle,
            price=price,
            quoted_at=asked.quote.as_of,
            quote_age_seconds=max((now - asked.quote.as_of).total_seconds(), 0.0),
            cash=cents(-price * order.quantity),
            fees=fees,
            fees_words=_fees_words(rate, kind, asked.venue.market.name),
            max_loss=paid if buys else None,
            max_loss_words="if the coin becomes worthless" if buys else "none: it only sells",
            max_profit=None,
            max_profit_words="without bound" if buys else "none: it only sells",
            realized=_realized(order, price, asked),
            buying_power=cents(asked.free),
            buying_power_effect=paid,
            regulation_t=None,
            committed=paid if buys else ZERO,
            naked_calls=0,
            obligations=(),
            earnings=None,
            earnings_words="",
            positions_after=_positions_after(order, asked),
            equity=asked.account.equity,
            day_change_pct=stands.day_change_pct,
            drawdown_pct=stands.drawdown_pct,
            past_problem=unread(curve),
            market_open=True,
            notes=(*notes, *_of_stablecoins(asked.pair), *_computed(asked)),
            warnings=(*asked.warnings, *_of_market(order, natural, middle)),
            pair=PairTerms(
                venue=asked.venue.name, title=asked.venue.title, symbol=asked.rules.symbol,
                base=asked.pair.base, quote=asked.pair.quote,
                amount_step=asked.rules.amount_step, price_step=asked.rules.price_step,
                fee_rate=rate, fee_kind=kind,
            ),
        ),
        derived("trade_preview", *asked.inputs),
    )  # fmt: skip


def _far(asked: _Asked, side: Side) -> Decimal:
    return asked.quote.ask if side is Side.BUY else asked.quote.bid


def _fee(order: Order, natural: Decimal, rules: PairRules) -> tuple[Decimal, str]:
    """What it would pay: who trades at once takes, who waits makes."""
    at_once = order.limit is None or order.limit >= natural
    return (rules.taker, "taker") if at_once else (rules.maker, "maker")


def _unheld(order: Order, asked: _Asked, pending: Sequence[PendingLeg]) -> str:
    """Why an order cannot be meant: coins are bought to open and sold to close."""
    (leg,) = order.legs
    base, buys = asked.pair.base, leg.side is Side.BUY
    if buys is not (leg.effect is Effect.OPEN):
        return f"{base} is bought to open and sold to close: nothing is borrowed here."
    if buys:
        return ""
    standing_sales = sum(
        (
            -each.quantity
            for each in pending
            if each.quantity < 0 and each.instrument.partition("/")[0] == base
        ),
        Decimal(0),
    )
    free = asked.held - standing_sales
    if free >= order.quantity:
        return ""
    besides = f", {units(standing_sales):f} of them in other orders" if standing_sales else ""
    return (
        f"You hold {units(asked.held):f} {base} at {asked.venue.title}{besides}:"
        f" {units(order.quantity):f} cannot be sold."
    )


def _row(order: Order, asked: _Asked) -> PreviewLegRow:
    (leg,) = order.legs
    return PreviewLegRow(
        instrument=str(asked.pair), name=str(asked.pair),
        quantity=leg.side.sign * order.quantity, held=asked.held, effect=leg.effect.value,
        bid=asked.quote.bid, ask=asked.quote.ask, quoted_at=asked.quote.as_of,
    )  # fmt: skip


def _realized(order: Order, price: Decimal, asked: _Asked) -> Decimal | None:
    """Profit of what is sold, before its fees; None where the cost is not known."""
    held = asked.held
    if order.is_opening or not asked.venue.knows_cost or held <= 0:
        return None
    own = [each for each in asked.positions if each.symbol.partition("/")[0] == asked.pair.base]
    cost = sum((each.cost_basis for each in own), ZERO) * order.quantity / held
    return cents(abs(price) * order.quantity - cost)


def _positions_after(order: Order, asked: _Asked) -> int:
    coins = {each.symbol.partition("/")[0] for each in asked.positions if each.quantity}
    if order.is_opening:
        coins.add(asked.pair.base)
    elif order.quantity >= asked.held:
        coins.discard(asked.pair.base)
    return len(coins)


def _fees_words(rate: Decimal, kind: str, who: str) -> str:
    return f"{units(rate * 100):f} % as {kind} (schedule: {who})"


def _computed(asked: _Asked) -> tuple[str, ...]:
    """A price that no market ever quoted is said to be none."""
    if not asked.of_quote.computed:
        return ()
    return (f"{asked.of_quote.note[:1].upper()}{asked.of_quote.note[1:]}.",)


def _of_stablecoins(pair: Pair) -> tuple[str, ...]:
    if pair.quote == DOLLARS[0]:
        return ()
    return (f"{pair.quote} counts as a dollar here, one for one.",)


def _of_market(order: Order, natural: Decimal, middle: Decimal) -> tuple[str, ...]:
    if order.order_type is not OrderType.MARKET:
        return ()
    gap = abs(natural - middle) * order.quantity
    said = (
        "A market order takes whatever price is there when it arrives; crossing the spread costs"
        f" ${gap:,.2f} against the midpoint now, and more if the market moves. A limit order cannot"
        " fill worse than its limit."
    )
    return (said,)
