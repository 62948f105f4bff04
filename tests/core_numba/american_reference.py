"""Published rows and oracles for the tests of American options."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from core_numba.arrays import Floats

FOLDER = Path(__file__).parent / "reference"


def rows(name: str) -> list[dict[str, str]]:
    lines = (FOLDER / f"american_{name}.csv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines[1:]))


def sign(kind: str) -> float:
    return 1.0 if kind == "call" else -1.0


def mixed(count: int, seed: int = 5) -> tuple[Floats, ...]:
    """Spot, strike, years, rate, yield, volatility, sign."""
    draw = np.random.default_rng(seed)
    return (
        np.full(count, 100.0),
        draw.uniform(80.0, 120.0, count),
        draw.uniform(1 / 12, 3.0, count),
        draw.uniform(0.0, 0.1, count),
        draw.uniform(0.0, 0.1, count),
        draw.uniform(0.1, 0.6, count),
        np.where(draw.random(count) < 0.5, 1.0, -1.0),
    )


def tree(  # noqa: PLR0917 - an independent oracle
    spot: float,
    strike: float,
    years: float,
    rate: float,
    volatility: float,
    side: float,
    steps: int,
    paid: dict[int, float] | None = None,
) -> float:
    """Cox, Ross and Rubinstein's lattice; cash dividends by step, interpolated (Vellekoop)."""
    dt = years / steps
    up = np.exp(volatility * np.sqrt(dt))
    p = (np.exp(rate * dt) - 1.0 / up) / (up - 1.0 / up)
    spots = spot * up ** np.arange(-steps, steps + 1, 2, dtype=np.float64)
    value = np.maximum(side * (spots - strike), 0.0)
    for step in range(steps - 1, -1, -1):
        spots = spot * up ** np.arange(-step, step + 1, 2, dtype=np.float64)
        value = np.exp(-rate * dt) * (p * value[1:] + (1.0 - p) * value[:-1])
        value = np.maximum(value, side * (spots - strike))
        if paid and step in paid:
            after = np.maximum(spots - paid[step], 0.0)
            value = np.interp(after, spots, value)
            value = np.maximum(value, side * (spots - strike))
    return float(value[0])
