"""One company worked by hand: KO at 55.00, 31 days to 16 July 2021.

Quotes are Black's at 25 % on a forward of 55.00, a nickel wide around the value; so parity gives
the forward and the midpoint gives the 25 % back. It closed at 45.00 and rose to 54.97 in 300 days,
its volatility is the highest of 201 days, it reports on 20 July before the open.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from mfa.kernel.market import DailyClose, DailyVolatility, Earnings, Listing
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Found
from tests.connectors.conftest import Desk
from tests.connectors.fakes import MARKET, NOW

EXPIRY = date(2021, 7, 16)
YEARS, VOLATILITY, SPOT = 31 / 365, 0.25, 55.0
STRIKES = (50.0, 52.5, 55.0, 57.5, 60.0)


def normal(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def value(strike: float, sign: float) -> float:
    s = VOLATILITY * math.sqrt(YEARS)
    d1 = math.log(SPOT / strike) / s + s / 2
    return sign * (SPOT * normal(sign * d1) - strike * normal(sign * (d1 - s)))


def table(symbol: str = "KO") -> OptionTable:
    strike = np.repeat(STRIKES, 2)
    sign = np.tile([1.0, -1.0], len(STRIKES))
    worth = np.array([value(k, c) for k, c in zip(strike, sign, strict=True)])
    size = len(strike)
    return OptionTable(
        symbol=symbol, spot=SPOT, as_of=NOW, expirations=(EXPIRY,),
        expiration=np.zeros(size, np.int64), years=np.full(size, YEARS), strike=strike, sign=sign,
        bid=worth - 0.025, ask=worth + 0.025, last=worth, volume=np.full(size, 100.0),
        open_interest=np.full(size, 500.0), implied_volatility=np.full(size, VOLATILITY),
    )  # fmt: skip


def stocked(desk: Desk) -> Desk:
    """The desk with this company on its market."""
    desk.market.listed = (Listing(symbol="KO", name="Coca-Cola", sector="Consumer Staples"),)
    desk.market.tables["KO"] = Found(table(), MARKET)
    days = [NOW.date() - timedelta(days=i) for i in range(300, 0, -1)]
    closes = tuple(DailyClose(day=d, close=Decimal(str(45 + i / 30))) for i, d in enumerate(days))
    desk.market.closes["KO"] = Found(closes, MARKET)  # 45.00 rising to 54.97
    desk.market.implied["KO"] = Found(
        tuple(
            DailyVolatility(day=d, volatility=0.15 + 0.0005 * i) for i, d in enumerate(days[-201:])
        ),
        MARKET,
    )
    desk.market.reports["KO"] = Found(
        Earnings(symbol="KO", day=date(2021, 7, 20), timing="before open"), MARKET
    )
    listed: Found[tuple[date, ...]] = Found((EXPIRY,), MARKET)
    desk.market.expirations = lambda _symbol: listed  # type: ignore[method-assign,assignment]
    return desk
