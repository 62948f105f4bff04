"""Which strategies the legs held make: spreads, condors, calendars, covered calls, single legs.

Exact and deterministic. A leg may be split between strategies; quantities and cost always add up to
what is held. Legs opened at one moment were one order and are looked at first, then all that is
left. Larger strategies go before smaller ones, narrower before wider; what belongs to nothing
stands alone. Labels that an account gives its positions are not asked: the legs decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby, product

from connectors.portfolio.shapes import SHAPES, Kind, Role, Shape, Structure
from mfa.kernel.account import Position
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents
from mfa.kernel.symbols import OptionType


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined:
    """`units` of a strategy: its `legs` hold that many times what one unit takes."""

    structure: Structure
    symbol: str
    units: Decimal
    legs: tuple[Position, ...]

    @property
    def expirations(self) -> tuple[date, ...]:
        """Of the options, ascending, once each."""
        return tuple(sorted({leg.option.expiration for leg in self.legs if leg.option}))

    @property
    def description(self) -> str:
        """'KO 50/52.5 put 16 Jul 2021', 'AMD shares + 85 call 16 Jul 2021', 'JPM'."""
        options = sorted(leg.option for leg in self.legs if leg.option is not None)
        if not options:
            return self.symbol
        strikes = sorted({option.strike for option in options})
        kinds = {option.option_type.value for option in options}
        days = [f"{day.day} {day:%b %Y}" for day in self.expirations]
        parts = [
            self.symbol,
            "shares +" if len(options) < len(self.legs) else "",
            "/".join(f"{strike.normalize():f}" for strike in strikes),
            kinds.pop() if len(kinds) == 1 else "",
            " / ".join(days),
        ]
        return " ".join(part for part in parts if part)


def combine(positions: Iterable[Position], cash: Decimal) -> tuple[Combined, ...]:
    """Everything held as strategies, by symbol and expiration. `cash` secures single short puts,
    the nearest expiration first."""
    found: list[Combined] = []
    for _, group in groupby(sorted(positions, key=_order), key=lambda each: each.symbol):
        held = [_Held(position) for position in group]
        for together in _orders(held):
            found += _taken(together)
        found += _taken(held)
        found += [single for each in held for single in each.rest()]
    return tuple(sorted(_secured(found, cash), key=_shown))


def _order(position: Position) -> tuple[str, date, Decimal, str, bool]:
    option = position.option
    day = option.expiration if option else date.max
    strike = option.strike if option else ZERO
    return position.symbol, day, strike, position.instrument, position.quantity < 0


def _shown(each: Combined) -> tuple[str, date, str, str]:
    days = each.expirations
    return each.symbol, days[0] if days else date.max, each.structure.value, each.description


def _orders(held: Sequence[_Held]) -> list[list[_Held]]:
    """Positions opened at one moment, where there are several."""
    by_moment: dict[object, list[_Held]] = {}
    for each in held:
        by_moment.setdefault(each.position.opened_at, []).append(each)
    return [group for group in by_moment.values() if 1 < len(group) < len(held)]


class _Held:
    """A position and how much of it belongs to no strategy yet: contracts, or lots of 100."""

    def __init__(self, position: Position) -> None:
        self.position = position
        self._rest = abs(position.quantity)
        self._basis = position.cost_basis
        self._size = 1 if position.option is not None else CONTRACT_SIZE

    @property
    def left(self) -> int:
        return int(self._rest) // self._size

    @property
    def role(self) -> tuple[Kind, int]:
        option, sign = self.position.option, 1 if self.position.quantity > 0 else -1
        if option is None:
            return Kind.SHARES, sign
        return (Kind.CALL if option.option_type is OptionType.CALL else Kind.PUT), sign

    def take(self, count: int) -> Position:
        return self._part(Decimal(count * self._size))

    def rest(self) -> list[Combined]:
        """What is left, alone."""
        if not self._rest:
            return []
        kind, sign = self.role
        units, structure = self._rest, _ALONE[kind, sign]
        leg = self._part(units)
        return [
            Combined(structure=structure, symbol=leg.symbol, units=units, legs=(leg,)),
        ]

    def _part(self, quantity: Decimal) -> Position:
        """The basis goes with the quantity, in cents; the last part takes what is left."""
        whole = quantity == self._rest
        basis = self._basis if whole else cents(self._basis * quantity / self._rest)
        self._rest -= quantity
        self._basis -= basis
        signed = quantity if self.position.quantity > 0 else -quantity
        return replace(self.position, quantity=signed, cost_basis=basis)


_ALONE = {
    (Kind.CALL, 1): Structure.LONG_CALL,
    (Kind.CALL, -1): Structure.SHORT_CALL,
    (Kind.PUT, 1): Structure.LONG_PUT,
    (Kind.PUT, -1): Structure.SHORT_PUT,
    (Kind.SHARES, 1): Structure.SHARES,
    (Kind.SHARES, -1): Structure.SHORT_SHARES,
}


def _taken(held: Sequence[_Held]) -> list[Combined]:
    found: list[Combined] = []
    for shape in SHAPES:
        for legs in _candidates(shape, held):
            count = _count(shape, legs)
            if count:
                taken = tuple(
                    leg.take(count * role.ratio)
                    for leg, role in zip(legs, shape.roles, strict=True)
                )
                found.append(
                    Combined(
                        structure=shape.structure,
                        symbol=taken[0].symbol,
                        units=Decimal(count),
                        legs=taken,
                    )
                )
    return found


def _count(shape: Shape, legs: Sequence[_Held]) -> int:
    """How often the legs make the shape with what is left of them."""
    pairs = list(zip(legs, shape.roles, strict=True))
    counts = {leg.left // role.ratio for leg, role in pairs}
    if shape.whole and (len(counts) > 1 or any(leg.left % role.ratio for leg, role in pairs)):
        return 0
    return min(counts)


def _candidates(shape: Shape, held: Sequence[_Held]) -> list[tuple[_Held, ...]]:
    """Legs that fit the shape, the narrowest first; nothing where a role has no leg."""
    free = [each for each in held if each.left]
    by_role = {role: _fitting(role, free) for role in shape.roles}
    if not all(by_role.values()):
        return []
    found = []
    for legs in _combinations(shape, by_role):
        options = [leg.position.option for leg in legs if leg.position.option is not None]
        if len(set(map(id, legs))) == len(legs) and shape.fits(options):
            found.append(legs)
    return sorted(found, key=_narrow)


def _combinations(shape: Shape, by_role: dict[Role, list[_Held]]) -> Iterable[tuple[_Held, ...]]:
    """Of one expiration where the shape wants that, so that few are tried."""
    if not shape.one_day:
        yield from product(*(by_role[role] for role in shape.roles))
        return
    days = sorted({leg.position.option.expiration for legs in by_role.values() for leg in legs
                   if leg.position.option is not None})  # fmt: skip
    for day in days:
        yield from product(
            *([leg for leg in by_role[role] if _of_day(leg, day)] for role in shape.roles)
        )


def _of_day(leg: _Held, day: date) -> bool:
    option = leg.position.option
    return option is None or option.expiration == day


def _fitting(role: Role, free: Sequence[_Held]) -> list[_Held]:
    return [each for each in free if each.role == (role.kind, role.sign)]


def _narrow(legs: Sequence[_Held]) -> tuple[Decimal, int, list[str]]:
    options = [leg.position.option for leg in legs if leg.position.option is not None]
    strikes = [option.strike for option in options]
    days = [option.expiration.toordinal() for option in options]
    apart = max(strikes) - min(strikes), max(days) - min(days)
    return *apart, [leg.position.instrument for leg in legs]


def _secured(found: Sequence[Combined], cash: Decimal) -> list[Combined]:
    """Single short puts that the cash would pay for are cash-secured, each dollar counted once."""
    named: list[Combined] = []
    puts = [each for each in found if each.structure is Structure.SHORT_PUT]
    secured: set[int] = set()
    for each in sorted(puts, key=lambda put: (put.expirations, put.description)):
        (leg,) = each.legs
        if leg.option is None:
            continue
        need = leg.option.strike * CONTRACT_SIZE * each.units
        if need <= cash:
            cash -= need
            secured.add(id(each))
    for each in found:
        is_secured = id(each) in secured
        named.append(replace(each, structure=Structure.CASH_SECURED_PUT) if is_secured else each)
    return named
