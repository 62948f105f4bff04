"""A valued position as the row that is shown, and the sums of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connectors.portfolio.params import Kind, PositionFilter, Side
from connectors.portfolio.position_results import PositionRow, PositionTotals
from connectors.portfolio.shapes import is_strategy
from connectors.portfolio.valuation import Priced, Unpriced, Valuation, describe
from mfa.kernel.account import Position
from mfa.kernel.clock import exchange_date
from mfa.kernel.market import Quote
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents
from mfa.kernel.symbols import OptionSymbol, OptionType


def matching(positions: Iterable[Position], wanted: PositionFilter) -> tuple[Position, ...]:
    """The positions that meet every filter given."""
    return tuple(position for position in positions if _meets(position, wanted))


def position_row(entry: Priced | Unpriced, *, today: date, held: Sequence[Position]) -> PositionRow:
    """The row of one position; `held` are all positions, to know what covers what."""
    position = entry.position
    option = position.option
    opened = exchange_date(position.opened_at)
    facts = {
        "instrument": position.instrument,
        "description": describe(position),
        "symbol": position.symbol,
        "kind": Kind.STOCK if option is None else Kind.OPTION,
        "side": Side.LONG if position.quantity > 0 else Side.SHORT,
        "option_type": option and option.option_type,
        "strike": option and option.strike,
        "expiration": option and option.expiration,
        "days_left": option and (option.expiration - today).days,
        "quantity": position.quantity,
        "strategy": position.strategy,
        "opened_at": position.opened_at,
        "days_held": (today - opened).days,
        "average_price": position.average_price,
        "cost_basis": position.cost_basis,
        "max_profit": -position.cost_basis if is_short_option(position) else None,
        "annualized_return_pct": annualized_return_pct(position, held),
    }
    figures = (
        _figures(entry, today=today)
        if isinstance(entry, Priced)
        else _NO_FIGURES | {"unpriced_reason": entry.reason}
    )
    return PositionRow.model_validate(facts | figures)


def totals(valuation: Valuation) -> PositionTotals:
    """Sums over what is priced; None where there is something and nothing of it is priced."""
    priced = valuation.priced
    if valuation.entries and not priced:
        return PositionTotals(
            value=None, cost_basis=None, unrealized=None, theta=None, delta_dollars=None, vega=None
        )
    return PositionTotals(
        value=sum((each.value for each in priced), ZERO),
        cost_basis=sum((each.position.cost_basis for each in priced), ZERO),
        unrealized=sum((each.unrealized for each in priced), ZERO),
        theta=theta_per_day(valuation),
        delta_dollars=sum(each.delta_dollars for each in priced),
        vega=sum(each.greeks.vega for each in priced),
    )


def theta_per_day(valuation: Valuation) -> float | None:
    """Sum of theta x 100 x signed contracts; None when there are options and none is priced."""
    options = valuation.options
    if not options and any(entry.position.option is not None for entry in valuation.entries):
        return None
    return sum((each.greeks.theta for each in options), 0.0)


def is_short_option(position: Position) -> bool:
    return position.option is not None and position.quantity < 0


@dataclass(frozen=True, slots=True)
class Moneyness:
    """`intrinsic` per share, never negative; `percent` of the underlying, negative outside."""

    intrinsic: Decimal
    percent: float

    @property
    def inside(self) -> bool:
        return self.intrinsic > 0

    @classmethod
    def of(cls, option: OptionSymbol, underlying: Decimal) -> Moneyness:
        inside = (
            underlying - option.strike
            if option.option_type is OptionType.CALL
            else option.strike - underlying
        )
        return cls(max(inside, ZERO), 100.0 * float(inside / underlying))


def annualized_return_pct(position: Position, held: Sequence[Position]) -> float | None:
    """Credit over the capital that a short option ties up, per 365 days from opening to expiration.

    Capital is the strike for a short put (none when a long put of the same stock limits it), the
    shares' average price for a short call on shares held; there is no such figure for the rest.
    """
    option = position.option
    if option is None or position.quantity > 0:
        return None
    contracts = -position.quantity
    if option.option_type is OptionType.PUT:
        if any(_is_long_put(other, position.symbol) for other in held):
            return None
        capital = option.strike * CONTRACT_SIZE * contracts
    else:
        shares = [p for p in held if p.symbol == position.symbol and p.option is None]
        count = sum((p.quantity for p in shares), ZERO)
        if count < CONTRACT_SIZE * contracts:
            return None
        per_share = sum((p.cost_basis for p in shares), ZERO) / count
        capital = per_share * CONTRACT_SIZE * contracts
    if capital <= 0:
        return None
    days = max(1, (option.expiration - exchange_date(position.opened_at)).days)
    return float(-position.cost_basis / capital) * 100.0 * 365.0 / days


def _is_long_put(position: Position, symbol: str) -> bool:
    option = position.option
    return (
        option is not None
        and option.option_type is OptionType.PUT
        and position.symbol == symbol
        and position.quantity > 0
    )


def _figures(priced: Priced, *, today: date) -> dict[str, object]:
    position, option = priced.position, priced.position.option
    basis = position.cost_basis
    percent = float(priced.unrealized / abs(basis)) * 100.0 if basis else None
    figures = _NO_FIGURES | {
        "mark": priced.mark,
        "value": priced.value,
        "unrealized": priced.unrealized,
        "unrealized_pct": percent,
        "underlying_price": priced.underlying,
        "delta": priced.greeks.delta,
        "gamma": priced.greeks.gamma,
        "theta": priced.greeks.theta,
        "vega": priced.greeks.vega,
        "delta_dollars": priced.delta_dollars,
    }
    if isinstance(priced.quote, Quote):
        since_before = exchange_date(position.opened_at) < today
        change = priced.quote.change * position.quantity if since_before else priced.unrealized
        return figures | {"day_change": cents(change)}
    if option is None:
        raise TypeError("an option's quote prices an option")
    money = Moneyness.of(option, priced.underlying)
    extrinsic = max(priced.mark - money.intrinsic, ZERO)
    return figures | {
        "max_profit_pct": percent if is_short_option(position) and basis < 0 else None,
        "in_the_money": money.inside,
        "moneyness_pct": money.percent,
        "intrinsic": money.intrinsic,
        "extrinsic": extrinsic,
        "extrinsic_value": cents(extrinsic * position.quantity * position.multiplier),
        "implied_volatility": priced.quote.implied_volatility,
    }


_NO_FIGURES: dict[str, object] = dict.fromkeys(
    (
        "mark",
        "value",
        "unrealized",
        "unrealized_pct",
        "day_change",
        "max_profit_pct",
        "underlying_price",
        "in_the_money",
        "moneyness_pct",
        "intrinsic",
        "extrinsic",
        "extrinsic_value",
        "implied_volatility",
        "delta",
        "gamma",
        "theta",
        "vega",
        "delta_dollars",
        "unpriced_reason",
    )
)


def _meets(position: Position, wanted: PositionFilter) -> bool:
    option = position.option
    kind = Kind.STOCK if option is None else Kind.OPTION
    side = Side.LONG if position.quantity > 0 else Side.SHORT
    return (
        (not wanted.symbols or position.symbol in wanted.symbols)
        and wanted.instrument in (None, position.instrument)
        and wanted.kind in (None, kind)
        and wanted.side in (None, side)
        and is_strategy(position.strategy, wanted.strategy)
        and wanted.option_type in (None, option and option.option_type)
        and wanted.strike in (None, option and option.strike)
        and wanted.expiration in (None, option and option.expiration)
        and _expires_within(option, wanted.expires_from, wanted.expires_by)
    )


def _expires_within(option: OptionSymbol | None, first: date | None, last: date | None) -> bool:
    """Both days included; an open end is no bound, and stock never expires."""
    if first is None and last is None:
        return True
    return (
        option is not None
        and (first is None or option.expiration >= first)
        and (last is None or option.expiration <= last)
    )
