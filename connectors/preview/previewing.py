"""Putting it together: asks for the account, the quotes, the next report; then computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from connectors.base import Sources
from connectors.portfolio.valuation import value_positions
from connectors.preview.effects import (
    Extremes,
    after,
    entries,
    extremes,
    obligations,
    opened,
    realized,
    taken,
)
from connectors.preview.params import (
    PendingLeg,
    PreviewLeg,
    PreviewParams,
    PreviewQuery,
    WordedParams,
)
from connectors.preview.quoting import Prices, QuotedLeg, prices, quoted, starting_limit
from connectors.preview.results import OrderPreview, PreviewLegRow
from connectors.preview.standing import standing, unread
from connectors.preview.wording import Worded, Wording
from mfa.kernel.account import AccountSnapshot, Position
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.mode import Mode
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents, units
from mfa.kernel.movements import Effect
from mfa.kernel.orders import Order, OrderLeg, OrderType, Side
from mfa.kernel.outcome import (
    Absent,
    Found,
    Outcome,
    Provenance,
    derived,
)
from mfa.kernel.symbols import OptionType

COMMISSION: Final = Decimal("0.65")
"""USD a contract: what practice charges, and what most US brokers do."""
_LOOK_BACK: Final = timedelta(days=366)
_NOTHING_OPENED: Final = Extremes(
    max_profit=None,
    max_profit_words="it only closes",
    max_loss=None,
    max_loss_words="none: it only closes",
)


def from_words(
    sources: Sources, said: WordedParams, make: Callable[[Sequence[Position], date], Wording]
) -> Outcome[OrderPreview]:
    """The order that `make` reads out of words, with a limit, previewed."""
    held = sources.account.positions()
    if not isinstance(held, Found):
        return held
    worded = make(held.value, sources.clock.today())
    if not isinstance(worded, Worded):
        return worded
    limit = None if said.limit_price is None else said.limit_price * (worded.pays or -1)
    exact = PreviewParams(
        legs=worded.legs,
        quantity=worded.quantity,
        order_type=OrderType.MARKET,
        time_in_force=said.time_in_force,
    )
    order = exact.order("preview", worded.strategy)
    legs = quoted(sources.market, order)
    if not isinstance(legs, tuple):
        return legs
    if said.order_type is OrderType.LIMIT:
        if limit is None:
            limit = starting_limit(order, prices(order, legs))
        exact = PreviewParams.model_validate(
            {**exact.model_dump(), "order_type": OrderType.LIMIT, "limit": limit}
        )
    return _previewed(sources, exact, worded.strategy, legs, held, notes=worded.notes, pending=())


def preview(sources: Sources, asked: PreviewQuery) -> Outcome[OrderPreview]:
    held = sources.account.positions()
    if not isinstance(held, Found):
        return held
    exact = PreviewParams.model_validate(asked.model_dump(exclude={"pending", "strategy"}))
    legs = quoted(sources.market, exact.order("preview", asked.strategy))
    if not isinstance(legs, tuple):
        return legs
    return _previewed(sources, exact, asked.strategy, legs, held, notes=(), pending=asked.pending)


def _previewed(
    sources: Sources,
    exact: PreviewParams,
    strategy: str,
    legs: Sequence[QuotedLeg],
    held: Found[tuple[Position, ...]],
    *,
    notes: tuple[str, ...],
    pending: Sequence[PendingLeg],
) -> Outcome[OrderPreview]:
    account = sources.account.account()
    if not isinstance(account, Found):
        return account
    order = exact.order("preview", strategy)
    if fault := _fault(order, held.value, pending):
        return Absent(fault)
    now, today = sources.clock.now(), sources.clock.today()
    found = prices(order, legs)
    price = order.limit if order.limit is not None else found.natural
    at = entries(order, legs, price)
    positions = _with_pending(held.value, pending)
    symbols = {leg.symbol for leg in order.legs}
    marks = value_positions(sources.market, [each for each in held.value if each.symbol in symbols])
    sure = _with_pending(held.value, [each for each in pending if each.covers])
    tied = taken(order, legs, at, held=sure, marks=marks, now=now)
    covered = _covered_calls(order, tied.naked_calls)
    reach = extremes(order, legs, at, covered, now) or _NOTHING_OPENED
    cash = -cents(price * order.quantity * order.multiplier)
    curve = sources.account.equity_curve(start=today - _LOOK_BACK, end=today)
    stands = standing(account.value, curve.value if isinstance(curve, Found) else (), today)
    report, report_words = _earnings(sources, order, today)
    shares = _shares(held.value)
    inputs: list[Provenance] = [each.provenance for each in legs]
    inputs += [held.provenance, account.provenance]
    age = max((now - found.oldest).total_seconds(), 0.0)
    fees = COMMISSION * sum(
        leg.ratio * order.quantity for leg in order.legs if leg.option is not None
    )
    return Found(
        OrderPreview(
            order=exact,
            strategy=strategy,
            mode=sources.mode.value,
            account=_account_name(sources, account.value),
            is_opening=order.is_opening,
            legs=tuple(_row(each, order, held.value) for each in legs),
            natural=found.natural,
            midpoint=found.midpoint,
            price=price,
            quoted_at=found.oldest,
            quote_age_seconds=age,
            cash=cash,
            fees=cents(fees),
            fees_words=_fees_words(sources.mode, fees),
            max_loss=reach.max_loss,
            max_loss_words=reach.max_loss_words,
            max_profit=reach.max_profit,
            max_profit_words=reach.max_profit_words,
            realized=realized(order, at, held.value),
            buying_power=account.value.buying_power,
            buying_power_effect=tied.cash_secured,
            regulation_t=tied.regulation_t,
            committed=_committed(order, cash, tied.cash_secured, reach),
            naked_calls=max(tied.naked_calls, 0),
            obligations=obligations(order, at, shares),
            earnings=report,
            earnings_words=report_words,
            positions_after=len(after(order, positions, at)),
            equity=account.value.equity,
            day_change_pct=stands.day_change_pct,
            drawdown_pct=stands.drawdown_pct,
            past_problem=unread(curve),
            market_open=exchange_calendar().is_open(now),
            notes=notes,
            warnings=_warnings(order, found, legs),
        ),
        derived("trade_preview", *inputs),
    )


def _fault(order: Order, held: Sequence[Position], pending: Sequence[PendingLeg]) -> str:
    """Why an order cannot be meant: it closes what is not held, or what another order that works
    closes already. Empty when it can."""
    owned = {each.instrument: each.quantity for each in held}
    for leg in order.legs:
        if leg.effect is Effect.OPEN:
            continue
        sign, count = leg.side.sign, leg.ratio * order.quantity
        have = -sign * owned.get(leg.instrument, ZERO)
        name = leg.option or leg.symbol
        if have < count:
            return f"You do not hold {units(count)} {name} to close."
        closing = sum(
            (
                sign * each.quantity
                for each in pending
                if each.instrument == leg.instrument and each.quantity * sign > 0
            ),
            ZERO,
        )
        if have - closing < count:
            return (
                f"Of {units(have)} {name} orders that work already close {units(closing)}:"
                " cancel one first."
            )
    return ""


def _with_pending(held: Sequence[Position], pending: Sequence[PendingLeg]) -> tuple[Position, ...]:
    found = {each.instrument: each for each in held}
    for each in pending:
        known = found.get(each.instrument)
        if known is not None:
            found[each.instrument] = replace(known, quantity=known.quantity + each.quantity)
            continue
        side = Side.BUY if each.quantity > 0 else Side.SELL
        leg: OrderLeg = PreviewLeg(instrument=each.instrument, side=side, effect=Effect.OPEN).leg()
        found[each.instrument] = opened(leg, each.quantity, ZERO)
    return tuple(each for each in found.values() if each.quantity)


def _covered_calls(order: Order, naked: int) -> int:
    """How many of the calls that the order sells to open stand on shares held before: those that
    neither its own bought calls or shares cover, nor nothing."""
    sold = bought = 0
    for leg in order.legs:
        if leg.effect is Effect.CLOSE:
            continue
        count = int(leg.ratio * order.quantity)
        if leg.option is None:
            bought += count // CONTRACT_SIZE if leg.side is Side.BUY else 0
        elif leg.option.option_type is OptionType.CALL and leg.side is Side.SELL:
            sold += count
        elif leg.option.option_type is OptionType.CALL:
            bought += count
    return max(sold - bought - max(naked, 0), 0)


def _committed(order: Order, cash: Decimal, effect: Decimal, reach: Extremes) -> Decimal:
    if not order.is_opening:
        return ZERO
    return max(-cash, effect, reach.max_loss or ZERO, ZERO)


def _row(each: QuotedLeg, order: Order, held: Sequence[Position]) -> PreviewLegRow:
    leg = each.leg
    owned = sum((p.quantity for p in held if p.instrument == leg.instrument), Decimal(0))
    return PreviewLegRow(
        instrument=leg.instrument,
        name=str(leg.option or leg.symbol),
        quantity=leg.side.sign * leg.ratio * order.quantity,
        held=owned,
        effect=leg.effect.value,
        bid=each.quote.bid,
        ask=each.quote.ask,
        quoted_at=each.quote.as_of,
    )


def _shares(held: Sequence[Position]) -> Mapping[str, Decimal]:
    return {each.symbol: each.quantity for each in held if each.option is None}


def _earnings(sources: Sources, order: Order, today: date) -> tuple[date | None, str]:
    """The next report before the last expiration that the order opens, and a sentence of it."""
    days = [
        leg.option.expiration
        for leg in order.legs
        if leg.option is not None and leg.effect is Effect.OPEN
    ]
    if not days:
        return None, ""
    outcome = sources.market.next_earnings(order.symbol)
    if not isinstance(outcome, Found):
        why = outcome.reason if isinstance(outcome, Absent) else outcome.message
        return None, f"Whether {order.symbol} reports before expiration is not known: {why}"
    day = outcome.value.day
    if today <= day <= max(days):
        return day, (
            f"{order.symbol} reports on {day.day} {day:%b %Y} {outcome.value.timing},"
            " before expiration."
        )
    return None, f"{order.symbol} is not known to report before expiration."


def _warnings(order: Order, found: Prices, legs: Sequence[QuotedLeg]) -> tuple[str, ...]:
    said = [each.provenance.warning for each in legs if each.provenance.warning]
    if order.order_type is OrderType.MARKET:
        gap = abs(found.natural - found.midpoint) * order.quantity * order.multiplier
        said.append(
            "A market order takes whatever price is there when it arrives; crossing the spread"
            f" costs ${gap:,.2f} against the midpoint now, and more if quotes move. A limit order"
            " cannot fill worse than its limit."
        )
    return tuple(dict.fromkeys(said))


def _fees_words(mode: Mode, fees: Decimal) -> str:
    if not fees:
        return "Shares trade without commission."
    if mode is Mode.LIVE:
        return "Estimated at $0.65 a contract; your broker's own schedule decides."
    return "$0.65 a contract."


def _account_name(sources: Sources, account: AccountSnapshot) -> str:
    return f"{sources.account.name} {account.account_id}".strip()
