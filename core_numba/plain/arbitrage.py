"""The checks between strikes and expirations by comparing everything with everything."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_numba.normal import Floats, norm_cdf

Places = npt.NDArray[np.int64]


def usable(bid: Floats, ask: Floats) -> tuple[Floats, Floats]:
    """Bids and asks one can trade on, NaN for the rest."""
    with np.errstate(invalid="ignore"):
        crossed = bid > ask
        return (
            np.where((bid > 0.0) & np.isfinite(bid) & ~crossed, bid, np.nan),
            np.where((ask > 0.0) & np.isfinite(ask) & ~crossed, ask, np.nan),
        )


def strikes(  # noqa: C901, PLR0917 - a kernel's arrays by position; every pair and triple
    start: Places,
    strike: Floats,
    bid: Floats,
    ask: Floats,
    sign: Floats,
    discount: Floats,
    vertical: Floats,
    vertical_partner: Places,
    butterfly: Floats,
    lower_wing: Places,
    upper_wing: Places,
) -> None:
    sold, bought = usable(bid, ask)
    for output in (vertical, butterfly):
        output[:] = 0.0
    for places in (vertical_partner, lower_wing, upper_wing):
        places[:] = -1
    for first, last in zip(start[:-1].tolist(), start[1:].tolist(), strict=True):
        for j in range(first, last):
            others = [i for i in range(first, last) if i != j and not np.isnan(bought[i])]
            for i in others:
                # Selling j against i owes at most the distance where j pays more than i.
                dearer = sign[j] * (strike[i] - strike[j]) > 0.0
                owed = discount[j] * abs(strike[i] - strike[j]) if dearer else 0.0
                gain = sold[j] - bought[i] - owed
                if gain > vertical[j]:
                    vertical[j], vertical_partner[j] = gain, i
            for i in others:
                for k in others:
                    if i < j < k:
                        share = (strike[k] - strike[j]) / (strike[k] - strike[i])
                        gain = sold[j] - (share * bought[i] + (1.0 - share) * bought[k])
                        if gain > butterfly[j]:
                            butterfly[j], lower_wing[j], upper_wing[j] = gain, i, k


def calendar(  # noqa: PLR0917 - as above
    start: Places,
    strike: Floats,
    bid: Floats,
    bid_variance: Floats,
    ask_variance: Floats,
    forward: Floats,
    discount: Floats,
    sign: Floats,
    gain: Floats,
    variance: Floats,
    lower: Places,
    upper: Places,
) -> None:
    gain[:], variance[:], lower[:], upper[:] = 0.0, 0.0, -1, -1
    with np.errstate(divide="ignore", invalid="ignore"):
        moneyness = np.log(strike / forward)
    for g in range(start.size - 2):
        later = np.arange(start[g + 1], start[g + 2])
        later = later[np.isfinite(ask_variance[later]) & np.isfinite(moneyness[later])]
        for j in range(int(start[g]), int(start[g + 1])):
            if later.size < 2 or not bid_variance[j] >= 0.0:
                continue
            x = moneyness[j]
            at = int(np.searchsorted(moneyness[later], x))
            exact = at < later.size and moneyness[later[at]] == x
            if not exact and not 0 < at < later.size:
                continue
            b = int(later[at])
            a = b if exact else int(later[at - 1])
            share = 0.0 if exact else (x - moneyness[a]) / (moneyness[b] - moneyness[a])
            admitted = (1.0 - share) * ask_variance[a] + share * ask_variance[b]
            if not bid_variance[j] > admitted:
                continue
            s = np.sqrt(admitted)
            d1 = -x / s + 0.5 * s
            worth = forward[j] * norm_cdf(sign[j] * d1) - strike[j] * norm_cdf(sign[j] * (d1 - s))
            dollars = bid[j] - float(discount[j] * sign[j] * worth)
            if dollars > 0.0:
                gain[j], variance[j] = dollars, bid_variance[j] - admitted
                lower[j], upper[j] = a, b
