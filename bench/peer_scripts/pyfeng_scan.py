"""A scan as pyfeng's users write it: its model for volatility and Greeks, NumPy for the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyfeng


def run(  # noqa: PLR0917 - one name per column
    bid: Any, ask: Any, spot: Any, strike: Any, years: Any, rate: Any, dividend_yield: Any,
    sign: Any, volume: Any, open_interest: Any,
) -> dict[str, Any]:  # fmt: skip
    mid = 0.5 * (bid + ask)
    model = pyfeng.Bsm(sigma=0.2, intr=rate, divr=dividend_yield)
    terms = (strike, spot, years, sign)
    volatility = model.impvol(mid, *terms)
    model = pyfeng.Bsm(sigma=volatility, intr=rate, divr=dividend_yield)
    value, delta, gamma = model.price(*terms), model.delta(*terms), model.gamma(*terms)
    vega, theta = model.vega(*terms), model.theta(*terms)
    in_the_money = model.cdf(*terms)
    worth = np.maximum(sign * (spot - strike), 0.0)
    annualised = (bid - worth) / (np.where(sign > 0, spot, strike) - bid) / years
    spread, traded = (ask - bid) / mid, volume + open_interest
    liquidity = 0.1 / (0.1 + spread) * traded / (traded + 100.0)
    earned = np.maximum(annualised, 0.0)
    score = 0.3 * liquidity + 0.4 * (1.0 - in_the_money) + 0.3 * earned / (earned + 0.2)
    return {
        "implied": volatility, "value": value, "delta": delta, "gamma": gamma, "vega": vega,
        "theta": theta, "in_the_money": in_the_money, "score": score,
    }  # fmt: skip
