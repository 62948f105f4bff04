"""Leisen and Reimer's binomial lattice in NumPy."""

from __future__ import annotations

import numpy as np

from core_numba.arrays import Floats


def _inversion(z: Floats, steps: int) -> Floats:
    """Peizer and Pratt's second inversion: a binomial probability for a normal quantile."""
    bound = 4.0 * np.sqrt(steps)
    y = np.clip(z, -bound, bound) / (steps + 1.0 / 3.0 + 0.1 / (steps + 1.0))
    half = 0.5 * np.sqrt(1.0 - np.exp(-y * y * (steps + 1.0 / 6.0)))
    return np.where(z > 0.0, 0.5 + half, 0.5 - half)


def lattice(  # noqa: PLR0917 - the kernel's arguments
    x: Floats,
    rho: Floats,
    kappa: Floats,
    v: Floats,
    steps: int,
    early: bool,  # noqa: FBT001 - the kernel's arguments have places
    values: Floats,
) -> None:
    """Puts per unit of strike on `steps` (odd) steps; `x` is ln(S / K), the rest as in `value`."""
    middle = (x + rho - kappa) / v
    up_spot, up = _inversion(middle + 0.5 * v, steps), _inversion(middle - 0.5 * v, steps)
    drift = (rho - kappa) / steps
    ln_up = drift + np.log(up_spot / up)
    ln_down = drift + np.log((1.0 - up_spot) / (1.0 - up))
    discount = np.exp(-rho / steps)
    rise, fall = (discount * up)[:, None], (discount * (1.0 - up))[:, None]
    count = np.arange(steps + 1)

    def payoff(step: int) -> Floats:
        up_moves = count[: step + 1]
        log_spot = x[:, None] + step * ln_down[:, None] + up_moves * (ln_up - ln_down)[:, None]
        return np.asarray(1.0 - np.exp(np.clip(log_spot, -708.0, 709.0)))

    held = np.maximum(payoff(steps), 0.0)
    for step in range(steps - 1, -1, -1):
        held = rise * held[:, 1:] + fall * held[:, :-1]
        if early:
            held = np.maximum(held, payoff(step))
    values[:] = held[:, 0]
