"""Value and spot Greeks of American puts whose boundary is known: 32 options side by side."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from core_numba.compiled.american.boundary import LANES, tail
from core_numba.jit.declare import compiled
from core_numba.vmath.functions import INV_ROOT_2PI, exp_bounded, log_normal
from core_numba.vmath.instructions import align_stack

_X, _RHO, _KAPPA, _V, _IV, _G, _LNX, _S = (i * LANES for i in range(8))
_HQ, _VALUE, _DELTA, _GAMMA = (i * LANES for i in range(8, 12))
ROWS: Final = 12


@compiled(
    "void(f8[::1], f8[::1], f8[::1], f8[::1], f8[:,::1], f8[::1], f8[::1], f8[:,::1], b1,"
    " f8[::1], f8[::1], f8[::1])"
)
def value(  # noqa: C901, PLR0912, PLR0917, PLR0915 - one sweep over one block
    x: Any,
    rho: Any,
    kappa: Any,
    v: Any,
    squares: Any,
    sines: Any,
    weights: Any,
    interpolate: Any,
    greeks: bool,  # noqa: FBT001 - kernels take positions
    values: Any,
    deltas: Any,
    gammas: Any,
) -> None:
    align_stack()
    size, n, points = x.size, squares.shape[1], sines.size
    w = np.empty((ROWS + n) * LANES)
    h0 = ROWS * LANES
    for start in range(0, size, LANES):
        for lane in range(LANES):
            at = min(start + lane, size - 1)
            w[_X + lane] = x[at]
            w[_RHO + lane] = rho[at]
            w[_KAPPA + lane] = kappa[at]
            w[_V + lane] = v[at]
            for i in range(n):
                w[h0 + i * LANES + lane] = squares[at, i]
        for lane in range(LANES):
            r, k, s, y = w[_RHO + lane], w[_KAPPA + lane], w[_V + lane], w[_X + lane]
            w[_IV + lane] = 1.0 / s
            w[_G + lane] = (r - k) / s + 0.5 * s
            w[_LNX + lane] = log_normal(r / k) if k > r else 0.0
            spot = exp_bounded(y)
            d1 = y / s + w[_G + lane]
            d2 = d1 - s
            z1 = exp_bounded(-0.5 * d1 * d1)
            dq = exp_bounded(-k)
            n1 = dq * tail(-d1, z1)
            n2 = exp_bounded(-r) * tail(-d2, exp_bounded(-0.5 * d2 * d2))
            w[_S + lane] = spot
            w[_VALUE + lane] = n2 - spot * n1
            w[_DELTA + lane] = -n1
            w[_GAMMA + lane] = dq * INV_ROOT_2PI * z1 / s
        for p in range(points):
            for lane in range(LANES):
                w[_HQ + lane] = interpolate[p, 0] * w[h0 + lane]
            for j in range(1, n):
                c, row = interpolate[p, j], h0 + j * LANES
                for lane in range(LANES):
                    w[_HQ + lane] += c * w[row + lane]
            e = sines[p]
            ie, e2, wm = 1.0 / e, e * e, weights[p]
            for lane in range(LANES):
                r, k, iv = w[_RHO + lane], w[_KAPPA + lane], w[_IV + lane]
                edge = w[_LNX + lane] - np.sqrt(max(w[_HQ + lane], 0.0))
                d1 = (w[_X + lane] - edge) * iv * ie + w[_G + lane] * e
                d2 = d1 - w[_V + lane] * e
                n1 = k * exp_bounded(-k * e2) * tail(-d1, exp_bounded(-0.5 * d1 * d1))
                n2 = r * exp_bounded(-r * e2) * tail(-d2, exp_bounded(-0.5 * d2 * d2))
                w[_VALUE + lane] += wm * (n2 - w[_S + lane] * n1)
            if greeks:
                for lane in range(LANES):
                    r, k, iv = w[_RHO + lane], w[_KAPPA + lane], w[_IV + lane]
                    edge = w[_LNX + lane] - np.sqrt(max(w[_HQ + lane], 0.0))
                    d1 = (w[_X + lane] - edge) * iv * ie + w[_G + lane] * e
                    z = exp_bounded(-0.5 * d1 * d1)
                    eq = wm * exp_bounded(-k * e2)
                    gain = (r * exp_bounded(-edge) - k) * iv * ie
                    density = INV_ROOT_2PI * z
                    w[_DELTA + lane] -= eq * (k * tail(-d1, z) + gain * density)
                    w[_GAMMA + lane] += eq * density * iv * ie * (k + gain * d1)
        last = h0 + (n - 1) * LANES
        for lane in range(LANES):
            w[_HQ + lane] = w[last + lane]
        for lane in range(LANES):
            spot = w[_S + lane]
            taken = w[_X + lane] <= w[_LNX + lane] - np.sqrt(w[_HQ + lane])
            w[_VALUE + lane] = 1.0 - spot if taken else max(w[_VALUE + lane], 1.0 - spot)
            w[_DELTA + lane] = -1.0 if taken else min(w[_DELTA + lane], 0.0)
            w[_GAMMA + lane] = 0.0 if taken else max(w[_GAMMA + lane], 0.0) / spot
        for lane in range(min(LANES, size - start)):
            values[start + lane] = w[_VALUE + lane]
            if greeks:
                deltas[start + lane] = w[_DELTA + lane]
                gammas[start + lane] = w[_GAMMA + lane]
