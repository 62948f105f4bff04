"""Sobol points are Joe and Kuo's, scrambling keeps the net, and the bridge is Brownian."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.stats import qmc

from core_numba.simulation import sobol


def test_points_are_those_of_scipy() -> None:
    reference = qmc.Sobol(256, scramble=False, bits=32).random(512)
    assert (sobol.points(512, 256) == reference).all()
    assert (sobol.points(100, 256, first=300) == reference[300:400]).all()


def test_scrambled_points_are_still_a_net_and_differ_by_seed() -> None:
    one, two = (sobol.points(1024, 256, seed=seed) for seed in (5, 6))
    assert not (one == two).any()
    for column in range(256):  # one point in each of 1024 intervals
        cells = np.sort((one[:, column] * 1024).astype(int))
        assert (cells == np.arange(1024)).all()
    for bits in range(11):  # one point in each box of area 1/1024 of the first two coordinates
        boxes = (one[:, 0] * 2**bits).astype(int) * 2 ** (10 - bits)
        boxes += (one[:, 1] * 2 ** (10 - bits)).astype(int)
        assert np.unique(boxes).size == 1024
    assert (sobol.points(24, 256, first=1000, seed=5) == one[1000:]).all()


def test_scrambling_has_no_bias() -> None:
    firsts = np.array([sobol.points(1, 4, seed=seed)[0] for seed in range(4000)])
    for column in firsts.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-3


def test_the_bridge_makes_brownian_motion_at_any_times() -> None:
    for times in ([0.5], [0.1, 0.5, 0.7, 2.0], np.linspace(0.01, 1.0, 100)):
        matrix = sobol.bridge(times)
        assert np.allclose(matrix @ matrix.T, np.minimum.outer(times, times), atol=1e-13)
    assert sobol.bridge([0.1, 0.5, 0.7, 2.0])[-1].tolist() == [math.sqrt(2.0), 0.0, 0.0, 0.0]


def test_an_average_price_option_converges_faster_than_by_chance() -> None:
    """The geometric average of 16 dates, whose price is known."""
    times = np.arange(1, 17) / 16
    v, k = 0.3, 1.0
    mean = -0.5 * v * v * times.mean()
    deviation = v * math.sqrt(np.minimum.outer(times, times).mean())
    d = (mean - math.log(k)) / deviation
    exact = math.exp(mean + deviation**2 / 2) * stats.norm.cdf(d + deviation)
    exact -= k * stats.norm.cdf(d)
    errors = []
    for seed in range(8):
        w = sobol.brownian(4096, times, seed=seed)
        average = np.exp((v * w - 0.5 * v * v * times).mean(axis=1))
        errors.append(np.maximum(average - k, 0.0).mean() - exact)
    by_chance = np.maximum(average - k, 0.0).std() / math.sqrt(4096)
    assert np.sqrt(np.mean(np.square(errors))) < by_chance / 20


def test_impossible_points_are_refused() -> None:
    with pytest.raises(ValueError, match="1 to 256"):
        sobol.points(4, 257)
    with pytest.raises(ValueError, match="2\\^32"):
        sobol.points(2, 1, first=2**32 - 1)
    with pytest.raises(ValueError, match="rise"):
        sobol.bridge([1.0, 0.5])
