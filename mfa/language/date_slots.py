"""What the date words of a message are for an intent: an expiration, a period, a look-ahead.

The same 'next friday' is an expiration in an order and a period in a history; the intent decides.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

from mfa.language import periods
from mfa.language.catalogue import Intent
from mfa.language.date_words import WEEK_END, When
from mfa.language.spans import Span


def fill_dates(
    found: dict[str, Any], spans: list[Span], intent: Intent, admitted: frozenset[str], today: date
) -> None:
    whens = [s.value for s in spans if s.slot == "when"]
    if "from_expiration" in admitted:
        whens = [each for when in whens for each in when.ends or (when,)]
    _fill_counted(found, spans, intent, admitted, today, dated=bool(whens))
    if "expiration" in admitted:
        named = [w for w in whens if _expires(w, intent, admitted, today)]
        if named and "expiration" not in found:
            days = [w.expiration.isoformat() for w in named]
            found["expiration"] = days[-1] if "from_expiration" in admitted else days[0]
            if len(days) > 1 and "from_expiration" in admitted:
                found["from_expiration"] = days[0]
            whens = [w for w in whens if w not in named]
    if "start_date" in admitted and whens:
        whole = [w for w in whens if w.ends] or whens
        if intent.dates == "until":
            whole = [
                replace(w, bound="by") if w.unit in {"day", WEEK_END} and not w.bound else w
                for w in whole
            ]
        _fill_period(found, whole, ahead=intent.dates in {"future", "until", "expiration"})


def _fill_counted(
    found: dict[str, Any],
    spans: list[Span],
    intent: Intent,
    admitted: frozenset[str],
    today: date,
    *,
    dated: bool,
) -> None:
    """Days that are counted and not named, and the date inside an option's own symbol."""
    for span in spans:
        if span.slot == "expiration_exact":
            found["expiration"] = span.value
        elif span.slot == "in_days":
            _fill_in_days(found, span.value, admitted, today)
        elif intent.name in _HELD or span.slot != "some_days":
            continue
        elif "dte" in admitted and "days" not in found:
            found.setdefault("dte", span.value)
        elif "days" in admitted and not dated:
            found.setdefault("days", span.value[1])


def _expires(when: When, intent: Intent, admitted: frozenset[str], today: date) -> bool:
    """A date is an expiration where no period can be meant, or where one day still to come is."""
    if "start_date" not in admitted:
        return True
    by = when.bound == "by" and intent.name in _BY_EXPIRATION
    one_day = when.unit in {"day", WEEK_END} and (by or not when.bound) and when.ahead[0] >= today
    return intent.dates == "expiration" and one_day


_BY_EXPIRATION: Final = frozenset({"analyze_iv", "recommend_options", "plan_strategy"})
"""Where 'by next friday' names the expiration to look at."""


def _fill_in_days(found: dict[str, Any], days: int, admitted: frozenset[str], today: date) -> None:
    if "dte" in admitted:
        found.setdefault("dte", [days, days])
    elif "end_date" in admitted and "days" not in admitted:
        found["start_date"] = found["end_date"] = periods.shift(today, days).isoformat()
    else:
        found.setdefault("days", days)


def _fill_period(found: dict[str, Any], whens: list[When], *, ahead: bool) -> None:
    for when in whens:
        first, last = when.period(ahead=ahead)
        if when.bound == "since":
            found["start_date"] = first.isoformat()
        elif when.bound == "by":
            found["end_date"] = last.isoformat()
        elif "start_date" not in found and "end_date" not in found:
            found["start_date"], found["end_date"] = first.isoformat(), last.isoformat()


_HELD: Final = frozenset({"position_details", "roll_position", "list_alerts"})
"""Requests about what is there: days in them are more often its past than an expiration."""
