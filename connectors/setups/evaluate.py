"""Judging one trade: asks the market for the chain, the closes, the next report; then computes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from connectors.base import Sources
from connectors.screening.contracts import Contracts, contracts
from connectors.screening.facts import Facts, facts
from connectors.setups.choosing import Chosen, chosen, meant_expiration, spelled
from connectors.setups.judging import judged
from connectors.setups.measuring import Measured, measured
from connectors.setups.naming import name_of
from connectors.setups.params import SetupParams
from connectors.setups.results import BreakEvenRow, LegRow, MeasureRow, Setup
from connectors.setups.scoring import Scored, scored
from core_numba.arrays import Floats
from mfa.kernel.market import DailyClose
from mfa.kernel.money import CONTRACT_SIZE, cents
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Absent, Found, Outcome, Provenance, derived

_HISTORY: Final = timedelta(days=5 * 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shares:
    """Whether shares cover the sold calls, what was paid for them, and what to say of it."""

    covered: bool
    basis: float | None = None
    note: str = ""


def evaluate(  # noqa: PLR0911 - each step may end it
    sources: Sources, given: SetupParams
) -> Outcome[Setup]:
    """The trade judged; absent with a question where it is not spelled out, or not listed."""
    legs = spelled(given)
    if isinstance(legs, Absent):
        return legs
    market, today = sources.market, sources.clock.today()
    listed = market.expirations(given.symbol)
    if not isinstance(listed, Found):
        return listed
    expiration = meant_expiration(given, listed.value, today)
    if isinstance(expiration, Absent):
        return expiration
    day, note = expiration
    table = market.option_table(given.symbol, first=day, last=day)
    if not isinstance(table, Found):
        return table
    picked = chosen(given, legs, day, table.value)
    if isinstance(picked, Absent):
        return picked
    found = contracts([table.value])
    if unquoted := _unquoted(found, picked):
        return Absent(unquoted)
    closes = market.daily_closes(given.symbol, today - _HISTORY, today)
    known = facts(market, given.symbol, table.value.spot, today)
    shares = _shares(sources, given, picked)
    figures = measured(
        found, picked.legs, quantity=given.quantity, covered=shares.covered,
        price=None if given.price is None else float(given.price), closes=_column(closes),
    )  # fmt: skip
    score = scored(
        found, picked.legs, figures, known, quantity=given.quantity, covered=shares.covered,
        basis=shares.basis,
    )  # fmt: skip
    value = _setup(
        sources, given, picked, table.value, found, figures, score, known, shares,
        tuple(text for text in (note, shares.note) if text),
    )  # fmt: skip
    inputs: list[Provenance] = [table.provenance, *known.inputs]
    if isinstance(closes, Found):
        inputs.append(closes.provenance)
    return Found(value, derived("opportunities.evaluate_setup", *inputs))


def _unquoted(found: Contracts, picked: Chosen) -> str:
    for leg in picked.legs:
        bid, ask = float(found.bid[leg.row]), float(found.ask[leg.row])
        if not (ask >= bid >= 0 and ask > 0):
            return f"{leg.option} has no two-sided quote now, so it cannot be judged."
        if leg.quantity < 0 and bid <= 0:
            return f"Nobody bids for the {leg.option} now, so it cannot be sold."
        if not np.isfinite(found.found.implied[leg.row]):
            return (
                f"The quote of the {leg.option} ({bid:.2f} to {ask:.2f}) has no volatility that"
                " explains it, so its chances cannot be told."
            )
    return ""


def _shares(sources: Sources, given: SetupParams, picked: Chosen) -> _Shares:
    """A lone sold call is covered when the person says so, or when the account holds the shares."""
    leg = picked.legs[0]
    if len(picked.legs) != 1 or leg.quantity > 0 or leg.option.option_type != "call":
        return _Shares(covered=False)
    needed = Decimal(-leg.quantity * given.quantity * CONTRACT_SIZE)
    held = sources.account.positions()
    owned = [
        each
        for each in (held.value if isinstance(held, Found) else ())
        if each.symbol == given.symbol and each.option is None
    ]
    enough = sum((each.quantity for each in owned), Decimal(0)) >= needed
    basis = float(owned[0].average_price) if owned else None
    said = given.with_stock
    if said is None and given.strategy == "covered_call":
        said = True
    if said is None:
        if not enough:
            return _Shares(covered=False)
        note = f"Judged as covered by the {needed:,.0f} shares that you hold."
        return _Shares(covered=True, basis=basis, note=note)
    return _Shares(covered=said, basis=basis if enough else None)


def _column(closes: Outcome[tuple[DailyClose, ...]]) -> Floats:
    rows = closes.value if isinstance(closes, Found) else ()
    return np.array([float(each.close) for each in rows])


def _setup(  # noqa: PLR0917 - everything that was found out
    sources: Sources,
    given: SetupParams,
    picked: Chosen,
    table: OptionTable,
    found: Contracts,
    figures: Measured,
    score: Scored,
    known: Facts,
    shares: _Shares,
    notes: tuple[str, ...],
) -> Setup:
    account = sources.account.account()
    power = float(account.value.buying_power) if isinstance(account, Found) else None
    signs = {leg.quantity > 0 for leg in picked.legs}
    opinion = judged(figures, score, known, spread=len(signs) > 1, buying_power=power)
    day = picked.legs[0].option.expiration
    bounded, capital = figures.bounded, figures.capital
    age = sources.clock.now() - table.as_of
    warnings = [*notes, *picked.notes, *known.warnings]
    return Setup(
        symbol=given.symbol,
        strategy=_name(picked, shares),
        verdict=opinion.verdict,
        price=cents(table.spot),
        quoted_at=table.as_of,
        age_minutes=max(age.total_seconds() / 60.0, 0.0),
        expiration=day,
        days=(day - sources.clock.today()).days,
        net=cents(figures.net),
        max_profit=cents(figures.max_profit) if np.isfinite(figures.max_profit) else None,
        max_profit_words=figures.best_at,
        max_loss=cents(figures.max_loss) if bounded else None,
        max_loss_words=figures.worst_at,
        chance_pct=100.0 * figures.expected[0].chance,
        capital=cents(capital),
        capital_words=_capital_words(picked, figures, shares),
        return_pct=_share(figures.stays, capital),
        annual_pct=100.0 * score.stance.annual if np.isfinite(score.stance.annual) else None,
        best_return_pct=_share(figures.max_profit, capital),
        margin=cents(figures.margin),
        buying_power=cents(figures.buying_power),
        delta=figures.delta,
        gamma=figures.gamma,
        theta_per_day=cents(figures.theta),
        vega=cents(figures.vega),
        iv_rank=known.rank,
        earnings=None if known.report is None else known.report.day,
        score=score.score,
        legs=tuple(
            LegRow(
                contract=str(leg.option),
                quantity=leg.quantity * given.quantity,
                price=cents(entry),
                bid=cents(float(found.bid[leg.row])),
                ask=cents(float(found.ask[leg.row])),
                iv_pct=100.0 * float(found.found.implied[leg.row]),
                delta=float(found.found.delta[leg.row]),
                spread_pct=100.0 * float(found.found.spread[leg.row]),
                open_interest=int(found.open_interest[leg.row]),
            )
            for leg, entry in zip(picked.legs, figures.entries, strict=True)
        ),
        break_evens=tuple(
            BreakEvenRow(price=cents(each), away_pct=100.0 * (each / table.spot - 1.0))
            for each in figures.break_evens
        ),
        measures=tuple(
            MeasureRow(
                measure=each.measure,
                volatility_pct=None if each.volatility is None else 100.0 * each.volatility,
                chance_pct=100.0 * each.chance,
                expected=cents(each.profit),
            )
            for each in figures.expected
        ),
        parts=score.rows,
        pros=opinion.pros,
        cons=opinion.cons,
        warnings=tuple(warnings),
    )


def _name(picked: Chosen, shares: _Shares) -> str:
    name = name_of(picked.legs, covered=shares.covered)
    return "cash-secured put" if name == "short put" else name


def _capital_words(picked: Chosen, figures: Measured, shares: _Shares) -> str:
    if not figures.bounded:
        return "the buying power that Regulation T asks for: the loss has no bound"
    if shares.covered:
        return "the shares at the price now, less the premium"
    lone = len(picked.legs) == 1 and picked.legs[0].quantity < 0
    return "the strike in cash, less the premium" if lone else "the most that it can lose"


def _share(profit: float, capital: float) -> float | None:
    return 100.0 * profit / capital if capital > 0 and np.isfinite(profit) else None
