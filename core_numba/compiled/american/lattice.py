"""Leisen-Reimer binomial values of puts: per option a loop over steps, vectors over nodes."""

from __future__ import annotations

from typing import Any

import numpy as np

from core_numba.jit.declare import compiled, inlined
from core_numba.vmath.functions import exp_bounded


@inlined
def _inversion(z: float, steps: int) -> Any:
    """Peizer and Pratt's second inversion: a binomial probability for a normal quantile."""
    n = float(steps)
    bound = 4.0 * np.sqrt(n)
    y = min(max(z, -bound), bound) / (n + 1.0 / 3.0 + 0.1 / (n + 1.0))
    half = 0.5 * np.sqrt(1.0 - np.exp(-y * y * (n + 1.0 / 6.0)))
    return 0.5 + half if z > 0.0 else 0.5 - half


@compiled("void(f8[::1], f8[::1], f8[::1], f8[::1], i8, b1, f8[::1])")
def lattice(  # noqa: PLR0917 - the kernel's arguments
    x: Any,
    rho: Any,
    kappa: Any,
    v: Any,
    steps: int,
    early: bool,  # noqa: FBT001 - kernels take positions
    values: Any,
) -> None:
    held, ratio = np.empty(steps + 1), np.empty(steps + 1)
    for at in range(x.size):
        r, k, s, y = rho[at], kappa[at], v[at], x[at]
        middle = (y + r - k) / s
        up_spot, up = _inversion(middle + 0.5 * s, steps), _inversion(middle - 0.5 * s, steps)
        drift = (r - k) / steps
        ln_up = drift + np.log(up_spot / up)
        ln_down = drift + np.log((1.0 - up_spot) / (1.0 - up))
        discount = np.exp(-r / steps)
        rise, fall = discount * up, discount * (1.0 - up)
        spread = ln_up - ln_down
        base = exp_bounded(y + steps * ln_down)
        for j in range(steps + 1):
            ratio[j] = exp_bounded(j * spread)
        for j in range(steps + 1):
            held[j] = max(1.0 - base * ratio[j], 0.0)
        for back in range(steps):
            i = steps - 1 - back
            base = exp_bounded(y + i * ln_down)
            floor = 1.0 if early else -np.inf
            for j in range(i + 1):
                held[j] = max(rise * held[j + 1] + fall * held[j], floor - base * ratio[j])
        values[at] = held[0]
