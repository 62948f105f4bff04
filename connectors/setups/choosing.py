"""From what a person said to legs that are listed: the contracts meant, or what is still open.

An expiration or strike that is not listed is replaced by the nearest one only when that is near,
and then it is said; otherwise the nearest ones are named and nothing is judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from connectors.setups.params import LegParams, SetupParams, Side
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Absent
from mfa.kernel.symbols import OptionSymbol, OptionType

NEAR_DAYS: Final = 7
"""How far a listed expiration may lie from the one that was said."""
NEAR_STRIKE: Final = 0.02
"""How far a listed strike may lie from the one that was said, as a share of it."""
_PUT, _CALL = OptionType.PUT, OptionType.CALL
_VERTICAL: Final = 2
_CONDOR: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """`quantity` is signed contracts of one whole trade; `row` is its place in the table."""

    option: OptionSymbol
    quantity: int
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    legs: tuple[Leg, ...]
    notes: tuple[str, ...]


def spelled(given: SetupParams) -> tuple[LegParams, ...] | Absent:
    """The legs as they were said, or a sentence that asks for what is missing."""
    if given.legs:
        return given.legs
    if given.strikes:
        return _spread(given)
    return _lone(given)


def _lone(given: SetupParams) -> tuple[LegParams, ...] | Absent:
    if given.strategy == "straddle" and given.strike is not None:
        side = given.side or Side.SELL
        return tuple(_leg(side, kind, given.strike) for kind in (_PUT, _CALL))
    if given.option_type is None:
        return Absent(f"Is it a put or a call on {given.symbol}?")
    if given.strike is None:
        return Absent(f"Which strike of {given.symbol}? Say for example 'sell the 120 put'.")
    if given.side is None:
        return Absent("Do you want to buy it or to sell it?")
    return (_leg(given.side, given.option_type, given.strike),)


def _spread(given: SetupParams) -> tuple[LegParams, ...] | Absent:
    strikes, side = given.strikes, given.side or Side.SELL
    other = Side.BUY if side is Side.SELL else Side.SELL
    if len(strikes) == _CONDOR:
        kinds = (_PUT, _PUT, _CALL, _CALL)
        sides = (other, side, side, other)
        return tuple(_leg(*each) for each in zip(sides, kinds, strikes, strict=True))
    if len(strikes) == _VERTICAL and given.option_type is not None:
        low, high = strikes
        # A put spread is sold by its higher strike, a call spread by its lower one.
        near, far = (high, low) if given.option_type is _PUT else (low, high)
        return (_leg(side, given.option_type, near), _leg(other, given.option_type, far))
    if len(strikes) == _VERTICAL and given.strategy == "strangle":
        return (_leg(side, _PUT, strikes[0]), _leg(side, _CALL, strikes[1]))
    if len(strikes) == _VERTICAL:
        return Absent("Is it a put spread, a call spread or a strangle?")
    shown = ", ".join(f"{each:f}" for each in strikes)
    return Absent(f"What are the legs at {shown}? Say them: 'sell 125 put, buy 120 put'.")


def _leg(side: Side, kind: OptionType, strike: Decimal) -> LegParams:
    return LegParams(side=side, option_type=kind, strike=strike)


def meant_expiration(
    given: SetupParams, listed: Sequence[date], today: date
) -> tuple[date, str] | Absent:
    """The listed expiration that was meant, and a note where it is another one than was said."""
    coming = [day for day in listed if day >= today]
    if not coming:
        return Absent(f"{given.symbol} has no options that expire from today on.")
    said = given.expiration or next((leg.expiration for leg in given.legs if leg.expiration), None)
    if said is None and given.dte is not None:
        said = today + timedelta(days=sum(given.dte) // 2)
        near = min(coming, key=lambda day: abs((day - said).days))
        return near, ""
    if said is None:
        return Absent(f"Which expiration? {given.symbol} has {_days(coming[:8])}.")
    near = min(coming, key=lambda day: abs((day - said).days))
    if abs((near - said).days) > NEAR_DAYS:
        around = sorted(sorted(coming, key=lambda day: abs((day - said).days))[:4])
        return Absent(
            f"{given.symbol} has no expiration {said:%d %b %Y}. Near it are {_days(around)}."
        )
    note = "" if near == said else f"There is no {said:%d %b %Y}; judged is {near:%d %b %Y}."
    return near, note


def chosen(
    given: SetupParams, legs: Sequence[LegParams], expiration: date, table: OptionTable
) -> Chosen | Absent:
    """The listed contracts of the legs; all must expire on `expiration`."""
    found: list[Leg] = []
    notes: list[str] = []
    for leg in legs:
        if leg.expiration not in (None, expiration):
            return Absent(
                "These legs expire on different days: ask for the evaluation of a calendar spread."
            )
        rows = [
            row
            for row in range(len(table))
            if table.expirations[int(table.expiration[row])] == expiration
            and (table.sign[row] > 0) == (leg.option_type is _CALL)
        ]
        wanted = float(leg.strike)
        rows.sort(key=lambda row: (abs(float(table.strike[row]) - wanted), table.strike[row]))
        if not rows:
            return Absent(f"{given.symbol} has no {leg.option_type}s for {expiration:%d %b %Y}.")
        option = table.option(rows[0])
        if abs(float(option.strike) - wanted) > NEAR_STRIKE * wanted:
            near = sorted(table.option(row).strike for row in rows[:4])
            return Absent(
                f"{given.symbol} has no strike {leg.strike:f} for {expiration:%d %b %Y}. Near it"
                f" are {', '.join(f'{strike.normalize():f}' for strike in near)}."
            )
        if option.strike != leg.strike:
            notes.append(
                f"There is no strike {leg.strike:f}; judged is {option.strike.normalize():f}."
            )
        sign = 1 if leg.side is Side.BUY else -1
        found.append(Leg(option=option, quantity=sign * leg.quantity, row=rows[0]))
    if len({leg.option for leg in found}) != len(found):
        return Absent("Two of these legs are the same contract.")
    return Chosen(legs=tuple(found), notes=tuple(notes))


def _days(days: Sequence[date]) -> str:
    return ", ".join(f"{day.day} {day:%b %Y}" for day in days)
