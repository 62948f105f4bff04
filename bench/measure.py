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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Our rate against a peer's on the same inputs; `least` is what the ratio must reach."""

    name: str
    ours: float
    peer: float
    peer_name: str
    least: float | None = None
    unit: str = "M/s"
    error: str = ""
    """The accuracy of both, in words."""

    @property
    def ratio(self) -> float:
        return self.ours / self.peer

    @property
    def within(self) -> bool:
        return self.least is None or self.ratio >= self.least


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile (`share` of 1) of at least one value."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def show(measurements: Sequence[Measurement | Ratio]) -> None:
    """Print a table; a figure over its limit, or a ratio under its least, is marked."""
    for each in measurements:
        print(_ratio_line(each) if isinstance(each, Ratio) else _line(each))


def _line(each: Measurement) -> str:
    limit = "" if each.limit is None else f"limit {each.limit:g} {each.unit}"
    ratio = "" if each.limit is None else f"{each.value / each.limit:5.0%} of limit"
    verdict = "" if each.within else "OVER"
    return f"  {each.name:<52}{each.value:>10.2f} {each.unit:<4}{limit:>16} {ratio:>16} {verdict}"


def _ratio_line(each: Ratio) -> str:
    least = "" if each.least is None else f"of at least {each.least:g}"
    verdict = "" if each.within else "UNDER"
    line = (
        f"  {each.name:<52}{each.ours:>10.4g} {each.unit:<4} {each.peer_name:>22} {each.peer:>9.4g}"
        f"  ratio {each.ratio:7.2f} {least:<16} {verdict}"
    )
    return f"{line}\n{'':6}{each.error}" if each.error else line
