"""What the live market tells for a settlement: closes, dividends, and marks after the last bell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from mfa.kernel.errors import InputError
from mfa.kernel.market import Dividend, MarketSource
from mfa.kernel.money import cents
from mfa.kernel.outcome import Absent, Failed, Found
from mfa.kernel.symbols import OptionSymbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The market's answers. `reasons` says why a symbol has no closes."""

    closes: Mapping[tuple[str, date], Decimal]
    payers: Mapping[str, tuple[Dividend, ...]]
    marks: Mapping[OptionSymbol, Decimal]
    reasons: Mapping[str, str]

    def close(self, symbol: str, day: date) -> Decimal:
        """`InputError` where it was not told."""
        found = self.closes.get((symbol, day))
        if found is None:
            why = self.reasons.get(symbol, "it is not told yet")
            raise InputError(f"{symbol} has no close of {day:%d %b %Y}: {why}")
        return found

    def dividends_between(self, symbol: str, start: date, end: date) -> tuple[Dividend, ...]:
        """One for each ex-date. A dividend whose pay date nobody tells is paid on its ex-date."""
        found: dict[date, Dividend] = {}
        for each in self.payers.get(symbol, ()):
            if start <= each.ex_date <= end and each.amount > 0:
                known = found.get(each.ex_date)
                paid = max(each.pay_date or each.ex_date, each.ex_date)
                amount = each.amount + (known.amount if known is not None else 0)
                found[each.ex_date] = replace(each, pay_date=paid, amount=amount)
        return tuple(found[day] for day in sorted(found))


def ask(
    market: MarketSource,
    *,
    closes_of: Iterable[str],
    payers: Iterable[str],
    marks_of: Iterable[OptionSymbol],
    first: date,
    last: date,
    paid_since: date,
) -> Told:
    """Ask for all that a settlement of the sessions [first, last] may need."""
    closes: dict[tuple[str, date], Decimal] = {}
    reasons: dict[str, str] = {}
    for symbol in sorted(closes_of):
        answer = market.daily_closes(symbol, first, last)
        match answer:
            case Found(value=days):
                closes.update({(symbol, each.day): cents(each.close) for each in days})
            case Absent(reason=reason):
                reasons[symbol] = reason
            case Failed(message=message):
                reasons[symbol] = message
    declared = {symbol: market.dividends(symbol, paid_since, last) for symbol in sorted(payers)}
    quoted = {option: market.option_quote(option) for option in sorted(marks_of)}
    return Told(
        closes=closes,
        payers={s: each.value for s, each in declared.items() if isinstance(each, Found)},
        marks={o: each.value.mid for o, each in quoted.items() if isinstance(each, Found)},
        reasons=reasons,
    )
