"""The strategies that legs can make, as a table: which legs, in what ratio, at which strikes.

Names are the trade's own. A strategy the other way round has an entry of its own, because its risk
is another. The table's order is the order of recognition.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from mfa.kernel.symbols import OptionSymbol


class Structure(StrEnum):
    """A strategy by its name; `label` is what a person reads."""

    IRON_BUTTERFLY = "iron_butterfly"
    REVERSE_IRON_BUTTERFLY = "reverse_iron_butterfly"
    IRON_CONDOR = "iron_condor"
    REVERSE_IRON_CONDOR = "reverse_iron_condor"
    CALL_CONDOR = "call_condor"
    PUT_CONDOR = "put_condor"
    CALL_BUTTERFLY = "call_butterfly"
    PUT_BUTTERFLY = "put_butterfly"
    SHORT_CALL_BUTTERFLY = "short_call_butterfly"
    SHORT_PUT_BUTTERFLY = "short_put_butterfly"
    BROKEN_WING_CALL_BUTTERFLY = "broken_wing_call_butterfly"
    BROKEN_WING_PUT_BUTTERFLY = "broken_wing_put_butterfly"
    JADE_LIZARD = "jade_lizard"
    REVERSE_JADE_LIZARD = "reverse_jade_lizard"
    COLLAR = "collar"
    COVERED_CALL = "covered_call"
    COVERED_PUT = "covered_put"
    CALL_RATIO_SPREAD = "call_ratio_spread"
    PUT_RATIO_SPREAD = "put_ratio_spread"
    CALL_BACKSPREAD = "call_backspread"
    PUT_BACKSPREAD = "put_backspread"
    BULL_PUT_SPREAD = "bull_put_spread"
    BEAR_CALL_SPREAD = "bear_call_spread"
    BULL_CALL_SPREAD = "bull_call_spread"
    BEAR_PUT_SPREAD = "bear_put_spread"
    SHORT_STRADDLE = "short_straddle"
    LONG_STRADDLE = "long_straddle"
    SHORT_STRANGLE = "short_strangle"
    LONG_STRANGLE = "long_strangle"
    CALL_CALENDAR = "call_calendar"
    PUT_CALENDAR = "put_calendar"
    REVERSE_CALL_CALENDAR = "reverse_call_calendar"
    REVERSE_PUT_CALENDAR = "reverse_put_calendar"
    CALL_DIAGONAL = "call_diagonal"
    PUT_DIAGONAL = "put_diagonal"
    REVERSE_CALL_DIAGONAL = "reverse_call_diagonal"
    REVERSE_PUT_DIAGONAL = "reverse_put_diagonal"
    PROTECTIVE_PUT = "protective_put"
    PROTECTIVE_CALL = "protective_call"
    CASH_SECURED_PUT = "cash_secured_put"
    SHORT_PUT = "short_put"
    LONG_PUT = "long_put"
    SHORT_CALL = "short_call"
    LONG_CALL = "long_call"
    SHARES = "shares"
    SHORT_SHARES = "short_shares"

    @property
    def label(self) -> str:
        return strategy_label(self.value)


_SPELLED: Final = {
    "csp": "Cash-secured put",
    "cash_secured_put": "Cash-secured put",
    "broken_wing_call_butterfly": "Broken-wing call butterfly",
    "broken_wing_put_butterfly": "Broken-wing put butterfly",
}


def strategy_label(name: str) -> str:
    """A strategy's name in an account or here as a person reads it: 'Cash-secured put'."""
    key = name.strip().lower()
    text = _SPELLED.get(key) or key.replace("_", " ")
    return text[:1].upper() + text[1:]


def is_strategy(name: str, wanted: str | None) -> bool:
    """Whether `name` is the strategy that was asked for, by its label or by the account's own."""
    return wanted is None or _words(name) == _words(wanted)


def _words(name: str) -> str:
    return strategy_label(name.replace("-", " ")).replace("-", " ").lower()


class Kind(StrEnum):
    CALL = "call"
    PUT = "put"
    SHARES = "shares"


@dataclass(frozen=True, slots=True)
class Role:
    """One leg of a unit: `sign` +1 is long; shares come in lots of a hundred."""

    kind: Kind
    sign: int
    ratio: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """`fits` sees the options in the order of the roles, shares left out. `whole` shapes take all
    that is left of their legs or nothing."""

    structure: Structure
    roles: tuple[Role, ...]
    fits: Callable[[Sequence[OptionSymbol]], bool]
    one_day: bool = True
    whole: bool = False


def _rising(options: Sequence[OptionSymbol]) -> bool:
    return all(a.strike < b.strike for a, b in pairwise(options))


def _falling(options: Sequence[OptionSymbol]) -> bool:
    return _rising(options[::-1])


def _iron_butterfly(options: Sequence[OptionSymbol]) -> bool:
    low, put, call, high = (option.strike for option in options)
    return low < put == call < high


def _even(options: Sequence[OptionSymbol]) -> bool:
    low, middle, high = (option.strike for option in options)
    return low < middle < high and middle - low == high - middle


def _same_strike(options: Sequence[OptionSymbol]) -> bool:
    return options[0].strike == options[1].strike


def _calendar(options: Sequence[OptionSymbol]) -> bool:
    near, far = options
    return near.expiration < far.expiration and near.strike == far.strike


def _diagonal(options: Sequence[OptionSymbol]) -> bool:
    near, far = options
    return near.expiration < far.expiration and near.strike != far.strike


def _not_above(options: Sequence[OptionSymbol]) -> bool:
    return options[0].strike <= options[1].strike


def _any(options: Sequence[OptionSymbol]) -> bool:
    return bool(options)


