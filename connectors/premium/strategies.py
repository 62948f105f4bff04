"""The strategies that the scanner knows, as data: their legs, which way they lean, how they pay.

A leg is its side (+1 bought, -1 sold) and its kind; `bullish` None leans neither way. `ends` says
on which side of the break-evens a profit is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from connectors.premium.params import Kind

PUT, CALL = -1.0, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """`sides` and `kinds` by leg, in the order in which `building` gives the legs."""

    kind: Kind
    label: str
    sides: tuple[int, ...]
    kinds: tuple[float, ...]
    bullish: bool | None = None
    stock: bool = False
    credit: bool = True
    bounded: bool = True
    owned: bool = False
    """Held for the shares: the break-even's place in the year's range counts."""


_ALL: Final = (
    Strategy(
        kind=Kind.CASH_SECURED_PUT, label="cash-secured put", sides=(-1,), kinds=(PUT,),
        bullish=True, owned=True,
    ),
    Strategy(
        kind=Kind.COVERED_CALL, label="covered call (buy-write)", sides=(-1,), kinds=(CALL,),
        bullish=True, stock=True, owned=True,
    ),
    Strategy(
        kind=Kind.BULL_PUT_SPREAD, label="bull put spread", sides=(-1, 1), kinds=(PUT, PUT),
        bullish=True,
    ),
    Strategy(
        kind=Kind.BEAR_CALL_SPREAD, label="bear call spread", sides=(-1, 1), kinds=(CALL, CALL),
        bullish=False,
    ),
    Strategy(
        kind=Kind.IRON_CONDOR, label="iron condor", sides=(-1, 1, -1, 1),
        kinds=(PUT, PUT, CALL, CALL),
    ),
    Strategy(
        kind=Kind.SHORT_STRANGLE, label="short strangle", sides=(-1, -1), kinds=(PUT, CALL),
        bounded=False,
    ),
    Strategy(
        kind=Kind.SHORT_STRADDLE, label="short straddle", sides=(-1, -1), kinds=(PUT, CALL),
        bounded=False,
    ),
    Strategy(
        kind=Kind.SHORT_CALL, label="naked short call", sides=(-1,), kinds=(CALL,),
        bullish=False, bounded=False,
    ),
    Strategy(
        kind=Kind.LONG_CALL, label="long call", sides=(1,), kinds=(CALL,), bullish=True,
        credit=False,
    ),
    Strategy(
        kind=Kind.LONG_PUT, label="long put", sides=(1,), kinds=(PUT,), bullish=False,
        credit=False,
    ),
)  # fmt: skip
STRATEGIES: Final[Mapping[Kind, Strategy]] = MappingProxyType({each.kind: each for each in _ALL})


def meant(kind: Kind) -> tuple[Strategy, ...]:
    if kind is Kind.CREDIT_SPREAD:
        return (STRATEGIES[Kind.BULL_PUT_SPREAD], STRATEGIES[Kind.BEAR_CALL_SPREAD])
    if kind is not Kind.ALL:
        return (STRATEGIES[kind],)
    return tuple(each for each in _ALL if each.credit and each.bounded)
