"""How a value looks to a person: one place, so that every door says the same figure the same way.

Rounds for the eye only; whoever computes with a figure takes its value, never its text. A value
that its unit cannot mean is a `ValueError`, not a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final, TypeAlias

from mfa.answers.blocks import Figure, TextBlock, Unit
from mfa.kernel.clock import EXCHANGE_ZONE
from mfa.kernel.money import CENT

Value: TypeAlias = Decimal | float | int | date | str | None

NOTHING: Final = "—"
MINUS: Final = "−"
_MOST_PLACES: Final = 8
_SENTENCE: Final = re.compile(r"(?:.*?[.!?](?=\s)|.*?(?=\n)|.+)\s*", re.DOTALL)


def format_value(value: Value, unit: Unit) -> str:
    """`value` as text: '$1,234.56', '−$12.00', '12.3 %', '18 Jun 2021', '$45.10/day'.

    Shares, contracts, days and counts are bare numbers: the words around them name them. A value
    that is not there (None) is a dash.
    """
    if value is None:
        return NOTHING
    return _FORMATS[unit](value)


def format_figure(figure: Figure) -> str:
    return format_value(figure.value, figure.unit)


def format_date(day: date) -> str:
    """'18 Jun 2021'."""
    return f"{day.day} {day:%b %Y}"


def format_when(at: datetime) -> str:
    """'15 Jun 2021 10:30 New York'."""
    local = at.astimezone(EXCHANGE_ZONE)
    return f"{format_date(local.date())} {local:%H:%M} New York"


def format_delay(delay: timedelta) -> str:
    """'15 min', '20 s'; empty for none."""
    seconds = int(delay.total_seconds())
    if seconds <= 0:
        return ""
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def counted(number: int | Decimal, noun: str, plural: str | None = None) -> str:
    """'1 contract', '2 contracts'."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(parts: tuple[str, ...] | list[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def plain_text(block: TextBlock) -> str:
    """The block's sentences with its figures in place."""
    return filled(block.template, {n: format_figure(f) for n, f in block.figures.items()})


def sentences(block: TextBlock) -> list[str]:
    """The block's text in sentences and lines; joined they are `plain_text`."""
    texts = {name: format_figure(figure) for name, figure in block.figures.items()}
    return [filled(part, texts) for part in _SENTENCE.findall(block.template)]


def filled(template: str, texts: Mapping[str, str]) -> str:
    return template.format_map(texts)


def _number(value: Value) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValueError(f"{value!r} is not a number")  # noqa: TRY004 - the promised error
    try:
        return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None


def _signed(value: Value, places: int, before: str = "", after: str = "") -> str:
    number = _number(value)
    if not number.is_finite():
        return NOTHING
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    sign = MINUS if rounded < 0 else ""
    return f"{sign}{before}{abs(rounded):,.{places}f}{after}"


def _usd(value: Value) -> str:
    """Cents; tenths of a cent where a price has them, as the midpoint of a quote can."""
    number = value if isinstance(value, Decimal) and value.is_finite() else None
    places = 3 if number is not None and number != number.quantize(CENT) else 2
    return _signed(value, places, "$")


def _usd_per_day(value: Value) -> str:
    return _signed(value, 2, "$", "/day")


def _percent(value: Value) -> str:
    return _signed(value, 1, after=" %")


def _plain_number(value: Value) -> str:
    return _signed(value, 2)


def _whole(value: Value) -> str:
    number = _number(value)
    return _signed(value, 0 if number == number.to_integral_value() else 2)


def _exact(value: Value) -> str:
    """To the eighth place at most, which is the last of most coins."""
    number = _number(value)
    places = -int(number.normalize().as_tuple().exponent) if number.is_finite() else 0
    return _signed(number, min(max(places, 0), _MOST_PLACES))


def _date(value: Value) -> str:
    if isinstance(value, datetime):
        return format_date(value.astimezone(EXCHANGE_ZONE).date())
    return format_date(value if isinstance(value, date) else date.fromisoformat(str(value)))


def _time(value: Value) -> str:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return format_when(at)


_FORMATS: Final[Mapping[Unit, Callable[[Value], str]]] = {
    Unit.USD: _usd,
    Unit.USD_PER_DAY: _usd_per_day,
    Unit.PERCENT: _percent,
    Unit.SHARES: _whole,
    Unit.CONTRACTS: _whole,
    Unit.COUNT: _whole,
    Unit.DAYS: _whole,
    Unit.NUMBER: _plain_number,
    Unit.EXACT: _exact,
    Unit.DATE: _date,
    Unit.TIME: _time,
    Unit.TEXT: str,
}
