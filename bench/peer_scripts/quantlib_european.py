"""QuantLib's Black calculator in a loop, as it is used from Python: discounts are part of it."""

import math

import numpy as np
import QuantLib as ql


def run(  # noqa: PLR0917 - the arrays by their names
    spot, strike, years, rate, dividend_yield, volatility, sign, with_greeks
):
    out = np.empty((6 if with_greeks else 1, len(spot)))
    columns = (spot, strike, years, rate, dividend_yield, volatility, sign)
    for i, (s, k, t, r, q, v, side) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        discount, growth = math.exp(-r * t), math.exp(-q * t)
        payoff = ql.PlainVanillaPayoff(ql.Option.Call if side > 0 else ql.Option.Put, k)
        black = ql.BlackCalculator(payoff, s * growth / discount, v * math.sqrt(t), discount)
        out[0, i] = black.value()
        if with_greeks:
            out[1:, i] = (
                black.delta(s),
                black.gamma(s),
                black.theta(s, t),
                black.vega(t),
                black.rho(t),
            )
    return {"price": out[0]}
