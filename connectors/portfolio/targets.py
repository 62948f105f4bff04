"""Which option trades to take off, by two rules that traders use: profit kept and days left.

Legs of one stock and strategy of which some are long and some short are one trade and are judged
together; every other option stands alone. A stock has no target here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from connectors.portfolio.position_results import TargetRow, Verdict
from connectors.portfolio.structures import Combined
from connectors.portfolio.valuation import Priced
from mfa.kernel.account import Position
from mfa.kernel.money import ZERO


def target_row(
    trade: Combined, legs: Sequence[Priced], *, target_pct: float, manage_dte: int, today: date
) -> TargetRow | None:
    """The verdict on one trade; None for one that cost and brought nothing.

    `profit_pct` is unrealised profit over the credit received or the debit paid. The days are those
    of the first short leg to expire, or of the first leg where none is short.
    """
    basis = sum((leg.position.cost_basis for leg in legs), ZERO)
    if not basis:
        return None
    credit = basis < 0
    unrealized = sum((leg.unrealized for leg in legs), ZERO)
    profit_pct = 100.0 * float(unrealized / abs(basis))
    short = any(leg.position.quantity < 0 for leg in legs)
    days_left = (_first_expiration(leg.position for leg in legs) - today).days
    verdict, reasons = judge(
        profit_pct, days_left, credit=credit, short=short, target_pct=target_pct, dte=manage_dte
    )
    first = legs[0].position
    return TargetRow(
        instruments=tuple(leg.position.instrument for leg in legs),
        description=trade.description,
        symbol=trade.symbol,
        strategy=first.strategy or trade.structure.value,
        credit=credit,
        basis=abs(basis),
        unrealized=unrealized,
        profit_pct=profit_pct,
        days_left=days_left,
        verdict=verdict,
        reasons=reasons,
    )


def judge(
    profit_pct: float, days_left: int, *, credit: bool, short: bool, target_pct: float, dte: int
) -> tuple[Verdict, tuple[str, ...]]:
    """Close at the target; manage what is short within `dte` days of expiration; hold the rest."""
    made = _made(profit_pct, credit=credit)
    left = "1 day" if days_left == 1 else f"{days_left} days"
    if profit_pct >= target_pct:
        return Verdict.CLOSE, (f"It has made {made}; the target is {target_pct:g} %.",)
    if short and days_left <= dte:
        why = f"{left} left: within {dte} days gamma outgrows the premium that remains to be kept."
        return Verdict.MANAGE, (why, f"It stands at {made}: close it or roll it.")
    return Verdict.HOLD, (f"It stands at {made}, short of {target_pct:g} %, with {left} left.",)


def _made(profit_pct: float, *, credit: bool) -> str:
    if profit_pct < 0:
        return (
            f"a loss of {-profit_pct:.0f} % of the {'credit received' if credit else 'debit paid'}"
        )
    return f"{profit_pct:.0f} % {'of the maximum profit' if credit else 'on the debit paid'}"


def _first_expiration(positions: Iterable[Position]) -> date:
    held = tuple(positions)
    candidates = [p for p in held if p.quantity < 0] or held
    return min(p.option.expiration for p in candidates if p.option is not None)
