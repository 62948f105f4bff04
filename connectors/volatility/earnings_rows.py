"""From reports and moves to the rows of an answer."""

from __future__ import annotations

from datetime import date
from statistics import median

from connectors.volatility.earnings_results import MoveComparison, PastReport, PositionReport
from connectors.volatility.event_move import ExpectedMove, PastMove
from mfa.kernel.account import Position
from mfa.kernel.market import Earnings
from mfa.kernel.money import cents
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Found


def position_row(
    position: Position, report: Earnings, spot: float | None, move: ExpectedMove | None, today: date
) -> PositionReport:
    option = position.option
    if option is None:
        raise ValueError("only options expire")
    distance = None
    if spot is not None:
        strike = float(option.strike)
        out = spot - strike if option.option_type.letter == "P" else strike - spot
        distance = 100.0 * out / spot
    inside = None if distance is None or move is None else distance <= move.straddle_pct
    return PositionReport(
        symbol=position.symbol,
        position=str(option),
        quantity=position.quantity,
        option_type=option.option_type,
        strike=option.strike,
        expiration=option.expiration,
        report_day=report.day,
        timing=report.timing,
        days_away=(report.day - today).days,
        distance_pct=distance,
        expected_move_pct=move.straddle_pct if move is not None else None,
        inside_move=inside,
    )


def comparison(
    symbol: str,
    *,
    report: Earnings | None,
    table: Found[OptionTable] | None,
    move: ExpectedMove | None,
    moves: tuple[PastMove, ...],
    warnings: tuple[str, ...],
) -> MoveComparison:
    sizes = [abs(each.pct) for each in moves]
    return MoveComparison(
        symbol=symbol,
        report_day=report.day if report else None,
        timing=report.timing if report else None,
        price=cents(table.value.spot) if table else None,
        straddle=cents(move.straddle) if move else None,
        straddle_expiration=move.expiration if move else None,
        straddle_pct=move.straddle_pct if move else None,
        event_pct=move.event_pct if move else None,
        reports=len(moves),
        mean_move_pct=sum(sizes) / len(sizes) if sizes else None,
        median_move_pct=median(sizes) if sizes else None,
        largest_move_pct=max((each.pct for each in moves), key=abs) if moves else None,
        beyond_straddle=sum(size > move.straddle_pct for size in sizes) if move and sizes else None,
        rows=tuple(
            PastReport(
                report_day=each.report.day,
                timing=each.report.timing,
                before=cents(each.before),
                after=cents(each.after),
                move_pct=each.pct,
            )
            for each in reversed(moves)
        ),
        warnings=warnings,
    )
