"""Scans as actions: what a reading question answers, run as such and kept on a receipt.

A scan computes and shows; it changes nothing, and so there is nothing to undo.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from actions.action import (
    Action,
    ActionContext,
    ActionParams,
    ActionResult,
    ActionType,
    NotReversible,
    PermissionLevel,
    RiskClass,
)
from actions.answers import found
from connectors.base import Result
from connectors.premium.params import PremiumParams
from connectors.premium.results import Premiums
from connectors.screening.params import ScanParams
from connectors.screening.results import Candidates
from connectors.spreads.params import SpreadScanParams
from connectors.spreads.results import SpreadScan
from mfa.kernel.cards import CardFacts
from mfa.kernel.figures import Figure, Unit
from mfa.kernel.outcome import Provenance

_BEST: Final = 5
_NOTHING: Final = NotReversible("it changes nothing")


class CspScan(ActionParams, ScanParams):
    """Filters of a scan for cash-secured puts."""


class PremiumScan(ActionParams, PremiumParams):
    """Filters of a scan for premium."""


class CalendarScan(ActionParams, SpreadScanParams):
    """Filters of a scan for calendar spreads."""


def _asked(params: ActionParams) -> dict[str, object]:
    """What differs from the defaults, so that a person's own preferences stand for the rest."""
    return params.model_dump(mode="json", exclude_defaults=True)


def _titled(title: str, params: ActionParams) -> CardFacts:
    said = ", ".join(f"{name.replace('_', ' ')} {_words(v)}" for name, v in _asked(params).items())
    return CardFacts(title=f"{title}: {said}" if said else title)


def _words(value: object) -> str:
    return " to ".join(map(str, value)) if isinstance(value, list) else str(value)


def _csp(context: ActionContext, params: CspScan) -> ActionResult:
    answer = found(
        Candidates,
        context.means.data.query("opportunities", "scan_csp", _asked(params), user=context.user),
    )
    rows = answer.value.rows[:_BEST]
    best = [(row.contract, row.premium, Unit.USD, "premium of one contract") for row in rows]
    return _result("cash-secured puts", answer.value.passed, best, answer.provenance, rows)


def _premium(context: ActionContext, params: PremiumScan) -> ActionResult:
    answer = found(
        Premiums,
        context.means.data.query("premium_scanner", "scan", _asked(params), user=context.user),
    )
    rows = answer.value.rows[:_BEST]
    best = [(row.label, row.premium, Unit.USD, "received") for row in rows]
    return _result("trades", answer.value.passed, best, answer.provenance, rows)


def _calendar(context: ActionContext, params: CalendarScan) -> ActionResult:
    answer = found(
        SpreadScan,
        context.means.data.query("calendar_spreads", "scan", _asked(params), user=context.user),
    )
    rows = answer.value.rows[:_BEST]
    best = [(row.spread, row.debit, Unit.USD, "debit") for row in rows]
    return _result("calendar spreads", answer.value.passed, best, answer.provenance, rows)


def _result(
    noun: str,
    passed: int,
    best: Sequence[tuple[str, Decimal, Unit, str]],
    provenance: Provenance,
    rows: Sequence[Result],
) -> ActionResult:
    """How many there are, and the best of them as figures."""
    figures = [
        Figure(label=f"{name}, {what}", value=value, unit=unit, provenance=provenance)
        for name, value, unit, what in best
    ]
    said = f"{passed} {noun} are within your limits"
    return ActionResult(
        message=f"{said}; the best is {best[0][0]}." if best else f"{said}.",
        figures=tuple(figures),
        details={"passed": passed, "best": [row.model_dump(mode="json") for row in rows]},
    )


CSP: Final = Action(
    name="run_csp_scan", kind=ActionType.SCAN, permission=PermissionLevel.USER, params=CspScan,
    risk=RiskClass.READ, needs_card=False, hourly_limit=120, undoing=_NOTHING,
    description="Look for cash-secured puts now, and keep what was found on the receipt.",
    facts=lambda _, params: _titled("Scan for cash-secured puts", params), run=_csp,
)  # fmt: skip
PREMIUM: Final = Action(
    name="run_premium_scan", kind=ActionType.SCAN, permission=PermissionLevel.USER,
    params=PremiumScan, risk=RiskClass.READ, needs_card=False, hourly_limit=120, undoing=_NOTHING,
    description="Rank premium now, and keep what was found on the receipt.",
    facts=lambda _, params: _titled("Scan for premium", params), run=_premium,
)  # fmt: skip
CALENDAR: Final = Action(
    name="run_calendar_scan", kind=ActionType.SCAN, permission=PermissionLevel.USER,
    params=CalendarScan, risk=RiskClass.READ, needs_card=False, hourly_limit=120, undoing=_NOTHING,
    description="Look for calendar spreads now, and keep what was found on the receipt.",
    facts=lambda _, params: _titled("Scan for calendar spreads", params), run=_calendar,
)  # fmt: skip
