"""American options by a spectral boundary (after Andersen, Lake and Offengenden 2016).

See `core_numba.plain.american.boundary` for the equation. What the scheme asked for cannot resolve
is solved again by finer ones; where even two of the finest disagree, the lattice answers.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from core_numba.american.lattice import lattice_values
from core_numba.american.puts import Flags, Places, Puts, certain
from core_numba.american.schemes import SCHEMES, Scheme, tables
from core_numba.arrays import Floats
from core_numba.jit.kernel import Kernel
from core_numba.plain.american import boundary as plain_boundary
from core_numba.plain.american import value as plain_value

BOUNDARY: Final = Kernel("american.boundary", plain_boundary.boundary)
VALUE: Final = Kernel("american.value", plain_value.value)

NO_PREMIUM: Final = 1e-15
"""r T below which exercising a put early earns nothing that a double could show."""
NO_CHANCE: Final = 1e-9
"""volatility * sqrt(T) below which the spot counts as certain."""
LATTICE_STEPS: Final = 801
_AGREE: Final = 1e-7
_UNSETTLED: Final = 1e-4
_SECOND: Final = Scheme(40, 56, 12, 128)
_THIRD: Final = Scheme(56, 72, 16, 192)


Normal = tuple[Floats, Floats, Floats, Floats]
"""ln(S / K), r T, q T and volatility sqrt(T), as the kernels take them."""


class Solved(NamedTuple):
    """Puts per unit of strike: value, slope and curvature by S / K."""

    value: Floats
    delta: Floats
    gamma: Floats


class Cases(NamedTuple):
    """Which of the ways each put goes; none of them for what is not valid."""

    certain: Flags
    european: Flags
    single: Flags
    double: Flags


def cases(puts: Puts, rho: Floats, kappa: Floats, v: Floats) -> Cases:
    """Without chance; never exercised early; one exercise boundary; two of them."""
    alive = puts.valid & (puts.spot > 0) & (puts.strike > 0) & (v > NO_CHANCE)
    never = (rho <= 0) & (kappa >= rho)
    never |= (kappa >= 0) & (rho < NO_PREMIUM)
    double = (rho < 0) & (kappa < rho)
    return Cases(
        puts.valid & ~alive, alive & never, alive & ~never & ~double, alive & ~never & double
    )


def boundaries(rho: Floats, kappa: Floats, v: Floats, scheme: Scheme) -> tuple[Floats, Floats]:
    """ln(B / X)^2 at the nodes, (N, n), and the last relative Newton step, (N,)."""
    t = tables(scheme)
    squares, moved = np.empty((rho.size, scheme.nodes)), np.empty(rho.size)
    BOUNDARY.split(
        rho.size, rho, kappa, v, t.nodes, t.sines, t.mass, t.smooth, t.interpolate, t.steps,
        squares, moved,
    )  # fmt: skip
    return squares, moved


def _limits(scheme: Scheme) -> tuple[float, float]:
    """What a scheme is trusted with: the last Newton step in standard deviations, and the reach.

    The reach is the largest exponent in the integrands, r T + q T + (drift / deviation)^2 / 2.
    Both bounds were found by comparing with 48 nodes over rates of up to 100 %, volatilities of
    0.3 % to 500 % and lives of 0.001 to 50 years.
    """
    settled = 0.3 if scheme.steps == 1 else 0.1
    return settled, 3.0 if scheme.nodes < 8 else 4.0 if scheme.nodes < 16 else 100.0


def _single(  # noqa: PLR0917 - private
    x: Floats,
    rho: Floats,
    kappa: Floats,
    v: Floats,
    scheme: Scheme,
    greeks: bool,  # noqa: FBT001
) -> tuple[Solved, Flags]:
    """One boundary: the values, and where they may not be trusted."""
    t = tables(scheme)
    squares, moved = boundaries(rho, kappa, v, scheme)
    out = Solved(*(np.empty(x.size) for _ in range(3)))
    VALUE.split(
        x.size, x, rho, kappa, v, squares, t.outer_sines, t.outer_weights, t.outer_interpolate,
        greeks, *out,
    )  # fmt: skip
    settled, reach = _limits(scheme)
    doubtful = ~(moved < settled) | ~np.isfinite(out.value)
    drift = (rho - kappa) / v + 0.5 * v
    doubtful |= np.maximum(kappa + 0.5 * drift * drift, 0.0) + rho > reach
    if scheme.nodes < 8:
        doubtful |= kappa < 0
    return out, doubtful


def european(x: Floats, rho: Floats, kappa: Floats, v: Floats) -> Solved:
    """Puts that are never exercised early: the same kernel without a boundary."""
    out = Solved(*(np.empty(x.size) for _ in range(3)))
    none, never = np.empty(0), np.full((x.size, 1), np.inf)
    VALUE.split(x.size, x, rho, kappa, v, never, none, none, np.empty((0, 1)), True, *out)
    return out


def by_lattice(x: Floats, rho: Floats, kappa: Floats, v: Floats, greeks: bool) -> Solved:  # noqa: FBT001
    """Values on the lattice; slopes by central differences on it.

    NaN where half the steps give a value more than 1e-4 of the strike away.
    """
    middle = lattice_values(x, rho, kappa, v, LATTICE_STEPS)
    coarse = lattice_values(x, rho, kappa, v, LATTICE_STEPS // 4 * 2 + 1)
    middle[~(np.abs(middle - coarse) <= _UNSETTLED)] = np.nan
    if not greeks:
        return Solved(middle, np.full(x.size, np.nan), np.full(x.size, np.nan))
    spot = np.exp(x)
    step = 0.05 * np.minimum(v, 0.2)
    up = lattice_values(np.log(spot * (1 + step)), rho, kappa, v, LATTICE_STEPS)
    down = lattice_values(np.log(spot * (1 - step)), rho, kappa, v, LATTICE_STEPS)
    h = spot * step
    return Solved(middle, (up - down) / (2 * h), (up - 2 * middle + down) / (h * h))


def _hard(x: Floats, rho: Floats, kappa: Floats, v: Floats, greeks: bool) -> Solved:  # noqa: FBT001
    """Two of the finest schemes where they agree; else the lattice, NaN where that is unsettled."""
    second, _ = _single(x, rho, kappa, v, _SECOND, greeks)
    third, _ = _single(x, rho, kappa, v, _THIRD, greeks)
    apart = np.flatnonzero(~(np.abs(second.value - third.value) <= _AGREE))
    if apart.size:
        found = by_lattice(x[apart], rho[apart], kappa[apart], v[apart], greeks)
        _place(third, apart, found)
    return third


def solve(puts: Puts, scheme: Scheme, greeks: bool = False) -> Solved:  # noqa: FBT001, FBT002
    """Every put by its way; NaN for those that are not valid."""
    normal = puts.normalised()
    which = cases(puts, *normal[1:])
    if which.single.all():
        return _one_boundary(normal, scheme, greeks)
    out = Solved(*(np.full(normal[0].size, np.nan) for _ in range(3)))
    at = np.flatnonzero(which.single)
    _place(out, at, _one_boundary(_pick(normal, at), scheme, greeks))
    at = np.flatnonzero(which.european)
    _place(out, at, european(*_pick(normal, at)))
    at = np.flatnonzero(which.double)
    if at.size:
        _place(out, at, by_lattice(*_pick(normal, at), greeks))
    at = np.flatnonzero(which.certain)
    if at.size:
        some = puts.take(at)
        sure = certain(some)
        strike = np.where(some.strike > 0, some.strike, 1.0)
        _place(out, at, Solved(sure.value / strike, sure.delta, np.zeros(at.size)))
    return out


def _one_boundary(normal: Normal, scheme: Scheme, greeks: bool) -> Solved:  # noqa: FBT001
    """By the scheme asked for, and by finer ones where it is not to be trusted."""
    out, doubtful = _single(*normal, scheme, greeks)
    again = np.flatnonzero(doubtful)
    for finer in (SCHEMES["accurate"], SCHEMES["precise"]):
        if again.size and finer.nodes > scheme.nodes:
            found, doubtful = _single(*_pick(normal, again), finer, greeks)
            _place(out, again, found)
            again = again[doubtful]
    if again.size:
        _place(out, again, _hard(*_pick(normal, again), greeks))
    return out


def _pick(normal: Normal, at: Places) -> Normal:
    x, rho, kappa, v = normal
    return x[at], rho[at], kappa[at], v[at]


def _place(out: Solved, at: Places, found: Solved) -> None:
    for whole, part in zip(out, found, strict=True):
        whole[at] = part
