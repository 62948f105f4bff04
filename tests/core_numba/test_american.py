"""American prices, Greeks and boundaries: published numbers, oracles, properties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_numba import american
from core_numba.american.engine import BOUNDARY, VALUE, european
from core_numba.american.schemes import SCHEMES, tables
from core_numba.jit import threads
from core_numba.plain.american import boundary as plain_boundary
from core_numba.plain.american import lattice as plain_lattice
from core_numba.plain.american import value as plain_value
from tests.core_numba.american_reference import mixed, rows, sign, tree

# Called with unpacked rows, which types cannot follow.
price: Any = american.price
greeks: Any = american.greeks
binomial: Any = american.binomial
bjerksund_stensland: Any = american.bjerksund_stensland


def _european_put(spot: float, strike: float, rate: float, dividend: float, v: float) -> float:
    one = [np.array([a]) for a in (np.log(spot / strike), rate, dividend, v)]
    return float(strike * european(*one).value[0])


@pytest.mark.parametrize("row", rows("alo_high_precision_premium"))
def test_premium_is_that_of_andersen_lake_and_offengenden(row: dict[str, str]) -> None:
    rate = float(row["r"])
    value = price(100, 100, 1, rate, 0.05, 0.25, -1, accuracy="precise").item()
    premium = value - _european_put(100, 100, rate, 0.05, 0.25)
    # A published scheme is as near to the limit as it says, or as its two forms to each other.
    apart = abs(float(row["premium_FP_A"]) - float(row["premium_FP_B"]))
    bound = max(float(row["tol"]), 2.0 * apart)
    assert abs(premium - float(row["premium_FP_A"])) <= bound


def test_standard_premium() -> None:
    (row,) = rows("alo_standard_premium")
    value = price(100, 95, 1, 0.075, 0.05, 0.25, -1, accuracy="precise").item()
    premium = value - _european_put(100, 95, 0.075, 0.05, 0.25)
    assert abs(premium - float(row["premium_FP_B"])) < 2e-5


@pytest.mark.parametrize("row", rows("edge"))
def test_edges(row: dict[str, str]) -> None:
    if row["maturity_days_act365"] == "0":
        pytest.skip("at expiry QuantLib calls an option worthless; here it is worth its exercise")
    numbers = [float(row[name]) for name in ("spot", "strike", "maturity_days_act365")]
    rest = [float(row[name]) for name in ("r", "q", "vol")]
    found = price(
        numbers[0], numbers[1], numbers[2] / 365.0, *rest, sign(row["type"]), accuracy="precise"
    ).item()
    # Rows with a boundary are QD+ values, right to about 1e-3 of the price.
    boundary = row["value"] in {
        "22.97383256003585", "8.871505915120776", "0.1159627202107989", "80.37468392429741",
        "99.9874942266127", "108.98092036570044",
    }  # fmt: skip
    tolerance = 2e-3 * float(row["value"]) if boundary else max(float(row["tol"]), 1e-13)
    assert found == pytest.approx(float(row["value"]), abs=tolerance)


@pytest.mark.parametrize(
    ("option", "limit"),
    [
        ((100, 120, 10.0, 0.1, 0.03, 0.25, -1), 23.000293541286037),
        ((100, 100, 1.0, 0.0, 0.025, 0.25, 1), 8.865365196673144),
        ((100, 100, 1.0, 0.1, 10.0, 0.25, 1), 0.1159377975512029),
        ((100, 100, 170.0, 0.01, 0.002, 0.25, 1), 80.39024996703972),
    ],
)
def test_hard_options_agree_with_high_precision_quantlib(
    option: tuple[float, ...], limit: float
) -> None:
    found = price(*option, accuracy="precise").item()
    assert found == pytest.approx(limit, abs=1.5e-5)


@pytest.mark.parametrize("row", rows("qdplus_boundary"))
def test_qd_plus_boundary(row: dict[str, str]) -> None:
    found = american.quadratic_boundary(*(float(row[n]) for n in ("K", "tau", "r", "q", "vol")))
    assert found == pytest.approx(float(row["boundary"]), rel=1e-12)


@pytest.mark.parametrize("row", rows("haug_baw"))
def test_barone_adesi_and_whaley_are_near(row: dict[str, str]) -> None:
    numbers = [float(row[name]) for name in ("spot", "strike", "t", "r", "q", "vol")]
    found = price(*numbers, sign(row["type"])).item()
    # The book's values are an approximation; its own error is up to 4e-2 here.
    assert found == pytest.approx(float(row["value"]), abs=4e-2)


@pytest.mark.parametrize("row", rows("bjerksund_stensland_2002"))
def test_bjerksund_stensland_2002(row: dict[str, str]) -> None:
    numbers = [float(row[name]) for name in ("S", "K", "T", "r", "q", "vol")]
    year = int(row["model"][2:])
    found = bjerksund_stensland(*numbers, sign(row["type"]), year=year)
    assert found == pytest.approx(float(row["value"]), abs=float(row["tol"]))


@pytest.mark.parametrize("row", rows("bjerksund_stensland"))
def test_bjerksund_stensland_1993(row: dict[str, str]) -> None:
    numbers = [float(row[name]) for name in ("spot", "strike", "t", "r", "q", "vol")]
    found = bjerksund_stensland(*numbers, sign(row["type"]), year=1993)
    assert found == pytest.approx(float(row["value"]), abs=5e-5)


def test_settings_converge() -> None:
    options = mixed(400)
    finest = price(*options, accuracy="precise")
    worth = finest > 0.5
    for setting, bound in (("fast", 1e-5), ("accurate", 3e-7)):
        found = price(*options, accuracy=setting)
        error = (found / finest - 1.0)[worth]
        assert np.sqrt(np.mean(error**2)) < bound


def test_ten_thousand_steps_of_a_lattice_agree() -> None:
    for option in (
        (100.0, 110.0, 1.0, 0.05, 0.0, 0.3, -1.0),
        (100.0, 95.0, 0.5, 0.02, 0.08, 0.2, 1.0),
    ):
        fine = binomial(*option, steps=9999, extrapolate=False)
        assert price(*option) == pytest.approx(fine, abs=2e-4)
    crr = tree(100.0, 110.0, 1.0, 0.05, 0.3, -1.0, 4000)
    assert price(100, 110, 1, 0.05, 0, 0.3, -1) == pytest.approx(crr, abs=2e-3)


def test_compiled_and_plain_agree() -> None:
    draw = np.random.default_rng(2)
    n = 70
    rho, kappa = draw.uniform(0.001, 0.3, n), draw.uniform(-0.01, 0.3, n)
    v = draw.uniform(0.1, 1, n)
    x = draw.uniform(-0.3, 0.3, n)
    for name in ("fast", "accurate"):
        scheme, t = SCHEMES[name], tables(SCHEMES[name])
        out = []
        for fit, worth in ((BOUNDARY, VALUE), (plain_boundary.boundary, plain_value.value)):
            squares, moved = np.empty((n, scheme.nodes)), np.empty(n)
            fit(
                rho, kappa, v, t.nodes, t.sines, t.mass, t.smooth, t.interpolate, t.steps,
                squares, moved,
            )  # fmt: skip
            found = [np.empty(n) for _ in range(3)]
            worth(
                x, rho, kappa, v, squares, t.outer_sines, t.outer_weights, t.outer_interpolate,
                True, *found,
            )  # fmt: skip
            out.append((squares, *found))
        for one, other in zip(*out, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-10)


def test_the_plain_lattice_is_the_compiled_one() -> None:
    found = binomial(100, [90, 110], 1, 0.05, 0.02, 0.3, -1, steps=101, extrapolate=False)
    x = np.log(100.0 / np.array([90.0, 110.0]))
    rho, kappa, v = np.full(2, 0.05), np.full(2, 0.02), np.full(2, 0.3)
    plain = np.empty(2)
    plain_lattice.lattice(x, rho, kappa, v, 101, True, plain)
    np.testing.assert_allclose(found, plain * [90, 110], rtol=1e-12)


def test_place_and_threads_do_not_matter() -> None:
    options = mixed(20_000, seed=9)
    before = threads.get_threads()
    try:
        threads.set_threads(1)
        whole = greeks(*options, accuracy="fast")
        threads.set_threads(2)
        for one, other in zip(whole, greeks(*options, accuracy="fast"), strict=True):
            np.testing.assert_array_equal(one, other)
    finally:
        threads.set_threads(before)
    for shift in (1, 2, 3, 5, 17):
        found = price(*(a[shift : shift + 90] for a in options), accuracy="fast")
        np.testing.assert_array_equal(found, whole.price[shift : shift + 90])


_option = st.tuples(
    st.just(100.0),
    st.floats(60, 160),
    st.floats(0.02, 4),
    st.floats(-0.02, 0.15),
    st.floats(-0.02, 0.15),
    st.floats(0.05, 0.9),
    st.sampled_from([1.0, -1.0]),
)


@given(_option)
@settings(deadline=None, derandomize=True, max_examples=150)
def test_bounds_symmetry_and_monotony(option: tuple[float, ...]) -> None:
    s, k, t, r, q, v, side = option
    value = price(*option).item()
    slack = 1e-5 * k if (side < 0 and q < r < 0) or (side > 0 and r < q < 0) else 1e-6 * k
    floor = binomial(*option, steps=301, early=False).item()
    assert value >= floor - 2e-5 * k
    assert value >= side * (s - k) - 1e-12 * k
    assert price(k, s, t, q, r, v, -side).item() == pytest.approx(value, abs=slack)
    assert price(s, k, 1.05 * t, r, q, v, side).item() >= value - 2 * slack
    assert price(s, k, t, r, q, 1.02 * v, side).item() >= value - 2 * slack
    lattice = binomial(*option, steps=301).item()
    assert value == pytest.approx(lattice, abs=4e-4 * k)


def test_bjerksund_stensland_is_a_lower_bound_near_the_price() -> None:
    options = mixed(300)
    gap = price(*options) - bjerksund_stensland(*options)
    assert gap.min() > -1e-5
    assert gap.max() < 0.5


def test_smooth_pasting_and_the_boundary() -> None:
    left = np.array([0.0, 0.1, 0.5, 1.0])
    edge = american.exercise_boundary(100, 1, 0.05, [0.0, 0.08], 0.3, -1, left)
    np.testing.assert_allclose(edge[:, 0], [100.0, 62.5])
    assert (np.diff(edge, axis=1) < 0).all()
    for q, b in zip((0.0, 0.08), edge[:, -1], strict=True):
        above = greeks(b * (1 + 1e-7), 100, 1, 0.05, q, 0.3, -1, accuracy="precise")
        assert above.delta == pytest.approx(-1.0, abs=1e-5)
        assert above.price == pytest.approx(100 - b, abs=1e-4)
        assert american.exercise_now(b * 0.999, 100, 1, 0.05, q, 0.3, -1)
        assert not american.exercise_now(b * 1.001, 100, 1, 0.05, q, 0.3, -1)
    call = american.exercise_boundary(100, 1, 0.03, [0.0, 0.06], 0.2, 1, [0.5])
    assert call[0, 0] == np.inf
    assert 100 < call[1, 0] < np.inf


def test_greeks_are_the_derivatives() -> None:
    options = mixed(60, seed=3)
    found = greeks(*options, accuracy="precise")
    free = found.price > options[6] * (options[0] - options[1]) + 0.05
    bumps = ((0, 0.02, "delta"), (5, 1e-4, "vega"), (3, 2e-5, "rho"), (4, 2e-5, "phi"))
    for place, h, name in bumps:
        ends = []
        for move in (h, -h):
            moved = list(options)
            moved[place] = options[place] + move
            ends.append(price(*moved, accuracy="precise"))
        slope = (ends[0] - ends[1]) / (2 * h)
        np.testing.assert_allclose(getattr(found, name)[free], slope[free], rtol=2e-4, atol=2e-4)
    moved = [a.copy() for a in options]
    moved[2] += 1e-4
    later = price(*moved, accuracy="precise")
    moved[2] -= 2e-4
    sooner = price(*moved, accuracy="precise")
    np.testing.assert_allclose(found.theta[free], ((sooner - later) / 2e-4)[free], atol=2e-3)


@pytest.mark.parametrize("place", range(7))
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -1.5])
def test_what_cannot_be_is_nan(place: int, bad: float) -> None:
    option = [100.0, 105.0, 0.5, 0.03, 0.01, 0.25, -1.0]
    option[place] = bad
    found = price(*option).item()
    rate = place in {3, 4} and np.isfinite(bad)
    assert np.isfinite(found) == rate
    assert np.isnan(bjerksund_stensland(*option).item()) or rate


def test_limits_and_empty_input() -> None:
    assert price(80, 100, 0, 0.05, 0, 0.2, -1) == 20.0
    assert price(5e-324, 100, 1, 0.05, 0, 0.2, -1) == 100.0
    assert price(80, 100, 1e-300, 0.05, 0, 0.2, -1) == pytest.approx(20.0)
    certain = 100 - 100 * np.exp(-0.05)
    assert price(100, 100, 1, 0.05, 0, 1e-300, 1) == pytest.approx(certain)
    assert price([], 100, 1, 0.05, 0, 0.2, -1).shape == (0,)
    assert greeks(100, [[90], [110]], 1, 0.05, 0, 0.2, [1, -1]).vega.shape == (2, 2)


def test_two_boundaries_go_to_the_lattice() -> None:
    found = price(100, 105, 1, -0.01, -0.03, 0.2, -1)
    assert found == pytest.approx(
        binomial(100, 105, 1, -0.01, -0.03, 0.2, -1, steps=2001), abs=2e-3
    )


def test_settings_that_do_not_exist_are_refused() -> None:
    with pytest.raises(ValueError, match="accuracy"):
        price(100, 100, 1, 0.05, 0, 0.2, 1, accuracy="best")
    with pytest.raises(ValueError, match="odd"):
        binomial(100, 100, 1, 0.05, 0, 0.2, 1, steps=100)
    with pytest.raises(ValueError, match="1993"):
        bjerksund_stensland(100, 100, 1, 0.05, 0, 0.2, 1, year=2000)
