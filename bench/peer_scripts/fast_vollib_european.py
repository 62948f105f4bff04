"""fast-vollib's Black-Scholes-Merton: prices, or the price and five Greeks."""

import numpy as np
from fast_vollib import fast_black_scholes_merton, get_all_greeks


def prepare(  # noqa: PLR0917 - the arrays by their names
    spot, strike, years, rate, dividend_yield, volatility, sign, with_greeks
):
    flag = np.where(sign > 0, "c", "p")
    terms = (flag, spot, strike, years, rate, volatility, dividend_yield)

    def price():
        return {"price": fast_black_scholes_merton(*terms, return_as="numpy", backend="numpy")}

    def greeks():
        found = get_all_greeks(
            *terms, model="black_scholes_merton", return_as="dict", backend="numpy"
        )
        return {**price(), **{name: np.asarray(value) for name, value in found.items()}}

    return greeks if with_greeks else price
