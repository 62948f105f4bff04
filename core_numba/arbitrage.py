"""Static arbitrage in quoted chains: parity, verticals, butterflies, calendars.

Every check trades at the quotes, buying at the ask and selling at the bid, and says per contract
how many dollars per share a violation locks in at least (zero where there is none) and with which
others. Quotes are European; American ones satisfy the checks between equal kinds too, but not
parity. A contract with a missing side (NaN) or a crossed market is left out of the side that is
missing or of both.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import flat
from core_numba.jit.kernel import Kernel
from core_numba.normal import Floats
from core_numba.plain import arbitrage as plain

Places = npt.NDArray[np.int64]

_STRIKES = Kernel("arbitrage", plain.strikes)
_CALENDAR = Kernel("arbitrage", plain.calendar)


class Parity(NamedTuple):
    """Dollars per share and pair, zero where parity holds within the quotes, NaN if unquoted."""

    conversion: Floats
    """Gain, at expiry's discount, of buying the forward and selling call against put."""
    reversal: Floats
    """Gain of selling the forward, buying the call and selling the put."""


class Strikes(NamedTuple):
    """Per contract. The partners are places in the input, -1 where there is no violation."""

    vertical: Floats
    """Dollars locked in by selling this contract at its bid against the best other strike."""
    vertical_partner: Places
    butterfly: Floats
    """Dollars locked in by selling this contract against those strikes around it."""
    lower_wing: Places
    upper_wing: Places


class Calendar(NamedTuple):
    """Per contract."""

    gain: Floats
    """Dollars that this contract's bid exceeds what the next expiration's asks admit for it."""
    variance: Floats
    """Total variance of the bid minus that of the next expiration's asks at the same moneyness."""
    lower: Places
    """The two contracts of the next expiration between which it lies, -1 where there is none."""
    upper: Places


def parity(
    call_bid: npt.ArrayLike,
    call_ask: npt.ArrayLike,
    put_bid: npt.ArrayLike,
    put_ask: npt.ArrayLike,
    *,
    strike: npt.ArrayLike,
    forward_bid: npt.ArrayLike,
    forward_ask: npt.ArrayLike,
    discount: npt.ArrayLike,
) -> Parity:
    """Call - put = discount (F - K), within the quotes of all three."""
    shape, (cb, ca, pb, pa, k, fb, fa, d) = flat(
        call_bid, call_ask, put_bid, put_ask, strike, forward_bid, forward_ask, discount
    )
    conversion = np.maximum((cb - pa) - d * (fa - k), 0.0)
    reversal = np.maximum(d * (fb - k) - (ca - pb), 0.0)
    return Parity(conversion.reshape(shape), reversal.reshape(shape))


def strikes(
    start: npt.ArrayLike,
    strike: npt.ArrayLike,
    bid: npt.ArrayLike,
    ask: npt.ArrayLike,
    *,
    sign: npt.ArrayLike,
    discount: npt.ArrayLike,
) -> Strikes:
    """Verticals and butterflies among the contracts of one kind and expiration.

    The rows of a group (one expiration, calls or puts) lie together with strikes rising, from
    start[i] to start[i + 1]; `sign` and `discount` are per contract, the same within a group.
    Every pair of strikes counts, not only neighbours: a call must not be bid above the ask of a
    lower strike, nor by more than the discounted distance above that of a higher one (puts the
    other way round). Every triple counts too: a bid above the lower convex hull of the asks pays
    for the butterfly whose wings are the hull's corners, weighted for uneven strikes.

    `ValueError` if `start` does not cut the rows or strikes do not rise.
    """
    cuts, columns = _groups(start, strike, bid, ask, sign, discount)
    n = columns[0].size
    found = Strikes(
        np.empty(n),
        np.empty(n, np.int64),
        np.empty(n),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
    )
    _STRIKES(cuts, *columns, *found)
    return found


def calendar(  # noqa: PLR0917 - the six columns of the check
    start: npt.ArrayLike,
    strike: npt.ArrayLike,
    bid: npt.ArrayLike,
    bid_variance: npt.ArrayLike,
    ask_variance: npt.ArrayLike,
    forward: npt.ArrayLike,
    *,
    discount: npt.ArrayLike,
    sign: npt.ArrayLike,
) -> Calendar:
    """Total implied variance at a moneyness K / F must not fall from an expiration to the next.

    Groups as in `strikes`, of one kind, the expirations rising from group to group. A contract's
    bid is compared with the asks' total variance (volatility squared times years) of the next
    expiration, interpolated linearly in ln(K / F) between the two quoted strikes around it; beyond
    the quoted strikes nothing is claimed. The gain is the bid minus the contract's Black value at
    that variance. With deterministic carry a violation at exactly quoted strikes is arbitrage
    (Gatheral and Jacquier 2014, lemma 2.1); between strikes it is one up to interpolation.
    """
    cuts, columns = _groups(start, strike, bid, bid_variance, ask_variance, forward, discount, sign)
    n = columns[0].size
    found = Calendar(np.empty(n), np.empty(n), _places(n), _places(n))
    _CALENDAR(cuts, *columns, *found)
    return found


def _places(count: int) -> Places:
    return np.empty(count, dtype=np.int64)


def _groups(start: npt.ArrayLike, *values: npt.ArrayLike) -> tuple[Places, list[Floats]]:
    shape, columns = flat(*values)
    cuts = np.ascontiguousarray(start, dtype=np.int64)
    if len(shape) != 1 or cuts.ndim != 1 or cuts.size == 0:
        raise ValueError("Contracts and the starts of groups are arrays of one axis.")
    if cuts[0] != 0 or cuts[-1] != shape[0] or (np.diff(cuts) < 0).any():
        raise ValueError(
            f"`start` must rise from 0 to {shape[0]}, the number of contracts, one entry more"
            " than there are groups."
        )
    rising = np.diff(columns[0]) > 0.0
    inner = cuts[(cuts > 0) & (cuts < shape[0])]
    rising[inner - 1] = True
    if not rising.all():
        raise ValueError("Strikes must rise within each group: sort the contracts by strike.")
    return cuts, columns
