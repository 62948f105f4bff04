"""The checks themselves: what an order would come to, what is allowed, and a verdict for each.

Pure: every figure is handed in. Orders that only close are free of the bounds on new risk, because
keeping a person in a position is no protection; but closing what covers a short call is new risk. A
figure that is not known is said to be unknown, and where a loss without bound could hide behind it
the order is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from actions.limits.bounds import Bounds
from connectors.preview.results import OrderPreview
from mfa.kernel.cards import Check, Verdict
from mfa.kernel.figures import Unit
from mfa.kernel.money import CENT
from mfa.kernel.orders import OrderType

_LEAST_TOLERANCE: Final = Decimal("0.05")
"""USD per unit that a limit may always lie through the market."""
_FAR_AWAY: Final = Decimal("0.25")
"""Share of the midpoint from which a limit is unlikely to be met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What was ordered before. `committed_today` dollars of today's opening orders that stand or
    filled; `same_before` and `same_since` are when the very same order was sent, before and since
    its card was made."""

    committed_today: Decimal = Decimal(0)
    same_before: tuple[datetime, ...] = ()
    same_since: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    preview: OrderPreview
    bounds: Bounds
    activity: Activity
    now: datetime


def checks(question: Question) -> tuple[Check, ...]:
    """Every check in a fixed order, passed ones included."""
    rules = _ALWAYS + (_OF_NEW_RISK if question.preview.is_opening else ())
    return tuple(check for rule in rules for check in rule(question))


def _symbols(asked: Question) -> Iterator[Check]:
    allowed = asked.bounds.symbols
    traded = {_root(leg.name) for leg in asked.preview.legs}
    coin = asked.preview.pair
    known = coin is not None and coin.base in allowed  # a coin is allowed in all its pairs
    outside = sorted(traded - allowed) if allowed and not known else []
    yield Check(
        name="symbols",
        verdict=Verdict.REFUSED if outside else Verdict.PASSED,
        sentence=(
            f"{', '.join(outside)} is not among the symbols that you allow."
            if outside
            else "All symbols are allowed." if not allowed else "The symbol is allowed."
        ),
    )  # fmt: skip


def _strategies(asked: Question) -> Iterator[Check]:
    allowed, strategy = asked.bounds.strategies, asked.preview.strategy.lower()
    fits = not allowed or strategy in allowed
    yield Check(
        name="strategy",
        verdict=Verdict.PASSED if fits else Verdict.REFUSED,
        sentence="The strategy is allowed."
        if fits
        else f"{asked.preview.strategy or 'This trade'} is not among the strategies you allow.",
    )


def _naked(asked: Question) -> Iterator[Check]:
    count = asked.preview.naked_calls
    said = "No short call is left uncovered."
    if count:
        said = (
            f"It would leave {count} short call{'s' if count > 1 else ''} that neither shares nor a"
            " long call cover: the loss has no bound."
        )
        if not asked.preview.is_opening:
            said += " Close the call first."
    yield Check(
        name="naked calls",
        verdict=Verdict.REFUSED if count else Verdict.PASSED,
        sentence=said,
        value=Decimal(count),
        bound=Decimal(0),
        unit=Unit.CONTRACTS,
    )


def _unbounded(asked: Question) -> Iterator[Check]:
    bounded = asked.preview.max_loss is not None
    yield Check(
        name="greatest loss",
        verdict=Verdict.PASSED if bounded else Verdict.REFUSED,
        sentence="The greatest loss has a bound." if bounded else "The greatest loss has no bound.",
        value=asked.preview.max_loss,
        unit=Unit.USD,
    )


def _order(asked: Question) -> Iterator[Check]:
    yield _at_most(
        "order size", asked.preview.committed, asked.bounds.order_usd, Unit.USD,
        "The order puts ${value:,.2f} at stake; ${bound:,.2f} is allowed per order.",
    )  # fmt: skip


def _day(asked: Question) -> Iterator[Check]:
    total = asked.activity.committed_today + asked.preview.committed
    yield _at_most(
        "today's orders", total, asked.bounds.day_usd, Unit.USD,
        "With it, today's orders put ${value:,.2f} at stake; ${bound:,.2f} is allowed per day.",
    )  # fmt: skip


def _contracts(asked: Question) -> Iterator[Check]:
    legs = asked.preview.legs
    most = max(
        (abs(leg.quantity) for leg in legs if leg.instrument != leg.name), default=Decimal(0)
    )
    yield _at_most(
        "contracts", most, Decimal(asked.bounds.contracts), Unit.CONTRACTS,
        "The order has {value:f} contracts of one kind; {bound:f} are allowed.",
    )  # fmt: skip


def _positions(asked: Question) -> Iterator[Check]:
    yield _at_most(
        "open positions", Decimal(asked.preview.positions_after), Decimal(asked.bounds.positions),
        Unit.COUNT, "With it {value:f} positions are open; {bound:f} are allowed.",
    )  # fmt: skip


def _power(asked: Question) -> Iterator[Check]:
    effect, power = asked.preview.buying_power_effect, asked.preview.buying_power
    if effect <= 0:
        yield Check(
            name="buying power", verdict=Verdict.PASSED, sentence="It takes no buying power.",
            value=effect, unit=Unit.USD,
        )  # fmt: skip
        return
    bound = power * Decimal(repr(asked.bounds.power_pct)) / 100
    yield _at_most(
        "buying power", effect, bound.quantize(Decimal("0.01")), Unit.USD,
        f"It takes ${{value:,.2f}} of ${power:,.2f} buying power; ${{bound:,.2f}}"
        f" ({asked.bounds.power_pct:g} %) is allowed.",
    )  # fmt: skip


def _day_loss(asked: Question) -> Iterator[Check]:
    change = asked.preview.day_change_pct
    loss = None if change is None else max(-change, 0.0)
    yield _breaker(
        "today's loss", loss, asked.bounds.day_loss_pct, asked.preview.past_problem,
        "The account is {value:.2f} % down today; from {bound:g} % on nothing new is opened.",
    )  # fmt: skip


def _drawdown(asked: Question) -> Iterator[Check]:
    yield _breaker(
        "drawdown", asked.preview.drawdown_pct, asked.bounds.drawdown_pct,
        asked.preview.past_problem,
        "The account is {value:.2f} % below its highest value; from {bound:g} % on nothing new is"
        " opened.",
    )  # fmt: skip


def _price(asked: Question) -> Iterator[Check]:
    preview = asked.preview
    limit = preview.order.limit
    if limit is None:
        yield Check(
            name="price", verdict=Verdict.WARNED,
            sentence="A market order has no price that it cannot pass.",
        )  # fmt: skip
        return
    through = limit - preview.natural
    middle = abs(preview.midpoint)
    step = CENT if preview.pair is None else preview.pair.price_step
    least = _LEAST_TOLERANCE if preview.pair is None else step
    tolerance = max(least, middle * Decimal(repr(asked.bounds.price_pct)) / 100).quantize(step)
    verdict, said = Verdict.PASSED, "The limit is near the market."
    if through > tolerance:
        verdict = Verdict.REFUSED
        said = (
            f"The limit is {_exactly(through)} worse than the market, which is there at"
            f" {_quoted(preview.natural)}; {_exactly(tolerance)} is allowed. Check the price."
        )
    elif preview.midpoint - limit > middle * _FAR_AWAY:
        verdict = Verdict.WARNED
        said = (
            f"The limit is far from the midpoint of {_quoted(preview.midpoint)}: it is unlikely"
            " to fill."
        )
    yield Check(
        name="price", verdict=verdict, sentence=said, value=through, bound=tolerance, unit=Unit.USD
    )


def _quote_age(asked: Question) -> Iterator[Check]:
    yield _at_most(
        "age of the quote", Decimal(round(asked.preview.quote_age_seconds)),
        Decimal(repr(asked.bounds.quote_seconds)), Unit.NUMBER,
        "The quote is {value:f} seconds old; {bound:g} are allowed.",
    )  # fmt: skip


def _same(asked: Question) -> Iterator[Check]:
    seconds = asked.bounds.repeat_seconds
    if asked.activity.same_since:
        yield Check(
            name="same order", verdict=Verdict.REFUSED,
            sentence="The very same order was sent since this card was made. If you mean a second"
            " one, ask for it again.",
        )  # fmt: skip
        return
    recent = [at for at in asked.activity.same_before if (asked.now - at).total_seconds() < seconds]
    if recent:
        ago = (asked.now - max(recent)).total_seconds()
        yield Check(
            name="same order", verdict=Verdict.WARNED,
            sentence=f"You sent the very same order {ago:.0f} seconds ago. Is this a second one?",
            value=Decimal(round(ago)), bound=Decimal(repr(seconds)),
        )  # fmt: skip
        return
    yield Check(
        name="same order", verdict=Verdict.PASSED, sentence="No such order was sent just before."
    )


def _hours(asked: Question) -> Iterator[Check]:
    if asked.preview.pair is not None:
        yield Check(
            name="market hours", verdict=Verdict.PASSED,
            sentence="Crypto currencies trade at all hours.",
        )  # fmt: skip
        return
    if asked.preview.market_open:
        yield Check(name="market hours", verdict=Verdict.PASSED, sentence="The market is open.")
        return
    market = asked.preview.order.order_type is OrderType.MARKET
    yield Check(
        name="market hours",
        verdict=Verdict.REFUSED if market else Verdict.WARNED,
        sentence="The market is closed: a market order would meet an opening price that nobody"
        " knows. Use a limit."
        if market
        else "The market is closed: the order waits for the open.",
    )


Rule = Callable[[Question], Iterator[Check]]
_ALWAYS: Final[tuple[Rule, ...]] = (_price, _quote_age, _same, _hours, _naked)
_OF_NEW_RISK: Final[tuple[Rule, ...]] = (
    _symbols, _strategies, _unbounded, _order, _day, _contracts, _positions, _power,
    _day_loss, _drawdown,
)  # fmt: skip


def _at_most(name: str, value: Decimal, bound: Decimal, unit: Unit, sentence: str) -> Check:
    return Check(
        name=name,
        verdict=Verdict.PASSED if value <= bound else Verdict.REFUSED,
        sentence=sentence.format(value=value, bound=bound),
        value=value,
        bound=bound,
        unit=unit,
    )


def _breaker(name: str, value: float | None, bound: float, problem: str, sentence: str) -> Check:
    """Without a past there is nothing to judge; a past that cannot be read refuses."""
    if value is None:
        return Check(
            name=name, verdict=Verdict.REFUSED if problem else Verdict.WARNED,
            bound=Decimal(repr(bound)), unit=Unit.PERCENT,
            sentence=f"The account's past could not be read, so {name} cannot be told: {problem}"
            if problem
            else f"The account's past is not known, so {name} cannot be told.",
        )  # fmt: skip
    return Check(
        name=name,
        verdict=Verdict.PASSED if value < bound else Verdict.REFUSED,
        sentence=sentence.format(value=value, bound=bound),
        value=Decimal(repr(round(value, 4))),
        bound=Decimal(repr(bound)),
        unit=Unit.PERCENT,
    )


def _quoted(price: Decimal) -> str:
    return f"{_exactly(abs(price))} {'debit' if price > 0 else 'credit'}"


def _exactly(price: Decimal) -> str:
    """Cents, and as many more places as the price has: coins trade for parts of a cent."""
    places = -int(price.normalize().as_tuple().exponent)
    return f"{price:.{max(places, 2)}f}"


def _root(name: str) -> str:
    return name.split(" ", 1)[0]
