"""Options on a forward that moves by amounts, not by percentages (Bachelier 1900).

For spreads, rates and forwards that can be negative. Volatility is in units of the forward per
square root of a year. Value: discount * ((F - K) sign N(sign d) + v sqrt(T) n(d)),
d = (F - K) / (v sqrt(T)). Haug (2007), section 1.3.1, with its rate as discounting alone.
"""

from __future__ import annotations

from typing import Final

import numpy.typing as npt

from core_numba.arrays import flat
from core_numba.jit.kernel import Kernel
from core_numba.plain import bachelier as plain
from core_numba.plain.european import Greeks
from core_numba.room import fresh

_BACHELIER: Final = Kernel("bachelier", plain.bachelier)


def bachelier(  # noqa: PLR0917 - the formula's own six arguments
    forward: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    volatility: npt.ArrayLike,
    sign: npt.ArrayLike,
) -> Greeks:
    """Price, delta and gamma by the forward, theta and rho with the forward held, vega.

    Forward and strike may be negative. A negative time or volatility, a sign other than +1 and
    -1, NaN and infinity give NaN. With no volatility or no time: discounted intrinsic value and
    its slope, gamma and vega zero, theta zero with no time. Accurate to 1e-12 relative also far
    out of the money, where the textbook difference has no digits left.
    """
    shape, inputs = flat(forward, strike, years, rate, volatility, sign)
    out = [fresh(inputs[0].size) for _ in Greeks._fields]
    _BACHELIER.split(inputs[0].size, *inputs, *out)
    return Greeks(*(each.reshape(shape) for each in out))
