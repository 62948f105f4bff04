"""The vector functions against 60-digit values in units of the last place, and at their edges."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest

pytest.importorskip("numba")

from numba import njit

from core_numba.jit.settings import FASTMATH
from core_numba.normal import Floats
from core_numba.vmath import coefficients, functions
from tools import coefficients as fitted

dice = np.random.default_rng(7)


def loop(name: str) -> Callable[[Floats], Floats]:
    function = getattr(functions, name)

    @njit(fastmath=set(FASTMATH), error_model="numpy")
    def run(x: Any, out: Any) -> None:
        for i in range(x.shape[0]):
            out[i] = function(x[i])

    def apply(x: Floats) -> Floats:
        out = np.empty_like(x)
        run(x, out)
        return out

    return apply


def spread(low: float, high: float, count: int = 400) -> Floats:
    return dice.uniform(low, high, count)


def _quantile(p: Any) -> Any:
    share = p if p < 0.5 else 1 - p
    x = -mp.sqrt(-2 * mp.log(share)) if share < mp.mpf("0.3") else (share - 0.5) * 2.5
    for _ in range(60):
        step = mp.log(mp.ncdf(x) / share) * mp.ncdf(x) / mp.npdf(x)
        x -= step
        if abs(step) < mp.mpf(10) ** -30 * (1 + abs(x)):
            break
    return x if p < 0.5 else -x


def _erfcx(x: Any) -> Any:
    if x > 1e4:
        return (1 - 1 / (2 * x * x) + 3 / (4 * x**4)) / (x * mp.sqrt(mp.pi))
    return mp.exp(x * x) * mp.erfc(x)


CASES: list[tuple[str, Floats, Callable[[Any], Any], float]] = [
    ("exp", np.r_[spread(-745.0, 709.7), spread(-1.0, 1.0)], mp.exp, 2.0),
    ("exp_bounded", np.r_[spread(-708.0, 709.0), spread(-1.0, 1.0)], mp.exp, 2.0),
    ("log_normal", np.r_[np.exp(spread(-700.0, 700.0)), spread(0.5, 2.0)], mp.log, 1.0),
    ("log", np.r_[np.exp(spread(-744.0, 709.0)), spread(0.9, 1.1)], mp.log, 1.0),
    ("erfcx", np.r_[spread(0.0, 6.0), np.exp(spread(-20.0, 20.0))], _erfcx, 6.5),
    ("exp_square", np.r_[spread(-37.6, 37.6)], lambda x: mp.exp(-x * x / 2), 2.5),
    ("normal_cdf", np.r_[spread(-37.5, 8.0), spread(-1.0, 1.0)], mp.ncdf, 6.5),
    ("normal_pdf", np.r_[spread(-37.0, 37.0)], mp.npdf, 4.0),
    (
        "normal_quantile",
        np.r_[np.exp(spread(-700.0, -0.7, 150)), spread(0.0, 1.0, 150), spread(0.49, 0.51, 50)],
        _quantile,
        4.0,
    ),
]


@pytest.mark.parametrize(("name", "x", "exact", "limit"), CASES, ids=[case[0] for case in CASES])
def test_a_few_units_in_the_last_place(
    name: str, x: Floats, exact: Callable[[Any], Any], limit: float
) -> None:
    found = loop(name)(x)
    with mp.workdps(60):
        for value, got in zip(x.tolist(), found.tolist(), strict=True):
            wanted = exact(mp.mpf(value))
            assert abs(got - wanted) <= limit * math.ulp(float(wanted)), (name, value)


def test_sine_and_cosine_of_turns_to_two_units_of_one() -> None:
    function = functions.sin_cos_turns

    @njit(fastmath=set(FASTMATH), error_model="numpy")
    def run(x: Any, sine: Any, cosine: Any) -> None:
        for i in range(x.shape[0]):
            sine[i], cosine[i] = function(x[i])

    x = np.r_[spread(0.0, 1.0), spread(-1e6, 1e6), np.arange(-4.0, 4.25, 0.25)]
    sine, cosine = np.empty_like(x), np.empty_like(x)
    run(x, sine, cosine)
    with mp.workdps(60):
        for value, s, c in zip(x.tolist(), sine.tolist(), cosine.tolist(), strict=True):
            assert abs(s - mp.sin(2 * mp.pi * mp.mpf(value))) < 5e-16
            assert abs(c - mp.cos(2 * mp.pi * mp.mpf(value))) < 5e-16


EDGES: dict[str, list[tuple[float, float]]] = {
    "exp": [(0.0, 1.0), (-0.0, 1.0), (710.0, math.inf), (-746.0, 0.0), (-745.0, 5e-324)],
    "log": [(0.0, -math.inf), (-0.0, -math.inf), (1.0, 0.0), (math.inf, math.inf)],
    "log_normal": [(1.0, 0.0)],
    "erfcx": [(math.inf, 0.0)],
    "normal_cdf": [(0.0, 0.5), (-math.inf, 0.0), (math.inf, 1.0), (-40.0, 0.0), (9.0, 1.0)],
    "normal_pdf": [(math.inf, 0.0), (-math.inf, 0.0), (40.0, 0.0)],
    "normal_quantile": [(0.0, -math.inf), (0.5, 0.0), (1.0, math.inf)],
}


@pytest.mark.parametrize("name", EDGES)
def test_edges_are_exact(name: str) -> None:
    x, wanted = np.array(EDGES[name]).T
    assert loop(name)(np.ascontiguousarray(x)).tolist() == pytest.approx(wanted.tolist(), abs=3e-16)


@pytest.mark.parametrize(
    "name",
    [
        "exp",
        "exp_bounded",
        "log",
        "erfcx",
        "exp_square",
        "normal_cdf",
        "normal_pdf",
        "normal_quantile",
    ],
)
def test_nan_stays_nan(name: str) -> None:
    assert np.isnan(loop(name)(np.full(9, np.nan))).all()


def test_outside_the_domain_is_nan() -> None:
    assert np.isnan(loop("log")(np.array([-1.0, -5e-324, -math.inf]))).all()
    assert np.isnan(loop("normal_quantile")(np.array([-1e-9, 1.0 + 1e-9, math.inf]))).all()


def test_subnormals_have_logarithms_and_quantiles() -> None:
    assert loop("log")(np.array([5e-324]))[0] == pytest.approx(math.log(5e-324), rel=1e-15)
    assert loop("normal_quantile")(np.array([5e-324]))[0] == pytest.approx(
        -38.467405617144344, rel=1e-14
    )


@pytest.mark.parametrize("name", ["exp", "log", "erfcx", "normal_cdf", "normal_quantile"])
def test_a_result_does_not_depend_on_its_place(name: str) -> None:
    x = spread(0.0, 1.0, 100)
    run = loop(name)
    whole = run(x)
    for shift in range(1, 18):
        assert run(x[shift:].copy()).tobytes() == whole[shift:].tobytes()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # inside mpmath's own Chebyshev fit
def test_the_committed_coefficients_are_what_the_tool_writes() -> None:
    for name, values in fitted.tables().items():
        assert list(getattr(coefficients, name)) == values, name
