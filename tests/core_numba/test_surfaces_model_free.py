"""Variance from a chain alone equals Cboe's worked example."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from core_numba.european import black
from core_numba.surfaces.model_free import model_free_variance, volatility_index

CHAIN = Path(__file__).parent / "reference" / "volatility_index.csv"
NEAR, NEXT = 34_484 / 525_600, 44_954 / 525_600


def _chain() -> list[np.ndarray]:
    with CHAIN.open(encoding="utf-8") as lines:
        lines.readline()
        rows = list(csv.DictReader(lines))
    return [np.array([float(row[name] or "nan") for row in rows]) for name in rows[0]]


def test_the_near_term_variance_is_the_published_one() -> None:
    strike, call_bid, call_ask, put_bid, put_ask = _chain()
    found = model_free_variance(
        strike, call_bid, call_ask, put_bid, put_ask, years=NEAR, rate=0.00031664
    )
    assert found.forward == pytest.approx(1962.89996, abs=5e-6)
    assert found.k0 == 1960.0
    assert found.strikes == 146
    assert found.variance == pytest.approx(0.019233906, abs=1e-9)


def test_the_published_variances_make_the_published_index() -> None:
    index = volatility_index(0.019233906, NEAR, 0.019423884, NEXT)
    assert 100.0 * index == pytest.approx(13.927842, abs=1e-6)


def test_a_chain_of_one_volatility_has_its_variance() -> None:
    strike = np.arange(10.0, 600.0, 0.25)
    call, put = (black(100.0, strike, 0.3 * np.sqrt(0.1), sign).value for sign in (1.0, -1.0))
    found = model_free_variance(strike, call, call, put, put, years=0.1, rate=0.0)
    assert np.sqrt(found.variance) == pytest.approx(0.3, abs=5e-5)


def test_a_chain_that_determines_nothing_is_nan() -> None:
    strike, none = np.array([90.0, 100.0]), np.zeros(2)
    found = model_free_variance(strike, none, none, none, none, years=0.1, rate=0.0)
    assert np.isnan(found.variance)
    assert found.strikes == 0
    with pytest.raises(ValueError, match="rise"):
        model_free_variance(strike[::-1], none, none, none, none, years=0.1, rate=0.0)
    with pytest.raises(ValueError, match="after"):
        volatility_index(0.04, 0.1, 0.04, 0.1)
