"""Prices and Greeks against printed tables: Haug, Hull, and the tests of other libraries."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import pytest

from core_numba.european import all_greeks, black_76, price, quoted

REFERENCE = Path(__file__).parent / "reference"
SIGN = {"call": 1.0, "put": -1.0}


def rows(name: str) -> list[dict[str, str]]:
    lines = (REFERENCE / name).read_text(encoding="utf-8").splitlines()[1:]
    return list(csv.DictReader(lines))


def market(row: dict[str, str], *names: str) -> list[float]:
    """The named columns, and the sign of the option."""
    return [*(float(row[name]) for name in names), SIGN[row["type"]]]


@pytest.mark.parametrize("row", rows("haug_european.csv"))
def test_prices_equal_haugs_table(row: dict[str, str]) -> None:
    names = ("spot", "strike", "t", "r", "q", "vol")
    found = price(*market(row, *names))
    assert float(found) == pytest.approx(float(row["value"]), abs=float(row["tol"]))


@pytest.mark.parametrize("row", rows("haug_greeks.csv"))
def test_greeks_equal_haugs_table(row: dict[str, str]) -> None:
    names = ("spot", "strike", "t", "r", "q", "vol")
    found = all_greeks(*market(row, *names))
    greek = {"elasticity": "leverage", "dividend_rho": "phi"}.get(row["greek"], row["greek"])
    if greek == "theta_per_day":
        greek, found = "theta", quoted(found)
    assert float(getattr(found, greek)) == pytest.approx(float(row["value"]), abs=6e-5)


@pytest.mark.parametrize("row", rows("black_76.csv"))
def test_black_76_equals_quantlibs(row: dict[str, str]) -> None:
    deviation, discount = float(row["stddev"]), float(row["discount"])
    rate = -math.log(discount)
    at, strike, sign = market(row, "forward", "strike")
    found = black_76(at, strike, 1.0, rate, deviation, sign)
    assert float(found.price) == pytest.approx(float(row["value"]), abs=float(row["tol"]))


@pytest.mark.parametrize("row", rows("hull_haug.csv"))
def test_hulls_examples_come_out(row: dict[str, str]) -> None:
    spot, strike, t, rate, vol = (float(row[n]) for n in ("S_or_F", "K", "t", "r", "sigma"))
    held = rate if row["model"] == "black76" else float(row["q"])
    found = all_greeks(spot, strike, t, rate, held, vol, SIGN[row["type"]])
    d1 = (math.log(spot / strike) + (rate - held + vol * vol / 2) * t) / (vol * math.sqrt(t))
    quantities: dict[str, Any] = {
        "d1": d1,  # as the books define them: the density of both is checked through vega, vomma
        "d2": d1 - vol * math.sqrt(t),
        "price": found.price,
        "delta": found.delta,
        "gamma": found.gamma,
        "theta_annual": found.theta,
        "vega_per_1pct": quoted(found).vega,
        "rho_per_1pct": quoted(found).rho,
    }
    wanted = float(quantities[row["quantity"]])
    assert wanted == pytest.approx(float(row["textbook_value"]), abs=float(row["tol"]))
    if row["doctest_value"]:
        assert wanted == pytest.approx(float(row["doctest_value"]), abs=1e-11)