_C, _P, _S = Kind.CALL, Kind.PUT, Kind.SHARES
_Fits = Callable[[Sequence[OptionSymbol]], bool]


def _shape(structure: Structure, fits: _Fits, *roles: tuple[Kind, int]) -> Shape:
    """Signed ratios: -2 is two short."""
    made = tuple(Role(kind, 1 if count > 0 else -1, abs(count)) for kind, count in roles)
    return Shape(structure=structure, roles=made, fits=fits)


def _two_days(structure: Structure, fits: _Fits, kind: Kind, near: int) -> Shape:
    """Of one kind, the near leg first; the far one is on the other side."""
    roles = (Role(kind, near), Role(kind, -near))
    return Shape(structure=structure, roles=roles, fits=fits, one_day=False)


def _ratios(structure: Structure, fits: _Fits, kind: Kind, *, long: bool) -> tuple[Shape, ...]:
    """The near-the-money leg first; `long` has more bought than sold."""
    sign = -1 if long else 1
    return tuple(
        Shape(
            structure=structure,
            roles=(Role(kind, sign, few), Role(kind, -sign, many)),
            fits=fits,
            whole=True,
        )
        for few, many in ((1, 2), (2, 3), (1, 3))
    )


SHAPES: Final[tuple[Shape, ...]] = (
    _shape(Structure.IRON_BUTTERFLY, _iron_butterfly, (_P, 1), (_P, -1), (_C, -1), (_C, 1)),
    _shape(Structure.REVERSE_IRON_BUTTERFLY, _iron_butterfly, (_P, -1), (_P, 1), (_C, 1), (_C, -1)),
    _shape(Structure.IRON_CONDOR, _rising, (_P, 1), (_P, -1), (_C, -1), (_C, 1)),
    _shape(Structure.REVERSE_IRON_CONDOR, _rising, (_P, -1), (_P, 1), (_C, 1), (_C, -1)),
    _shape(Structure.CALL_CONDOR, _rising, (_C, 1), (_C, -1), (_C, -1), (_C, 1)),
    _shape(Structure.PUT_CONDOR, _rising, (_P, 1), (_P, -1), (_P, -1), (_P, 1)),
    _shape(Structure.CALL_BUTTERFLY, _even, (_C, 1), (_C, -2), (_C, 1)),
    _shape(Structure.PUT_BUTTERFLY, _even, (_P, 1), (_P, -2), (_P, 1)),
    _shape(Structure.SHORT_CALL_BUTTERFLY, _even, (_C, -1), (_C, 2), (_C, -1)),
    _shape(Structure.SHORT_PUT_BUTTERFLY, _even, (_P, -1), (_P, 2), (_P, -1)),
    _shape(Structure.BROKEN_WING_CALL_BUTTERFLY, _rising, (_C, 1), (_C, -2), (_C, 1)),
    _shape(Structure.BROKEN_WING_PUT_BUTTERFLY, _rising, (_P, 1), (_P, -2), (_P, 1)),
    _shape(Structure.COLLAR, _not_above, (_S, 1), (_P, 1), (_C, -1)),
    _shape(Structure.COVERED_CALL, _any, (_S, 1), (_C, -1)),
    _shape(Structure.COVERED_PUT, _any, (_S, -1), (_P, -1)),
    _shape(Structure.JADE_LIZARD, _rising, (_P, -1), (_C, -1), (_C, 1)),
    _shape(Structure.REVERSE_JADE_LIZARD, _rising, (_P, 1), (_P, -1), (_C, -1)),
    *_ratios(Structure.CALL_RATIO_SPREAD, _rising, _C, long=False),
    *_ratios(Structure.PUT_RATIO_SPREAD, _falling, _P, long=False),
    *_ratios(Structure.CALL_BACKSPREAD, _rising, _C, long=True),
    *_ratios(Structure.PUT_BACKSPREAD, _falling, _P, long=True),
    _shape(Structure.BULL_PUT_SPREAD, _rising, (_P, 1), (_P, -1)),
    _shape(Structure.BEAR_CALL_SPREAD, _rising, (_C, -1), (_C, 1)),
    _shape(Structure.BULL_CALL_SPREAD, _rising, (_C, 1), (_C, -1)),
    _shape(Structure.BEAR_PUT_SPREAD, _rising, (_P, -1), (_P, 1)),
    _shape(Structure.SHORT_STRADDLE, _same_strike, (_P, -1), (_C, -1)),
    _shape(Structure.LONG_STRADDLE, _same_strike, (_P, 1), (_C, 1)),
    _shape(Structure.SHORT_STRANGLE, _rising, (_P, -1), (_C, -1)),
    _shape(Structure.LONG_STRANGLE, _rising, (_P, 1), (_C, 1)),
    _two_days(Structure.CALL_CALENDAR, _calendar, _C, -1),
    _two_days(Structure.PUT_CALENDAR, _calendar, _P, -1),
    _two_days(Structure.REVERSE_CALL_CALENDAR, _calendar, _C, 1),
    _two_days(Structure.REVERSE_PUT_CALENDAR, _calendar, _P, 1),
    _two_days(Structure.CALL_DIAGONAL, _diagonal, _C, -1),
    _two_days(Structure.PUT_DIAGONAL, _diagonal, _P, -1),
    _two_days(Structure.REVERSE_CALL_DIAGONAL, _diagonal, _C, 1),
    _two_days(Structure.REVERSE_PUT_DIAGONAL, _diagonal, _P, 1),
    _shape(Structure.PROTECTIVE_PUT, _any, (_S, 1), (_P, 1)),
    _shape(Structure.PROTECTIVE_CALL, _any, (_S, -1), (_C, 1)),
)
