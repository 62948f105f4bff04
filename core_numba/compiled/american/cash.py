"""American options on a stock that drops by cash dividends: one grid per option."""

from __future__ import annotations

from typing import Any

import numpy as np

from core_numba.jit.declare import compiled, inlined
from core_numba.vmath.instructions import align_stack


@inlined
def cubic(values: Any, at: float) -> Any:
    """The cubic through the four nodes around the place `at` (in nodes)."""
    i = min(max(int(at) - 1, 0), values.size - 4)
    t = at - i
    a, b, c, d = t, t - 1.0, t - 2.0, t - 3.0
    return (
        -b * c * d / 6.0 * values[i]
        + a * c * d / 2.0 * values[i + 1]
        - a * b * d / 2.0 * values[i + 2]
        + a * b * c / 6.0 * values[i + 3]
    )


@compiled(
    "void(f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1],"
    " i8, i8, b1, f8[::1], f8[::1], f8[::1], f8[:,::1])"
)
def cash(  # noqa: PLR0917, PLR0915, PLR0912, C901 - one roll-back, told once
    spot: Any,
    strike: Any,
    years: Any,
    rate: Any,
    dividend_yield: Any,
    volatility: Any,
    sign: Any,
    width: Any,
    times: Any,
    amounts: Any,
    points: int,
    steps: int,
    early: bool,  # noqa: FBT001 - kernels take positions
    values: Any,
    deltas: Any,
    gammas: Any,
    critical: Any,
) -> None:
    align_stack()
    for option in range(spot.size):
        s0, k, life, r, q = (
            spot[option],
            strike[option],
            years[option],
            rate[option],
            dividend_yield[option],
        )
        sigma, side = volatility[option], sign[option]
        dx, below, size = mesh(s0, k, life, r - q, width[option], times, amounts, points)
        # Puts are told from high spots to low ones: exercise lies at the end of the arrays.
        at = below if side > 0.0 else size - 1 - below
        s = s0 * np.exp((np.arange(size) - at) * (side * dx))
        payoff = np.maximum(side * (s - k), 0.0)
        v = payoff.copy()
        kink = int(np.floor(side * np.log(k / s0) / dx + at + 0.5))
        if 0 < kink < size - 1:
            v[kink] = mean_payoff(s[kink], k, dx, side)
        right, ratio, pivot = np.empty(size), np.empty(size), np.empty(size)
        a, b = 0.5 * sigma * sigma / (dx * dx), 0.5 * side * (r - q - 0.5 * sigma * sigma) / dx
        lower, middle, upper = a - b, -2.0 * a - r, a + b
        last = times.size - 1
        while last >= 0 and times[last] > life:
            critical[option, last] = np.nan
            last -= 1
        end = life
        for event in range(last, -2, -1):
            start = times[event] if event >= 0 else 0.0
            count = max(8, int(np.ceil(steps * (end - start) / life)))
            # Steps grow from zero: the boundary moves fastest after a date at which it was reset.
            # The first four are implicit and damp the kink (Rannacher), then Crank and Nicolson's.
            for step in range(count if end > start else 0):
                theta = 1.0 if step < 4 else 0.5
                scale = (end - start) / (count * count)
                dt = (2 * step + 1) * scale
                left = end - (step + 1) * (step + 1) * scale
                lo, mi, up = -theta * dt * lower, 1.0 - theta * dt * middle, -theta * dt * upper
                ratio[0] = 0.0
                for i in range(1, size - 1):
                    pivot[i] = 1.0 / (mi - lo * ratio[i - 1])
                    ratio[i] = up * pivot[i]
                part = (1.0 - theta) * dt
                for i in range(1, size - 1):
                    move = lower * v[i - 1] + middle * v[i] + upper * v[i + 1]
                    right[i] = v[i] + part * move
                first, final = ends(s[0], s[size - 1], k, r, q, life - left, side, early)
                v[0], v[size - 1], right[0] = first, final, first
                for i in range(1, size - 1):
                    right[i] = (right[i] - lo * right[i - 1]) * pivot[i]
                # Brennan and Schwartz: from the side of exercise, never below its value.
                for i in range(size - 2, 0, -1):
                    kept = right[i] - ratio[i] * v[i + 1]
                    v[i] = max(kept, payoff[i]) if early else kept
            if event >= 0:
                amount = amounts[event]
                least = min(s[0], s[size - 1])
                lowest = v[0] if side > 0.0 else v[size - 1]
                nothing = 0.0
                if side < 0.0:
                    nothing = k * np.exp(-(min(r, 0.0) if early else r) * (life - start))
                for i in range(size):
                    after = s[i] - amount
                    if after <= least:
                        share = max(after, 0.0) / least
                        right[i] = nothing + share * (lowest - nothing)
                    else:
                        place = side * np.log(after / s0) / dx + at
                        right[i] = max(cubic(v, place), 0.0)
                critical[option, event] = np.nan
                if early:
                    critical[option, event] = crossing(s, payoff, right, side)
                for i in range(size):
                    v[i] = max(right[i], payoff[i]) if early else right[i]
                end = start
        values[option] = v[at]
        slope = side * (v[at + 1] - v[at - 1]) / (2.0 * dx)
        bend = (v[at + 1] - 2.0 * v[at] + v[at - 1]) / (dx * dx)
        deltas[option] = slope / s0
        gammas[option] = (bend - slope) / (s0 * s0)


