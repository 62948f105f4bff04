"""What expirations ahead will do to the cash, in three scenarios.

Prices stay where they are: what is in the money is assigned or exercised, the rest expires. All
short options are assigned; none is. Long options in the money are exercised in the first scenario
by those who can pay for it; here every one is, as the clearing house does by default. Premiums are
in the cash already. What happens between the marks and the strikes of shares received or delivered
is no part of a cash forecast.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from pydantic import Field

from connectors.base import Result
from connectors.portfolio.valuation import Priced, Valuation
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents
from mfa.kernel.symbols import OptionType

NO_SHARES: Final[Mapping[str, Decimal]] = MappingProxyType({})


class ForecastRow(Result):
    """Cash after the expiration of `day`, in each scenario; `premium` is what the short options of
    the day will have brought in if they expire."""

    day: date
    days: int
    options: int
    premium: Decimal = Field(title="Premium kept if they expire")
    still_to_earn: Decimal = Field(title="Of it still to decay")
    unchanged: Decimal = Field(title="Cash, prices unchanged")
    all_assigned: Decimal = Field(title="Cash, all short ones assigned")
    none_assigned: Decimal = Field(title="Cash, none assigned")


class BalanceForecast(Result):
    """`income` is the decay still to come of the short options in the period if all expire."""

    cash: Decimal = Field(title="Cash now")
    end_date: date = Field(title="Until")
    income: Decimal = Field(title="Still to earn if all short options expire")
    unchanged: Decimal = Field(title="Cash then, prices unchanged")
    all_assigned: Decimal = Field(title="Cash then, all short options assigned")
    none_assigned: Decimal = Field(title="Cash then, none assigned")
    rows: tuple[ForecastRow, ...] = Field(title="By expiration")
    unpriced: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def balance_forecast(
    valuation: Valuation,
    cash: Decimal,
    *,
    today: date,
    end: date,
    shares: Mapping[str, Decimal] = NO_SHARES,
) -> BalanceForecast:
    """Expirations from today to `end`, both included; `shares` held, by symbol. Options without a
    price are left out and named: whether they are in the money is not known."""
    ahead = [
        (each.position.option.expiration, each)
        for each in valuation.options
        if each.position.option is not None and today <= each.position.option.expiration <= end
    ]
    rows: list[ForecastRow] = []
    running = {"unchanged": cash, "all_assigned": cash, "none_assigned": cash}
    for day in sorted({day for day, _ in ahead}):
        own = [each for expiration, each in ahead if expiration == day]
        shorts = [each for each in own if each.position.quantity < 0]
        for each in own:
            moved = _cash(each)
            running["unchanged"] += moved if _inside(each) else ZERO
            if each.position.quantity < 0:
                running["all_assigned"] += moved
            elif _inside(each):
                running["all_assigned"] += moved
                running["none_assigned"] += moved
        rows.append(
            ForecastRow(
                day=day,
                days=(day - today).days,
                options=sum(abs(each.position.quantity) for each in own),
                premium=sum((-each.position.cost_basis for each in shorts), ZERO),
                still_to_earn=sum((-each.value for each in shorts), ZERO),
                **{name: cents(value) for name, value in running.items()},
            )
        )
    return BalanceForecast(
        cash=cash,
        end_date=end,
        income=sum((row.still_to_earn for row in rows), ZERO),
        rows=tuple(rows),
        unpriced=valuation.unpriced,
        warnings=(*valuation.warnings, *_sold_short([each for _, each in ahead], shares)),
        **{name: cents(value) for name, value in running.items()},
    )


def _sold_short(ahead: Sequence[Priced], held: Mapping[str, Decimal]) -> Iterator[str]:
    """Shares that assigned calls would take beyond those held: their cash is not one's own."""
    taken: Counter[str] = Counter()
    prices = {}
    for each in ahead:
        option = each.position.option
        if option is not None and option.option_type is OptionType.CALL:
            short = min(each.position.quantity, ZERO)
            taken[each.position.symbol] -= int(short) * CONTRACT_SIZE
            prices[each.position.symbol] = each.underlying
    for symbol, shares in sorted(taken.items()):
        if (missing := shares - max(int(held.get(symbol, 0)), 0)) > 0:
            yield (
                f"If all are assigned, {missing} {symbol} shares that are not held would be sold"
                f" short: buying them takes ${missing * prices[symbol]:,.2f} at today's price,"
                " unless a long call is exercised."
            )


def _inside(each: Priced) -> bool:
    option = each.position.option
    if option is None:
        return False
    if option.option_type is OptionType.PUT:
        return each.underlying < option.strike
    return each.underlying > option.strike


def _cash(each: Priced) -> Decimal:
    """What assignment (of a short) or exercise (of a long) moves: the holder of a call pays."""
    option = each.position.option
    if option is None:
        return ZERO
    paid = each.position.quantity * CONTRACT_SIZE * option.strike
    return -paid if option.option_type is OptionType.CALL else paid
