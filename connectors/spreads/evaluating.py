"""One spread's figures: what it costs and may bring, its surface over price and date."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from connectors.spreads.building import Chosen
from connectors.spreads.params import EvaluateParams, SpreadParams
from connectors.spreads.pricing import Spreads, forward_volatility, outlook, profit
from connectors.spreads.results import (
    BuiltSpread,
    EvaluatedSpread,
    ShiftRow,
    SpreadLeg,
    SurfaceRow,
    TermPoint,
)
from connectors.spreads.terms import forward_volatilities, term_structure
from connectors.spreads.words import finite, money, percent
from mfa.kernel.money import CONTRACT_SIZE, cents

_PRICES: Final = 25
_DEVIATIONS: Final = 2.5
_SHIFTS: Final = (-10.0, -5.0, -2.0, 0.0, 2.0, 5.0, 10.0)
_SHARES: Final = (0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0)


def built(chosen: Chosen, wanted: SpreadParams) -> BuiltSpread:
    found, spread, today = chosen.found, chosen.spread, chosen.today
    size = wanted.quantity * CONTRACT_SIZE
    front, back = found.expiration(chosen.near), found.expiration(chosen.far)
    near, far = float(spread.near_volatility[0]), float(spread.far_volatility[0])
    between = forward_volatility(spread.near_years[0], near, spread.far_years[0], far)
    return BuiltSpread(
        symbol=wanted.symbol,
        spread=chosen.name,
        strategy=chosen.strategy,
        quantity=wanted.quantity,
        price=cents(float(spread.spot[0])),
        front=front,
        back=back,
        front_days=(front - today).days,
        back_days=(back - today).days,
        debit=cents(size * float(spread.cost[0])),
        mid_debit=cents(size * chosen.mid),
        front_iv_pct=100.0 * near,
        back_iv_pct=100.0 * far,
        iv_ratio=near / far,
        forward_iv_pct=percent(between),
        earnings=chosen.report.day if chosen.report is not None else None,
        between=chosen.between,
        legs=(
            _leg(chosen, chosen.near, f"sell {wanted.quantity}"),
            _leg(chosen, chosen.far, f"buy {wanted.quantity}"),
        ),
        term=_term(chosen),
        warnings=(*chosen.warnings, *_warnings(chosen)),
        **_ahead(spread, size),
        **chosen.greeks(wanted.quantity),
    )


def evaluated(chosen: Chosen, wanted: EvaluateParams) -> EvaluatedSpread:
    size, market = wanted.quantity * CONTRACT_SIZE, chosen.spread
    paid = market.cost if wanted.paid is None else np.array([wanted.paid])
    spread = replace(market, cost=paid).shifted(wanted.volatility_points / 100.0)
    return EvaluatedSpread(
        symbol=wanted.symbol,
        spread=chosen.name,
        strategy=chosen.strategy,
        quantity=wanted.quantity,
        price=cents(float(spread.spot[0])),
        paid=cents(size * float(paid[0])),
        value=cents(size * chosen.mid),
        profit=cents(size * (chosen.mid - float(paid[0]))),
        volatility_points=wanted.volatility_points,
        surface=_surface(spread, size),
        shifts=tuple(_shift(replace(market, cost=paid), points, size) for points in _SHIFTS),
        warnings=(*chosen.warnings, *_warnings(chosen)),
        **_ahead(spread, size),
        **chosen.greeks(wanted.quantity),
    )


def _ahead(spread: Spreads, size: int) -> dict[str, Any]:
    """What both answers say of the front expiration."""
    ahead = outlook(spread)
    return {
        "max_profit": cents(size * float(ahead.max_profit[0])),
        "at_price": cents(float(spread.near_strike[0])),
        "max_loss": cents(size * max(float(ahead.max_loss[0]), 0.0)),
        "lower": money(ahead.lower[0]),
        "upper": money(ahead.upper[0]),
        "chance_pct": 100.0 * float(ahead.chance[0]),
    }


def _surface(spread: Spreads, size: int) -> tuple[SurfaceRow, ...]:
    """Prices evenly over some deviations of the front option, the strike among them."""
    spot, strike = float(spread.spot[0]), float(spread.near_strike[0])
    deviation = float(spread.near_volatility[0] * np.sqrt(spread.near_years[0]))
    steps = np.linspace(-_DEVIATIONS, _DEVIATIONS, _PRICES)
    prices = np.unique(np.round([*(spot * np.exp(deviation * steps)), strike], 2))
    columns = [size * profit(spread, prices[None, :], share=share)[0] for share in _SHARES]
    return tuple(
        SurfaceRow(
            price=cents(float(price)),
            move_pct=100.0 * (float(price) / spot - 1.0),
            today=cents(float(columns[0][i])),
            first_third=cents(float(columns[1][i])),
            second_third=cents(float(columns[2][i])),
            at_front=cents(float(columns[3][i])),
        )
        for i, price in enumerate(prices)
    )


def _shift(spread: Spreads, points: float, size: int) -> ShiftRow:
    moved = spread.shifted(points / 100.0)
    now = profit(moved, moved.spot, share=0.0)
    ahead = _ahead(moved, size)
    return ShiftRow(
        points=points,
        today=cents(size * float(now[0])),
        max_profit=ahead["max_profit"],
        lower=ahead["lower"],
        upper=ahead["upper"],
        chance_pct=ahead["chance_pct"],
    )


def _leg(chosen: Chosen, place: int, side: str) -> SpreadLeg:
    found, scan, option = chosen.found, chosen.found.found, chosen.found.option(place)
    return SpreadLeg(
        side=side,
        contract=str(option),
        instrument=option.occ,
        bid=cents(float(found.bid[place])),
        ask=cents(float(found.ask[place])),
        iv_pct=100.0 * float(scan.implied[place]),
        delta=float(scan.delta[place]),
        theta=float(scan.theta[place]) / 365.0,
        vega=float(scan.vega[place]) / 100.0,
        open_interest=int(np.nan_to_num(found.open_interest[place])),
        spread_pct=100.0 * float(scan.spread[place]),
    )


def _term(chosen: Chosen) -> tuple[TermPoint, ...]:
    terms = term_structure(chosen.found, 0)
    between = forward_volatilities(terms)
    today = chosen.today.toordinal()
    rows = []
    for term, forward in zip(terms, between, strict=True):
        skew = finite(term.skew)
        rows.append(
            TermPoint(
                expiration=type(chosen.today).fromordinal(term.day),
                days=term.day - today,
                iv_pct=100.0 * term.volatility,
                skew_points=None if skew is None else 100.0 * skew,
                forward_iv_pct=None if forward is None else 100.0 * forward,
            )
        )
    return tuple(rows)


def _warnings(chosen: Chosen) -> tuple[str, ...]:
    said = []
    if chosen.report is not None and chosen.between is False:
        front = chosen.found.expiration(chosen.near)
        if chosen.report.day <= front:
            said.append(
                f"{chosen.report.symbol} reports on {chosen.report.day.day} "
                f"{chosen.report.day:%b %Y}, before the front expiration: the price may jump."
            )
    if float(chosen.spread.cost[0]) <= 0.0:
        said.append("The back option costs no more than the front one brings: look at the quotes.")
    return tuple(said)
