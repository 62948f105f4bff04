"""Variance from a chain without a model: the method of Cboe's volatility index.

'Volatility Index Methodology: Cboe Volatility Index', Cboe Global Indices: out-of-the-money mid
prices weighted by 1 / K^2, from the forward outwards until two strikes in a row have no bid.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats


class ModelFree(NamedTuple):
    """Annual `variance` of one expiration, the `forward`, the strike `k0` at or below it, and how
    many `strikes` entered. NaN and 0 when the chain does not determine them."""

    variance: float
    forward: float
    k0: float
    strikes: int


def model_free_variance(
    strike: npt.ArrayLike,
    call_bid: npt.ArrayLike,
    call_ask: npt.ArrayLike,
    put_bid: npt.ArrayLike,
    put_ask: npt.ArrayLike,
    *,
    years: float,
    rate: float,
) -> ModelFree:
    """One expiration; strikes in rising order, a missing quote NaN or 0.

    The forward comes by parity from the strike where mid call and put are closest (both with a
    bid). `ValueError` for strikes that do not rise or years that are not positive.
    """
    k, cb, ca, pb, pa = (
        np.asarray(x, dtype=np.float64) for x in (strike, call_bid, call_ask, put_bid, put_ask)
    )
    if k.ndim != 1 or (np.diff(k) <= 0.0).any() or not years > 0.0:
        raise ValueError("Strikes must rise and the time be positive.")
    nothing = ModelFree(np.nan, np.nan, np.nan, 0)
    call, put = 0.5 * (cb + ca), 0.5 * (pb + pa)
    both = np.where((cb > 0.0) & (pb > 0.0), np.abs(call - put), np.nan)
    if not np.isfinite(both).any():
        return nothing
    at = int(np.nanargmin(both))
    forward = float(k[at] + np.exp(rate * years) * (call[at] - put[at]))
    if not forward >= k[0]:
        return nothing
    centre = int(np.searchsorted(k, forward, side="right")) - 1
    puts = _quoted(pb, range(centre - 1, -1, -1))[::-1]
    calls = _quoted(cb, range(centre + 1, len(k)))
    middle = [centre] if np.isfinite(call[centre] + put[centre]) else []
    used = np.array(puts + middle + calls, dtype=np.int64)
    if len(used) < 2:
        return nothing
    price = np.where(used < centre, put[used], call[used])
    price = np.where(used == centre, 0.5 * (call[used] + put[used]), price)
    width = np.gradient(k[used], edge_order=1) if len(used) > 1 else np.zeros(1)
    width[1:-1] = 0.5 * (k[used][2:] - k[used][:-2])
    total = float((width / k[used] ** 2 * price).sum() * np.exp(rate * years))
    variance = (2.0 * total - (forward / k[centre] - 1.0) ** 2) / years
    return ModelFree(variance, forward, float(k[centre]), len(used))


def _quoted(bid: Floats, outwards: range) -> list[int]:
    found: list[int] = []
    empty = 0
    for i in outwards:
        if bid[i] > 0.0:
            found.append(i)
            empty = 0
        else:
            empty += 1
            if empty == 2:
                break
    return found


def volatility_index(
    near: float, near_years: float, next_: float, next_years: float, *, days: float = 30.0
) -> float:
    """The volatility over `days` from the variances of two expirations, total variance linear.

    Outside the two times the line is continued, as Cboe does; NaN when that gives no variance.
    Times the index's 100 percentage points: multiply by 100. `ValueError` for equal times.
    """
    if not next_years > near_years:
        raise ValueError("The next expiration must come after the near one.")
    target = days / 365.0
    share = (target - near_years) / (next_years - near_years)
    total = near * near_years * (1.0 - share) + next_ * next_years * share
    return float(np.sqrt(total / target)) if total >= 0.0 else np.nan
