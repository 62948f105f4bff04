"""Everything that a desk ranks contracts by, in one pass over a chain or a whole market."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import flat
from core_numba.jit.kernel import Kernel
from core_numba.normal import Floats
from core_numba.plain.chains import scan as plain

_SCAN = Kernel("chains.scan", plain.scan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How the parts of the score count, and where each part reaches one half.

    score = liquidity + safety + income, each part between 0 and 1 times its weight.
    """

    liquidity: float = 0.3
    safety: float = 0.4
    income: float = 0.3
    spread_half: float = 0.10
    """The relative spread that halves the liquidity part."""
    interest_half: float = 100.0
    """Volume plus open interest, in contracts, that halves it."""
    income_half: float = 0.20
    """The annualised return that makes half of the income part."""

    def __post_init__(self) -> None:
        if min(self.spread_half, self.interest_half, self.income_half) <= 0.0:
            raise ValueError("What makes half of a part must be above zero.")
        if min(self.liquidity, self.safety, self.income) < 0.0:
            raise ValueError("A weight must not be negative.")


class Scan(NamedTuple):
    """One entry per contract, per share of the underlying, in money or as a fraction.

    Value, Greeks and probabilities stand at the fair volatility where one was given, else at the
    implied one. Spot delta and gamma; theta, vega and rho per year, per unit of volatility and of
    rate; theta at fixed spot, carry as the forward has it.
    """

    implied: Floats
    """Volatility of the midpoint."""
    bid_implied: Floats
    """Empty unless asked for (`sides`)."""
    ask_implied: Floats
    value: Floats
    """Early-exercise premium included."""
    delta: Floats
    gamma: Floats
    theta: Floats
    vega: Floats
    rho: Floats
    in_the_money: Floats
    """Risk-neutral probability of expiring in the money, N(sign d2)."""
    touch: Floats
    """Risk-neutral probability that the underlying reaches the strike before expiry."""
    static: Floats
    """Return if the underlying stays where it is, selling at the bid: of a put secured by cash,
    (bid - intrinsic) / (strike - bid); of a call on stock bought now, (bid - intrinsic) /
    (spot - bid). NaN where that capital is not positive."""
    annualised: Floats
    """`static` / years: simple, not compounded."""
    margin: Floats
    """Initial Regulation T requirement of the naked short at the bid."""
    on_margin: Floats
    """(bid - intrinsic) / margin / years."""
    spread: Floats
    """(ask - bid) / midpoint."""
    liquidity: Floats
    income: Floats
    score: Floats
    reason: npt.NDArray[np.int8]
    """Why `implied` is NaN: `core_numba.implied.Reason`."""


def scan(
    *,
    bid: npt.ArrayLike,
    ask: npt.ArrayLike,
    forward: npt.ArrayLike,
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    sign: npt.ArrayLike,
    volume: npt.ArrayLike = 0.0,
    open_interest: npt.ArrayLike = 0.0,
    early_exercise: npt.ArrayLike = 0.0,
    volatility: npt.ArrayLike = np.nan,
    weights: Weights | None = None,
    margin_share: float = 0.20,
    margin_least: float = 0.10,
    sides: bool = False,
    out: Scan | None = None,
) -> Scan:
    """Implied volatility, value, Greeks, probabilities, returns, liquidity and score.

    Quotes are taken as European on `forward` (by parity: `parity_forwards`). For American quotes
    give each contract's early-exercise premium in `early_exercise`; it is subtracted before the
    inversion and added to the value. `volatility` is the fair one, where a caller has one; NaN
    means the implied. `sides` inverts bid and ask too, at about twice the cost.

    Touch: reflection principle for a geometric Brownian motion with the forward's drift (Haug
    2007, section 4.19.5). Margin: per share max(20 % of spot - out of the money, 10 % of strike
    for a put and of spot for a call) + premium (Cboe margin manual; FINRA rule 4210(f)(2)(E));
    `margin_share` is 0.15 for broad indices.

    liquidity = h / (h + spread) * n / (n + i) with n = volume + open interest; income = a /
    (a + c) with the annualised return a, zero if negative; safety = 1 - in the money; h, i and c
    are the halves in `weights`. A quote without a midpoint (missing, crossed or negative bid) has
    NaN wherever the midpoint enters; any NaN stays NaN. A result for `out` of the same size is
    written over instead of allocating.

    `ValueError` for inputs of more than one axis, or an `out` that does not fit.
    """
    shape, columns = flat(
        bid, ask, forward, spot, strike, years, rate, sign, volume, open_interest,
        early_exercise, volatility,
    )  # fmt: skip
    if len(shape) > 1:
        raise ValueError("The columns of a scan have one axis.")
    parts = weights if weights is not None else Weights()
    settings = np.array([
        margin_share, margin_least, parts.spread_half, parts.interest_half, parts.income_half,
        parts.liquidity, parts.safety, parts.income,
    ])  # fmt: skip
    size = columns[0].size
    found = out if out is not None else _empty(size, size if sides else 0)
    if found.reason.size != size or found.bid_implied.size != (size if sides else 0):
        raise ValueError("`out` must come from a scan of as many contracts and the same sides.")
    _SCAN.split(size, *columns, settings, *found)
    return found


def _empty(size: int, sides: int) -> Scan:
    sizes = [size, sides, sides] + [size] * (len(Scan._fields) - 4)
    return Scan._make([*(np.empty(n) for n in sizes), np.empty(size, dtype=np.int8)])