@inlined
def mesh(  # noqa: PLR0917 - scalars
    s0: float,
    k: float,
    life: float,
    carry: float,
    width: float,
    times: Any,
    amounts: Any,
    points: int,
) -> tuple[float, int, int]:
    """Spacing, nodes below the spot, nodes in all. Strike on a node where it is not too far."""
    paid = 0.0
    for event in range(times.size):
        if times[event] <= life:
            paid += amounts[event]
    dx = 12.0 * width / points
    distance = np.log(k / s0)
    whole = int(np.floor(abs(distance) / dx + 0.5))
    if 1 <= whole <= points:
        dx = abs(distance) / whole
    span = 6.0 * width + abs(carry) * life
    fall = -np.log(1.0 - min(paid / s0, 0.95))
    cap = 3.0 * span
    below = int(np.ceil((span + min(max(-distance, 0.0), cap) + min(fall, 3.0)) / dx))
    above = int(np.ceil((span + min(max(distance, 0.0) + fall, cap)) / dx))
    return dx, below, below + above + 1


@inlined
def mean_payoff(s: float, k: float, dx: float, side: float) -> Any:
    """The payoff's mean over the cell of a node: a kink between nodes costs no order then."""
    low, high = np.log(s / k) - 0.5 * dx, np.log(s / k) + 0.5 * dx
    if side > 0.0:
        low = max(low, 0.0)
    else:
        high = min(high, 0.0)
    if high <= low:
        return 0.0
    return side * k * (np.exp(high) - np.exp(low) - (high - low)) / dx


@inlined
def ends(  # noqa: PLR0917 - scalars
    bottom: float,
    top: float,
    k: float,
    r: float,
    q: float,
    tau: float,
    side: float,
    early: bool,  # noqa: FBT001
) -> tuple[float, float]:
    """Values at the ends of the grid, where nothing is left to chance."""
    first = side * (bottom * np.exp(-q * tau) - k * np.exp(-r * tau))
    final = side * (top * np.exp(-q * tau) - k * np.exp(-r * tau))
    if early:
        first, final = max(first, side * (bottom - k)), max(final, side * (top - k))
    return max(first, 0.0), max(final, 0.0)


@inlined
def crossing(s: Any, payoff: Any, kept: Any, side: float) -> Any:
    """From which spot on a call is better exercised than kept; infinity: never. NaN for puts."""
    if side < 0.0:
        return np.nan
    size = s.size
    if payoff[size - 2] <= kept[size - 2]:
        return np.inf
    i = size - 2
    while i > 0 and payoff[i] > kept[i] and payoff[i] > 0.0:
        i -= 1
    inside, outside = kept[i] - payoff[i], payoff[i + 1] - kept[i + 1]
    return s[i] + (s[i + 1] - s[i]) * inside / (inside + outside)
