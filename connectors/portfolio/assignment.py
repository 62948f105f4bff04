"""When a short option is likely to be assigned, by a rule that is written out.

`RULE` is what the code does, in words; the two are tested against each other. The probability is of
finishing in the money, which is not that of early assignment: those reasons are given separately.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from statistics import NormalDist
from typing import Final

from connectors.portfolio.position_results import RiskLevel
from mfa.kernel.clock import EXCHANGE_ZONE
from mfa.kernel.market import OptionQuote
from mfa.kernel.symbols import OptionSymbol, OptionType

NEAR_DAYS: Final = 7
THIN_EXTRINSIC: Final = Decimal("0.10")
LIKELY: Final = 0.70
POSSIBLE: Final = 0.35
CLOSE_PCT: Final = 2.0

RULE: Final = (
    "High: in the money with 7 days or fewer left, or with $0.10 a share or less of extrinsic"
    " value, or with a 70 % or higher probability of finishing in the money; or an in-the-money"
    " call whose dividend before expiration is worth more than its extrinsic value."
    " Medium: any other in-the-money option, a probability of 35 % or more, or within 2 % of the"
    " strike with 7 days or fewer left. Low: the rest."
)
PROBABILITY_METHOD: Final = (
    "Black-Scholes N(d2) for calls and N(-d2) for puts, with d1 taken from the quoted delta and"
    " d2 = d1 - volatility x square root of the years left."
)
_NORMAL: Final = NormalDist()
_YEAR_SECONDS: Final = 365 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the rule looks at. `moneyness_pct` is negative out of the money; `dividend` per share
    goes ex before expiration."""

    option_type: OptionType
    in_the_money: bool
    moneyness_pct: float
    extrinsic: Decimal
    days_left: int
    probability: float
    dividend: Decimal | None


def judge(case: Case) -> tuple[RiskLevel, tuple[str, ...]]:
    """The level and the reasons for it, by `RULE`."""
    high = tuple(_high(case)) if case.in_the_money else ()
    if high:
        return RiskLevel.HIGH, high
    medium = tuple(_medium(case))
    if medium:
        return RiskLevel.MEDIUM, medium
    distance = -case.moneyness_pct
    likely = f"{100.0 * case.probability:.0f} % likely to finish in it"
    return RiskLevel.LOW, (f"Out of the money by {distance:.1f} %, {likely}.",)


def _high(case: Case) -> list[str]:
    reasons = []
    if case.days_left <= NEAR_DAYS:
        reasons.append(f"In the money with {_days(case.days_left)} left.")
    if case.extrinsic <= THIN_EXTRINSIC:
        reasons.append(f"In the money with ${case.extrinsic:.2f} a share of extrinsic value left.")
    if case.probability >= LIKELY:
        reasons.append(f"{100.0 * case.probability:.0f} % likely to finish in the money.")
    if (
        case.option_type is OptionType.CALL
        and case.dividend is not None
        and case.dividend > case.extrinsic
    ):
        reasons.append(
            f"The dividend of ${case.dividend:.2f} is worth more than the ${case.extrinsic:.2f} of"
            " extrinsic value: early exercise pays."
        )
    return reasons


def _medium(case: Case) -> list[str]:
    reasons = []
    if case.in_the_money:
        reasons.append(
            f"In the money by {case.moneyness_pct:.1f} %, with {_days(case.days_left)} and"
            f" ${case.extrinsic:.2f} a share of extrinsic value left."
        )
    if case.probability >= POSSIBLE:
        reasons.append(f"{100.0 * case.probability:.0f} % likely to finish in the money.")
    if not case.in_the_money and case.days_left <= NEAR_DAYS and -case.moneyness_pct <= CLOSE_PCT:
        reasons.append(
            f"Only {-case.moneyness_pct:.1f} % out of the money with {_days(case.days_left)} left."
        )
    return reasons


def probability_in_the_money(quote: OptionQuote, now: datetime) -> float:
    """Risk-neutral probability of finishing in the money (see `PROBABILITY_METHOD`).

    Taking d1 from delta uses the rate and the dividends that the quote was made with. At
    expiration, or where delta or volatility says nothing, it is 1 in the money and 0 out of it.
    """
    option = quote.option
    years = years_left(option, now)
    size = abs(quote.delta)
    call = option.option_type is OptionType.CALL
    if years <= 0 or quote.implied_volatility <= 0 or not 1e-9 < size < 1 - 1e-9:
        spot = quote.underlying_price
        return float(spot > option.strike if call else spot < option.strike)
    spread = quote.implied_volatility * math.sqrt(years)
    likelihood = _NORMAL.inv_cdf(size)
    return _NORMAL.cdf(likelihood - spread if call else likelihood + spread)


def years_left(option: OptionSymbol, now: datetime) -> float:
    """Years (ACT/365) to 16:00 at the exchange on the expiration date; negative after it."""
    end = datetime.combine(option.expiration, time(16), tzinfo=EXCHANGE_ZONE)
    return (end - now).total_seconds() / _YEAR_SECONDS


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
