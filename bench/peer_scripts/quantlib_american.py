"""QuantLib's QdFp American engines, one option after the other, as its users write the loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import QuantLib as ql


def prepare(  # noqa: PLR0917 - called by name
    spot: Any, strike: Any, days: Any, rate: Any, dividend_yield: Any, volatility: Any, sign: Any,
    scheme: Any,
) -> Callable[[], dict[str, Any]]:  # fmt: skip
    """Objects are built here; the clock runs over pricing, and moving one market to the next."""
    today = ql.Date(2, 1, 2024)
    ql.Settings.instance().evaluationDate = today
    count = ql.Actual365Fixed()
    make = {
        "fast": ql.QdFpAmericanEngine.fastScheme,
        "accurate": ql.QdFpAmericanEngine.accurateScheme,
        "precise": ql.QdFpAmericanEngine.highPrecisionScheme,
    }[str(scheme)]
    options = []
    for s, k, d, r, q, v, side in zip(
        spot, strike, days, rate, dividend_yield, volatility, sign, strict=True
    ):
        process = ql.BlackScholesMertonProcess(
            ql.QuoteHandle(ql.SimpleQuote(float(s))),
            ql.YieldTermStructureHandle(ql.FlatForward(today, float(q), count)),
            ql.YieldTermStructureHandle(ql.FlatForward(today, float(r), count)),
            ql.BlackVolTermStructureHandle(
                ql.BlackConstantVol(today, ql.NullCalendar(), float(v), count)
            ),
        )
        kind = ql.Option.Call if side > 0 else ql.Option.Put
        exercise = ql.AmericanExercise(today, today + int(d))
        option = ql.VanillaOption(ql.PlainVanillaPayoff(kind, float(k)), exercise)
        option.setPricingEngine(ql.QdFpAmericanEngine(process, make()))
        options.append(option)

    def run() -> dict[str, Any]:
        values = np.empty(len(options))
        for i, option in enumerate(options):
            option.recalculate()
            values[i] = option.NPV()
        return {"price": values}

    return run
