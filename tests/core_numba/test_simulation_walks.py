"""Simulated paths follow the laws that their processes have, and nothing but their numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from scipy import integrate, stats

from core_numba.jit import threads
from core_numba.plain.simulation import walks as plain
from core_numba.simulation import estimate, walks
from core_numba.simulation.models import (
    Heston,
    Jumps,
    Regimes,
    factor,
    nearest_correlation,
    stationary,
)
from core_numba.simulation.walks import Walks

TWO = Regimes(
    [[0.1, 0.05], [-0.2, -0.1], [0.0, 0.0]],
    [[0.1, 0.2], [0.3, 0.4], [0.2, 0.2]],
    [[0.9, 0.1, 0.0], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4]],
    [[1.0, 0.5], [0.5, 1.0]],
)
HESTON = Heston(0.04, 1.5, 0.05, 0.8, -0.7)
HISTORY = np.random.default_rng(0).normal(0.0, 0.01, (2, 300))

RUNS: dict[str, Callable[..., Walks]] = {
    "gbm": lambda **k: walks.gbm(100.0, 0.05, 0.2, 1.0, **k),
    "student": lambda **k: walks.student(100.0, 0.05, 0.2, 4.0, 1.0, **k),
    "merton": lambda **k: walks.merton(100.0, 0.05, 0.2, Jumps(10.0, -0.05, 0.1), 1.0, **k),
    "regimes": lambda **k: walks.regimes(
        [100.0, 50.0], TWO, 1.0, dof=4.0, jumps=Jumps([2.0, 50.0], -0.05, 0.1), **k
    ),
    "heston": lambda **k: walks.heston(100.0, 0.05, HESTON, 1.0, **k),
    "bootstrap": lambda **k: walks.bootstrap(100.0, HISTORY, mean_block=10.0, **k),
    "blocks": lambda **k: walks.bootstrap(100.0, HISTORY[0], block=7, **k),
}


@pytest.fixture(autouse=True)
def _threads_restored() -> Iterator[None]:
    before = threads.get_threads()
    yield
    threads.set_threads(before)


def _within(sample: np.ndarray, expected: float, errors: float = 4.0) -> None:
    error = sample.std(ddof=1) / math.sqrt(sample.size)
    assert abs(sample.mean() - expected) < errors * error, (sample.mean(), expected, error)


@pytest.mark.parametrize("name", RUNS)
def test_plain_and_compiled_walk_the_same_paths(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"steps": 25, "paths": 600, "seed": 3, "detail": True, "keep": True}
    if name not in {"bootstrap", "blocks"}:
        options["antithetic"] = True
    fast = RUNS[name](**options)
    kernels = (walks._GBM, walks._REGIMES, walks._HESTON, walks._BOOTSTRAP)
    for kernel in kernels:
        monkeypatch.setattr(kernel, "_body", getattr(plain, kernel.name))
    slow = RUNS[name](**options)
    for field, one, other in zip(fast._fields, fast, slow, strict=True):
        if one is not None and other is not None:
            assert np.allclose(one, other, rtol=2e-6, atol=1e-6, equal_nan=True), field


@pytest.mark.parametrize("name", RUNS)
def test_threads_neighbours_and_keeping_change_no_bit(name: str) -> None:
    threads.set_threads(1)
    options = {"steps": 9, "seed": 5}
    one = RUNS[name](paths=2500, **options)
    threads.set_threads(2)
    two = RUNS[name](paths=2500, **options)
    kept = RUNS[name](paths=2500, keep=True, detail=True, **options)
    fewer = RUNS[name](paths=1003, **options)
    for field in ("terminal", "lowest", "highest", "drawdown"):
        reference = getattr(one, field)
        assert (getattr(two, field) == reference).all()
        assert (getattr(kept, field) == reference).all()
        assert (getattr(fewer, field) == reference[..., :1003]).all()
    assert kept.paths is not None
    assert (kept.paths[..., -1] == kept.terminal).all()


@pytest.mark.parametrize("name", RUNS)
def test_what_is_remembered_is_what_the_paths_show(name: str) -> None:
    seen = RUNS[name](steps=40, paths=300, seed=9, keep=True, detail=True)
    assert seen.paths is not None
    path = seen.paths
    peak = np.maximum.accumulate(path, axis=-1)
    assert np.allclose(seen.lowest, path.min(axis=-1), rtol=1e-14)
    assert np.allclose(seen.highest, path.max(axis=-1), rtol=1e-14)
    assert np.allclose(seen.drawdown, (1.0 - path / peak).max(axis=-1), rtol=1e-12, atol=1e-15)
    assert np.allclose(seen.mean, path[..., 1:].mean(axis=-1), rtol=1e-13)
    run = longest = np.zeros(path.shape[:-1])
    for step in range(1, path.shape[-1]):
        run = np.where(path[..., step] < peak[..., step], run + 1, 0)
        longest = np.maximum(longest, run)
    assert (seen.under_water == longest).all()


def test_antithetic_paths_are_mirrored_and_the_rest_unchanged() -> None:
    move = (0.05 - 0.02) * 1.0
    both = walks.gbm(1.0, 0.05, 0.2, 1.0, steps=11, paths=2000, seed=4, antithetic=True)
    alone = walks.gbm(1.0, 0.05, 0.2, 1.0, steps=11, paths=1000, seed=4)
    assert (both.terminal[:1000] == alone.terminal).all()
    sums = np.log(both.terminal[:1000]) + np.log(both.terminal[1000:])
    assert np.abs(sums - 2 * move).max() < 1e-13


def test_one_step_shocks_are_normal_in_a_million_draws() -> None:
    end = walks.gbm(1.0, 0.5, 1.0, 1.0, steps=1, paths=1_000_000, seed=17).terminal
    z = np.log(end)
    assert stats.kstest(z, "norm").pvalue > 1e-3
    assert abs(z.var() - 1.0) < 4 * math.sqrt(2e-6)
    assert abs(stats.skew(z)) < 4 * math.sqrt(6e-6)
    assert abs(stats.kurtosis(z)) < 4 * math.sqrt(24e-6)


@pytest.mark.parametrize("dof", [2.2, 3.0, 5.5, 40.0])
def test_one_step_shocks_are_student_in_a_million_draws(dof: float) -> None:
    end = walks.student(1.0, 0.0, 1.0, dof, 1.0, steps=1, paths=1_000_000, seed=18).terminal
    shocks = np.log(end) * math.sqrt(dof / (dof - 2.0))
    assert stats.kstest(shocks, "t", args=(dof,)).pvalue > 1e-3


def test_steps_are_independent_of_each_other() -> None:
    path = walks.student(1.0, 0.0, 0.2, 5.0, 1.0, steps=200, paths=4096, seed=2, keep=True).paths
    assert path is not None
    moves = np.diff(np.log(path), axis=1)
    for values in (moves, moves**2):
        centred = values - values.mean()
        for lag in (1, 2, 3):
            product = (centred[:, lag:] * centred[:, :-lag]).ravel()
            _within(product, 0.0)


def test_brownian_drawdown_has_its_law() -> None:
    """Without drift P(max drawdown of W < d) as a series (Douady, Shiryaev, Yor 2000)."""
    seen = walks.gbm(1.0, 0.02, 0.2, 1.0, steps=4096, paths=8000, seed=6)
    depth = -np.log1p(-seen.drawdown) / 0.2  # drift of the log is zero
    # Discrete watching misses the peak by 0.5826 sqrt(dt) on either side.
    watched = float(np.mean(depth)) + 2 * 0.5826 / 64
    assert abs(watched - math.sqrt(math.pi / 2)) < 4 * depth.std() / math.sqrt(8000) + 2e-3


def test_black_scholes_is_met_within_the_error_by_plain_antithetic_and_controlled() -> None:
    s, k, r, v, t = 100.0, 105.0, 0.03, 0.25, 0.75
    d1 = (math.log(s / k) + (r + v * v / 2) * t) / (v * math.sqrt(t))
    exact = s * stats.norm.cdf(d1) - k * math.exp(-r * t) * stats.norm.cdf(d1 - v * math.sqrt(t))
    end = walks.gbm(s, r, v, t, steps=3, paths=100_000, seed=1, antithetic=True).terminal
    payoff = np.maximum(end - k, 0.0)
    crude = estimate.discounted(payoff[:50_000], r, t)
    paired = estimate.discounted(payoff, r, t, antithetic=True)
    steered = estimate.controlled(payoff, end, s * math.exp(r * t), antithetic=True)
    for value, error in (crude, paired):
        assert abs(value - exact) < 4 * error
    assert abs(steered.value * math.exp(-r * t) - exact) < 4 * steered.error
    assert steered.error < paired.error < crude.error


def test_merton_prices_are_his_series() -> None:
    s, k, r, v, t = 100.0, 100.0, 0.05, 0.2, 0.5
    rate, m, d = 3.0, -0.1, 0.15
    growth = math.exp(m + d * d / 2)
    exact = 0.0
    for n in range(60):
        weight = stats.poisson.pmf(n, rate * growth * t)
        sigma = math.sqrt(v * v + n * d * d / t)
        drift = r - rate * (growth - 1) + n * math.log(growth) / t
        d1 = (math.log(s / k) + (drift + sigma**2 / 2) * t) / (sigma * math.sqrt(t))
        call = s * stats.norm.cdf(d1)
        call -= k * math.exp(-drift * t) * stats.norm.cdf(d1 - sigma * math.sqrt(t))
        exact += weight * call
    jumps = Jumps(rate, m, d)
    end = walks.merton(s, r, v, jumps, t, steps=5, paths=200_000, seed=3, antithetic=True).terminal
    value, error = estimate.discounted(np.maximum(end - k, 0.0), r, t, antithetic=True)
    assert abs(value - exact) < 4 * error
    _within(end, s * math.exp(r * t))


def test_jumps_come_as_often_as_poisson_says() -> None:
    jumps = Jumps(30.0, 1.0, 0.0)
    model = Regimes([[0.0]], [[0.0]], [[1.0]])
    seen = walks.regimes([1.0], model, 1.0, steps=10, paths=50_000, seed=8, jumps=jumps, keep=True)
    assert seen.paths is not None
    counts = np.rint(np.diff(np.log(seen.paths[0]), axis=1)).astype(int).ravel()
    observed = np.bincount(np.minimum(counts, 10), minlength=11)
    expected = np.append(stats.poisson.pmf(np.arange(10), 3.0), stats.poisson.sf(9, 3.0))
    assert stats.chisquare(observed, expected * counts.size).pvalue > 1e-3


def _heston_call(m: Heston, s: float, k: float, r: float, t: float) -> float:
    """Semi-analytic, in the form without the branch cut (Albrecher et al. 2007)."""

    def phi(u: complex) -> complex:
        d = np.sqrt((m.rho * m.xi * 1j * u - m.kappa) ** 2 + m.xi**2 * (1j * u + u * u))
        b = m.kappa - m.rho * m.xi * 1j * u
        g = (b - d) / (b + d)
        e = np.exp(-d * t)
        c = m.kappa * m.theta / m.xi**2 * ((b - d) * t - 2 * np.log((1 - g * e) / (1 - g)))
        dd = (b - d) / m.xi**2 * (1 - e) / (1 - g * e)
        return complex(np.exp(c + dd * m.v0 + 1j * u * (math.log(s) + r * t)))

    def part(shift: complex, scale: complex) -> float:
        def f(u: float) -> float:
            return float((np.exp(-1j * u * math.log(k)) * phi(u + shift) / (1j * u * scale)).real)

        return 0.5 + float(integrate.quad(f, 1e-9, 200, limit=400)[0]) / math.pi

    return s * part(-1j, phi(-1j)) - k * math.exp(-r * t) * part(0.0, 1.0)


@pytest.mark.parametrize(
    "model", [HESTON, Heston(0.04, 0.5, 0.04, 1.0, -0.9), Heston(0.09, 3.0, 0.06, 0.3, 0.3)]
)
def test_heston_meets_its_price_forward_and_variance(model: Heston) -> None:
    s, r, t = 100.0, 0.03, 1.0
    seen = walks.heston(s, r, model, t, steps=64, paths=100_000, seed=2, antithetic=True)
    pairs = 0.5 * (seen.terminal[:50_000] + seen.terminal[50_000:])
    _within(pairs, s * math.exp(r * t))
    for k in (80.0, 100.0, 120.0):
        value, error = estimate.discounted(
            np.maximum(seen.terminal - k, 0.0), r, t, antithetic=True
        )
        assert abs(value - _heston_call(model, s, k, r, t)) < 4 * error + 0.01  # 64 steps' bias
    assert seen.variance is not None
    last = seen.variance[:50_000]
    decay = math.exp(-model.kappa * t)
    _within(last, model.theta + (model.v0 - model.theta) * decay)
    second = model.xi**2 / model.kappa * (1 - decay)
    second *= model.v0 * decay + 0.5 * model.theta * (1 - decay)
    _within((last - last.mean()) ** 2, second, 5.0)


def test_regimes_come_and_go_as_their_chain_says() -> None:
    switch = [[0.9, 0.1], [0.3, 0.7]]
    assert np.allclose(stationary(switch), [0.75, 0.25], atol=1e-14)
    model = Regimes([[0.0], [0.0]], [[0.1], [0.3]], switch)
    seen = walks.regimes([1.0], model, 1.0, steps=60, paths=20_000, seed=5, keep=True)
    state = seen.regimes
    assert state is not None
    assert abs(state.mean() - 0.25) < 4 * math.sqrt(0.25 * 0.75 * 4 / state.size)
    for now, chance in ((0, 0.1), (1, 0.7)):
        after = state[:, 1:][state[:, :-1] == now]
        assert abs(after.mean() - chance) < 4 * math.sqrt(chance * (1 - chance) / after.size)
    centred = state - 0.25
    for lag in (1, 3, 6):  # the second eigenvalue of the chain is 0.6
        product = (centred[:, lag:] * centred[:, :-lag]).mean() / (0.25 * 0.75)
        assert abs(product - 0.6**lag) < 0.01
    assert seen.paths is not None
    moves = np.diff(np.log(seen.paths[0]), axis=1) * math.sqrt(60)
    for now, volatility in ((0, 0.1), (1, 0.3)):
        chosen = moves[state == now]
        assert abs(chosen.std() / volatility - 1.0) < 4 / math.sqrt(2 * chosen.size)


def test_shocks_have_each_regimes_correlation_and_a_common_tail() -> None:
    strong = np.array([[1.0, 0.9, 0.2], [0.9, 1.0, 0.1], [0.2, 0.1, 1.0]])
    weak = np.eye(3)
    model = Regimes(
        np.zeros((2, 3)), np.full((2, 3), 0.2), np.eye(2), np.stack([strong, weak]), [0.5, 0.5]
    )
    for dof in (math.inf, 8.0):
        seen = walks.regimes(
            np.ones(3), model, 1.0, steps=1, paths=200_000, seed=7, dof=dof, keep=True
        )
        assert seen.regimes is not None
        logs = np.log(seen.terminal)
        for now, correlation in enumerate((strong, weak)):
            chosen = logs[:, seen.regimes[:, 0] == now]
            assert np.abs(np.corrcoef(chosen) - correlation).max() < 0.02
            assert np.abs(chosen.std(axis=1) / 0.2 - 1.0).max() < 0.02
    # Multivariate Student-t: any direction is Student-t of the same degrees of freedom.
    assert seen.regimes is not None
    joint = logs[:, seen.regimes[:, 0] == 1].sum(axis=0) / (0.2 * math.sqrt(3 * 6 / 8))
    assert stats.kstest(joint, "t", args=(8.0,)).pvalue > 1e-3


def test_impossible_correlations_are_refused_and_repaired_on_request() -> None:
    wrong = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])
    with pytest.raises(ValueError, match=r"smallest eigenvalue -0\.8"):
        factor(wrong)
    repaired, change = nearest_correlation(wrong)
    assert 0.1 < change < 0.5
    lower = factor(repaired)
    assert np.allclose(lower @ lower.T, repaired, atol=1e-9)
    kept, none = nearest_correlation(np.eye(3))
    assert none < 1e-12
    assert np.allclose(kept, np.eye(3))
    # Higham 2002: the tridiagonal example, nearest entries 0.7607 and 0.1573.
    given = [[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]]
    nearest = nearest_correlation(given).correlation
    assert np.allclose(nearest[[0, 0], [1, 2]], [0.7607, 0.1573], atol=5e-5)
    together = factor(np.ones((2, 2)))
    assert np.allclose(together @ together.T, 1.0)


def test_bootstrap_draws_what_happened_in_blocks_of_the_length_asked_for() -> None:
    days = np.arange(1, 51) * 1e-3
    for options, mean in (({}, 1.0), ({"block": 5}, 5.0), ({"mean_block": 8.0}, 8.0)):
        seen = walks.bootstrap(1.0, days, steps=400, paths=500, seed=4, keep=True, **options)
        assert seen.paths is not None
        drawn = np.rint(np.diff(np.log(seen.paths), axis=1) * 1e3).astype(int)
        assert drawn.min() == 1
        assert drawn.max() == 50
        counts = np.bincount(drawn.ravel(), minlength=51)[1:]
        assert np.abs(counts / drawn.size * 50 - 1.0).max() < 0.15
        follows = (drawn[:, 1:] - drawn[:, :-1]) % 50 == 1
        # A fresh draw follows by chance once in fifty.
        expected = 1.0 - (1.0 / mean) * 0.98
        assert abs(follows.mean() - expected) < 0.01


def test_impossible_simulations_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        walks.gbm(1.0, 0.0, 0.1, 1.0, steps=0, paths=1, seed=0)
    with pytest.raises(ValueError, match="even number"):
        walks.gbm(1.0, 0.0, 0.1, 1.0, steps=1, paths=3, seed=0, antithetic=True)
    with pytest.raises(ValueError, match="positive number"):
        walks.gbm(-1.0, 0.0, 0.1, 1.0, steps=1, paths=1, seed=0)
    with pytest.raises(ValueError, match="finite"):
        walks.gbm(1.0, math.nan, 0.1, 1.0, steps=1, paths=1, seed=0)
    with pytest.raises(ValueError, match="exceed 2"):
        walks.student(1.0, 0.0, 0.1, 2.0, 1.0, steps=1, paths=1, seed=0)
    with pytest.raises(ValueError, match="Heston"):
        Heston(0.04, 0.0, 0.04, 0.5, 0.0)
    with pytest.raises(ValueError, match="add up to one"):
        Regimes([[0.0], [0.0]], [[0.1], [0.1]], [[0.5, 0.4], [0.0, 1.0]])
    with pytest.raises(ValueError, match="several stationary"):
        stationary(np.eye(2))
    with pytest.raises(ValueError, match="not both"):
        walks.bootstrap(1.0, [0.1], steps=1, paths=1, seed=0, block=2, mean_block=3.0)
