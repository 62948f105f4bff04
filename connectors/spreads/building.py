"""From a wish to one concrete spread: which contracts, what they cost, what they may bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from connectors.base import Sources
from connectors.screening.contracts import Contracts, Integers, contracts
from connectors.spreads.pairs import Pairs, spreads_of, tradable
from connectors.spreads.params import SpreadParams
from connectors.spreads.pricing import Spreads
from connectors.spreads.words import spread_name
from connectors.volatility.event_move import covers
from mfa.kernel.market import Earnings
from mfa.kernel.money import CONTRACT_SIZE
from mfa.kernel.outcome import Absent, Failed, Found, Outcome, Provenance
from mfa.kernel.symbols import OptionType

_LOOK: Final = timedelta(days=120)
"""Expirations beyond the wanted one that are looked at, where it is not listed."""
_EXACT: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """`near` and `far` are places in `found`; the spread is a share's, at the far sides."""

    found: Contracts
    near: int
    far: int
    spread: Spreads
    today: date
    report: Earnings | None
    warnings: tuple[str, ...]
    inputs: tuple[Provenance, ...]

    @property
    def name(self) -> str:
        return spread_name(self.found.option(self.near), self.found.option(self.far))

    @property
    def strategy(self) -> str:
        same = self.found.strike[self.near] == self.found.strike[self.far]
        kind = self.found.option(self.near).option_type.value
        return f"{kind} {'calendar' if same else 'diagonal'}"

    @property
    def mid(self) -> float:
        """The debit a share between the midpoints."""
        bid, ask = self.found.bid, self.found.ask
        return float(0.5 * (bid[self.far] + ask[self.far] - bid[self.near] - ask[self.near]))

    @property
    def between(self) -> bool | None:
        """Whether a report comes after the front expiration and before the back one."""
        if self.report is None:
            return None
        front, back = (self.found.expiration(place) for place in (self.near, self.far))
        return covers(back, self.report) and not covers(front, self.report)

    def greeks(self, quantity: int) -> dict[str, float]:
        """Of all spreads: delta in shares, gamma, theta a day, vega a point."""
        scan, size = self.found.found, quantity * CONTRACT_SIZE
        units = {"delta": 1.0, "gamma": 1.0, "theta": 1.0 / 365.0, "vega": 0.01}
        return {
            name: size
            * unit
            * float(getattr(scan, name)[self.far] - getattr(scan, name)[self.near])
            for name, unit in units.items()
        }


def choose(sources: Sources, wanted: SpreadParams) -> Outcome[Chosen]:
    """The contracts nearest to what is wanted; what is named exactly must be listed."""
    today = sources.clock.today()
    outcome = sources.market.option_table(
        wanted.symbol,
        first=today + timedelta(days=1),
        last=wanted.back_near(wanted.front_near(today), today) + _LOOK,
    )
    if not isinstance(outcome, Found):
        return outcome
    found = contracts([outcome.value])
    sign = 1.0 if wanted.kind is OptionType.CALL else -1.0
    rows = np.flatnonzero(tradable(found) & (found.sign == sign))
    places = _places(found, rows, wanted, today)
    if isinstance(places, Absent):
        return places
    near, far = places
    coming = sources.market.next_earnings(wanted.symbol)
    inputs = [outcome.provenance]
    warnings: list[str] = []
    if isinstance(coming, Found):
        inputs.append(coming.provenance)
    elif isinstance(coming, Failed):
        warnings.append(f"The next report of {wanted.symbol} is not known: {coming.message}")
    said, read = _dividends(sources, wanted, today, found.expiration(near))
    warnings += said
    inputs += read
    pair = Pairs(near=np.array([near]), far=np.array([far]))
    value = Chosen(
        found=found, near=near, far=far, spread=spreads_of(found, pair), today=today,
        report=coming.value if isinstance(coming, Found) else None,
        warnings=tuple(warnings), inputs=tuple(inputs),
    )  # fmt: skip
    return Found(value, outcome.provenance)


def _dividends(
    sources: Sources, wanted: SpreadParams, today: date, front: date
) -> tuple[list[str], list[Provenance]]:
    """A call sold over an ex-dividend day may be assigned on the evening before."""
    if wanted.kind is not OptionType.CALL or front <= today:
        return [], []
    paid = sources.market.dividends(wanted.symbol, today + timedelta(days=1), front)
    if isinstance(paid, Failed):
        return [f"The dividends of {wanted.symbol} are not known: {paid.message}"], []
    if not isinstance(paid, Found) or not paid.value:
        return [], []
    first = min(paid.value, key=lambda dividend: dividend.ex_date)
    said = (
        f"{wanted.symbol} goes ex-dividend on {_words(first.ex_date)} ({first.amount} a share):"
        " the call sold may be assigned the evening before, if it is in the money."
    )
    return [said], [paid.provenance]


def _places(
    found: Contracts, rows: Integers, wanted: SpreadParams, today: date
) -> tuple[int, int] | Absent:
    kind = f"{wanted.symbol} {wanted.kind.value}s"
    days = [date.fromordinal(day) for day in np.unique(found.day[rows]).tolist()]
    front = _day(days, wanted.front_expiration, wanted.front_near(today))
    if front is None:
        return Absent(_listed(kind, wanted.front_expiration, days))
    later = [day for day in days if day > front]
    back = _day(later, wanted.back_expiration, wanted.back_near(front, today))
    if back is None:
        return Absent(_listed(kind, wanted.back_expiration, later))
    fronts = rows[found.day[rows] == front.toordinal()]
    backs = rows[found.day[rows] == back.toordinal()]
    if wanted.back_strike is None:
        shared = np.isin(found.strike[fronts], found.strike[backs])
        near = _strike(found, fronts[shared], wanted.strike, wanted.moneyness_pct)
        strike = None if near is None else float(found.strike[near])
        far = None if strike is None else _strike(found, backs, strike, None)
    else:
        near = _strike(found, fronts, wanted.strike, wanted.moneyness_pct)
        far = _strike(found, backs, wanted.back_strike, None)
    if near is None or far is None:
        return Absent(
            f"There is no market in such {kind} for both {_words(front)} and {_words(back)}."
        )
    return near, far


def _day(days: Sequence[date], exactly: date | None, near: date) -> date | None:
    if exactly is not None:
        return exactly if exactly in days else None
    return min(days, key=lambda day: (abs((day - near).days), day), default=None)


def _strike(
    found: Contracts, rows: Integers, exactly: float | None, moneyness: float | None
) -> int | None:
    """The row of that strike, or the nearest to the price moved by `moneyness` percent."""
    if not rows.size:
        return None
    if exactly is not None:
        there = rows[np.abs(found.strike[rows] - exactly) <= _EXACT * exactly]
        return int(there[0]) if there.size else None
    target = float(found.spot[rows[0]]) * (1.0 + (moneyness or 0.0) / 100.0)
    return int(rows[np.abs(found.strike[rows] - target).argmin()])


def _listed(kind: str, wanted: date | None, days: Sequence[date]) -> str:
    there = ", ".join(_words(day) for day in days[:12]) or "none"
    missing = f"expire on {_words(wanted)}" if wanted is not None else "expire then"
    return f"No {kind} with a market {missing}. There are: {there}."


def _words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
