"""Measurements and how they are printed: name, value, limit, verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One figure. `limit` is the bound it must stay under, where there is one."""

    name: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def within(self) -> bool:
        return self.limit is None or self.value < self.limit


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile (`share` of 1) of at least one value."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def show(measurements: Sequence[Measurement]) -> None:
    """Print a table; a figure over its limit is marked."""
    for each in measurements:
        limit = "" if each.limit is None else f"limit {each.limit:g} {each.unit}"
        ratio = "" if each.limit is None else f"{each.value / each.limit:5.0%} of limit"
        verdict = "" if each.within else "OVER"
        print(
            f"  {each.name:<52}{each.value:>10.2f} {each.unit:<4}{limit:>16} {ratio:>16} {verdict}"
        )
