"""The scan of contracts in NumPy; the arguments are those of `core_numba.chains.scan`."""

from __future__ import annotations

import numpy as np

from core_numba.normal import Floats, norm_cdf
from core_numba.plain.implied import Codes, forward_volatilities

SHARE, LEAST, SPREAD_HALF, INTEREST_HALF, INCOME_HALF, LIQUIDITY, SAFETY, INCOME = range(8)
"""Places in the array of settings."""


def _touch(m: Floats, drift: Floats, s: Floats) -> Floats:
    """Probability that a Brownian path with `drift` (over the whole time) reaches m by the end."""
    w = np.where(m > 0, 1.0, -1.0)
    straight = norm_cdf(w * (drift - m) / s)
    mirrored = np.exp(2.0 * drift * m / s**2) * norm_cdf(w * (-drift - m) / s)
    return np.where(m == 0.0, 1.0, np.minimum(straight + mirrored, 1.0))


def scan(  # noqa: PLR0917 - one name per column
    bid: Floats, ask: Floats, forward: Floats, spot: Floats, strike: Floats, years: Floats,
    rate: Floats, sign: Floats, volume: Floats, interest: Floats, early: Floats, fair: Floats,
    settings: Floats,
    implied: Floats, bid_implied: Floats, ask_implied: Floats, value: Floats, delta: Floats,
    gamma: Floats, theta: Floats, vega: Floats, rho: Floats, in_the_money: Floats, touch: Floats,
    static: Floats, annualised: Floats, margin: Floats, on_margin: Floats, spread: Floats,
    liquidity: Floats, income: Floats, score: Floats, reason: Codes,
) -> None:  # fmt: skip
    with np.errstate(all="ignore"):
        mid = np.where((bid >= 0) & (bid <= ask), 0.5 * bid + 0.5 * ask, np.nan)
        discount = np.exp(-rate * years)
        terms = (forward, strike, years, discount, sign)
        if bid_implied.size:
            forward_volatilities(bid - early, *terms, bid_implied, reason)
            forward_volatilities(ask - early, *terms, ask_implied, reason)
        forward_volatilities(mid - early, *terms, implied, reason)
        volatility = np.where(np.isnan(fair), implied, fair)
        root = np.sqrt(years)
        s = volatility * root
        d1 = np.log(forward / strike) / s + 0.5 * s
        d2 = d1 - s
        n1 = np.exp(-0.5 * d1 * d1) / np.sqrt(2.0 * np.pi)
        cdf1, cdf2 = norm_cdf(sign * d1), norm_cdf(sign * d2)
        europe = discount * sign * (forward * cdf1 - strike * cdf2)
        growth = np.log(forward / spot)
        value[:] = np.maximum(europe, 0.0) + early
        delta[:] = sign * discount * forward / spot * cdf1
        gamma[:] = discount * forward * n1 / (spot * spot * s)
        vega[:] = discount * forward * n1 * root
        rho[:] = sign * strike * years * discount * cdf2
        decay = 0.5 * vega * volatility / years
        theta[:] = rate * europe - delta * spot * growth / years - decay
        in_the_money[:] = cdf2
        touch[:] = _touch(np.log(strike / spot), growth - 0.5 * s * s, s)
        worth = np.maximum(sign * (spot - strike), 0.0)
        capital = np.where(sign > 0, spot, strike) - bid
        gain = bid - worth
        static[:] = np.where(capital > 0, gain / capital, np.nan)
        annualised[:] = static / years
        out = np.maximum(sign * (strike - spot), 0.0)
        floor = settings[LEAST] * np.where(sign > 0, spot, strike)
        margin[:] = np.maximum(settings[SHARE] * spot - out, floor) + bid
        on_margin[:] = gain / margin / years
        spread[:] = (ask - bid) / mid
        traded = volume + interest
        narrow = settings[SPREAD_HALF] / (settings[SPREAD_HALF] + spread)
        liquidity[:] = narrow * traded / (traded + settings[INTEREST_HALF])
        earned = np.maximum(annualised, 0.0)
        income[:] = earned / (earned + settings[INCOME_HALF])
        score[:] = (
            settings[LIQUIDITY] * liquidity
            + settings[SAFETY] * (1.0 - in_the_money)
            + settings[INCOME] * income
        )
