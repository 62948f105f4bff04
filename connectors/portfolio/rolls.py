"""Ways to roll short options out in time, to the same strike or further out of the money."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from connectors.base import Sources
from connectors.portfolio.greek_results import RollCandidate, Rolls
from connectors.portfolio.params import RollParams
from connectors.portfolio.valuation import Priced, Valuation
from mfa.kernel.market import OptionQuote
from mfa.kernel.money import CONTRACT_SIZE, cents
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Absent, Found, Outcome, Provenance, derived


def roll_candidates(
    held: Priced, table: OptionTable, *, least_credit: float, limit: int
) -> list[RollCandidate]:
    """The most credit a day first. A contract without a bid is no candidate."""
    option, quote = held.position.option, held.quote
    if option is None or not isinstance(quote, OptionQuote) or quote.ask <= 0:
        return []
    sign = -1.0 if option.option_type.letter == "P" else 1.0
    strike, back = float(option.strike), float(quote.ask)
    later = np.array([day > option.expiration for day in table.expirations])
    rows = np.flatnonzero(
        (table.sign == sign)
        & later[table.expiration]
        & (table.bid > 0)
        & (sign * (table.strike - strike) >= 0)
        & (table.bid - back >= least_credit)
    )
    found = [_candidate(held, table, int(row), back, sign) for row in rows]
    found.sort(key=lambda each: (-each.credit_per_day, each.to))
    return found[:limit]


def _candidate(
    held: Priced, table: OptionTable, row: int, back: float, sign: float
) -> RollCandidate:
    option = held.position.option
    if option is None:
        raise ValueError("only options are rolled")
    new, contracts = table.option(row), abs(int(held.position.quantity))
    credit = float(table.bid[row]) - back
    days = (new.expiration - option.expiration).days
    kept = float(held.position.average_price) + credit
    return RollCandidate(
        position=f"{held.position.quantity:+f} {option}",
        to=str(new),
        contracts=contracts,
        expiration=new.expiration,
        strike=new.strike,
        credit=cents(credit),
        credit_all=cents(credit * CONTRACT_SIZE * contracts),
        days_added=days,
        credit_per_day=credit * CONTRACT_SIZE * contracts / days,
        break_even=cents(float(new.strike) + sign * kept),
        closer=cents(sign * float(new.strike - option.strike)),
    )


def rolled(
    sources: Sources, asked: Provenance, valuation: Valuation, params: RollParams
) -> Outcome[Rolls]:
    """Every short option's ways to roll; a symbol whose options cannot be had is named."""
    rows: list[RollCandidate] = []
    warnings = list(valuation.warnings)
    inputs = [asked, *valuation.inputs]
    for held in valuation.options:
        option = held.position.option
        if option is None:
            continue
        first = option.expiration + timedelta(days=1)
        outcome = sources.market.option_table(
            held.position.symbol, first=first, last=option.expiration + timedelta(days=params.days)
        )
        if isinstance(outcome, Found):
            inputs.append(outcome.provenance)
            rows += roll_candidates(
                held, outcome.value, least_credit=params.min_credit, limit=params.limit
            )
        else:
            said = outcome.reason if isinstance(outcome, Absent) else outcome.message
            warnings.append(f"{option}: {said}")
    if not rows and not warnings:
        return Absent(
            f"None can be rolled within {params.days} days for a credit of at least "
            f"${params.min_credit:.2f} a share at the same or a better strike."
        )
    value = Rolls(positions=len(valuation.options), rows=tuple(rows), warnings=tuple(warnings))
    return Found(value, derived("positions.roll_candidates", *inputs))
