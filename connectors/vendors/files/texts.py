"""Numbers, days and contracts as brokers write them. `InputError` for what cannot be read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Final

from mfa.kernel.clock import EXCHANGE_ZONE
from mfa.kernel.errors import InputError
from mfa.kernel.money import ZERO
from mfa.kernel.symbols import OptionSymbol, OptionType, ticker

_LARGEST: Final = Decimal(10) ** 12
_DAYS: Final = ("%m/%d/%Y", "%Y-%m-%d", "%Y%m%d", "%b-%d-%Y", "%m/%d/%y")
_YEARS: Final = range(1970, 2101)
_NOON: Final = time(12)
_ROBINHOOD: Final = re.compile(
    r"(?P<root>[A-Z.]{1,6}) (?P<day>\d{1,2}/\d{1,2}/\d{4}) (?P<side>Call|Put) \$(?P<strike>[\d.,]+)"
)
_SCHWAB: Final = re.compile(
    r"(?P<root>[A-Z.]{1,6}) (?P<day>\d{2}/\d{2}/\d{4}) (?P<strike>[\d.,]+) (?P<side>[CP])"
)
_FIDELITY: Final = re.compile(
    r"-?(?P<root>[A-Z]{1,6})(?P<day>\d{6})(?P<side>[CP])(?P<strike>\d+(\.\d+)?)"
)


def number(text: str) -> Decimal:
    """A number with or without dollar sign, thousands commas or brackets for a minus; '' is 0."""
    bare = text.strip().replace("$", "").replace(",", "").replace("+", "").replace("−", "-")
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare.strip("()").strip()
    if bare in {"", "--", "-"}:
        return ZERO
    try:
        value = Decimal(bare)
    except InvalidOperation:
        raise InputError(f"{text[:30]!r} is not a number.") from None
    if not value.is_finite() or abs(value) >= _LARGEST:
        raise InputError(f"{text[:30]!r} is not a number of dollars or shares.")
    return -value if negative else value


def day(text: str) -> date:
    """A day, in whichever of the usual ways; 'as of' and a time after it are left aside."""
    bare = text.strip().split(" as of ")[0].split(" ")[0].split(";")[0].split(",")[0]
    for way in _DAYS:
        try:
            found = datetime.strptime(bare, way).date()  # noqa: DTZ007 - a bare date
        except ValueError:
            continue
        if found.year in _YEARS:
            return found
    raise InputError(f"{text[:30]!r} is not a date.", "Dates look like 11/20/2026 or 2026-11-20.")


def noon(text: str) -> datetime:
    """A bare day as a moment: noon at the exchange, so that no time zone moves it."""
    return datetime.combine(day(text), _NOON, EXCHANGE_ZONE).astimezone(UTC)


def moment(text: str) -> datetime:
    """A moment; without a zone it is the exchange's, without a time it is noon."""
    bare = text.strip().replace(";", "T")
    try:
        at = datetime.fromisoformat(bare) if "T" in bare else None
    except ValueError:
        at = None
    if at is None or at.year not in _YEARS:
        return noon(text)
    return (at if at.tzinfo else at.replace(tzinfo=EXCHANGE_ZONE)).astimezone(UTC)


def instrument(text: str) -> tuple[str | None, OptionSymbol | None]:
    """Ticker and contract out of a symbol in any broker's spelling; (None, None) for no text."""
    bare = " ".join(text.strip().split())
    if not bare:
        return None, None
    try:
        option = OptionSymbol.parse(bare)  # eight digits of strike: no other way has as many
    except InputError:
        pass
    else:
        return option.root, option
    for pattern, days in ((_ROBINHOOD, None), (_SCHWAB, None), (_FIDELITY, "%y%m%d")):
        match = pattern.fullmatch(bare)
        if match is not None:
            option = _option(match, days)
            return option.root, option
    return ticker(bare.replace("/", ".").replace(" ", ".")), None


def _option(match: re.Match[str], days: str | None) -> OptionSymbol:
    try:
        expiration = (
            datetime.strptime(match["day"], days).date()  # noqa: DTZ007 - a bare date
            if days
            else day(match["day"])
        )
    except ValueError:
        raise InputError(f"{match[0]!r} has no such expiration date.") from None
    kind = OptionType.CALL if match["side"].startswith("C") else OptionType.PUT
    return OptionSymbol(match["root"], expiration, kind, number(match["strike"]))
