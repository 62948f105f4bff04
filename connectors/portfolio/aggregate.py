"""Sums of Greeks: by symbol, of the account, weighted by beta; and what ends when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from connectors.portfolio.greek_results import (
    AccountGreeks,
    ExpirationGroup,
    Expirations,
    PositionGreeks,
    SymbolGreeks,
)
from connectors.portfolio.rows import is_short_option
from connectors.portfolio.valuation import Priced, Valuation, describe
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents
from mfa.kernel.symbols import OptionType


def account_greeks(
    valuation: Valuation,
    *,
    betas: dict[str, float],
    benchmark: str,
    level: float | None,
    equity: Decimal,
    warnings: tuple[str, ...],
) -> AccountGreeks:
    """`level` is the benchmark's last close. A symbol without a beta leaves the beta-weighted sum
    unknown: half of it would mislead."""
    priced = valuation.priced
    symbols = sorted({each.position.symbol for each in priced})
    rows = tuple(_symbol(symbol, priced, betas.get(symbol)) for symbol in symbols)
    weighted = [row.beta_dollars for row in rows]
    beta_dollars = None if None in weighted else sum((w for w in weighted if w is not None), ZERO)
    dollars = sum((row.delta_dollars for row in rows), ZERO)
    gamma = sum(each.greeks.gamma * float(each.underlying) ** 2 / 100.0 for each in priced)
    return AccountGreeks(
        delta_dollars=dollars,
        beta_dollars=beta_dollars,
        beta_delta=float(beta_dollars) / level if beta_dollars is not None and level else None,
        benchmark=benchmark,
        gamma_dollars=cents(float(gamma)),
        theta_per_day=sum(row.theta for row in rows),
        vega=sum(row.vega for row in rows),
        share_pct=100.0 * float(dollars / equity) if equity > 0 else None,
        rows=tuple(sorted(rows, key=lambda row: (-abs(row.delta_dollars), row.symbol))),
        positions=tuple(_position(each, betas.get(each.position.symbol)) for each in priced),
        unpriced=valuation.unpriced,
        warnings=(*valuation.warnings, *warnings),
    )


def _symbol(symbol: str, priced: Sequence[Priced], beta: float | None) -> SymbolGreeks:
    own = [each for each in priced if each.position.symbol == symbol]
    dollars = cents(float(sum(each.delta_dollars for each in own)))
    return SymbolGreeks(
        symbol=symbol,
        positions=len(own),
        delta=sum(each.greeks.delta for each in own),
        delta_dollars=dollars,
        beta=beta,
        beta_dollars=None if beta is None else cents(beta * float(dollars)),
        gamma=sum(each.greeks.gamma for each in own),
        theta=sum(each.greeks.theta for each in own),
        vega=sum(each.greeks.vega for each in own),
    )


def _position(each: Priced, beta: float | None) -> PositionGreeks:
    dollars = cents(each.delta_dollars)
    return PositionGreeks(
        position=describe(each.position),
        symbol=each.position.symbol,
        quantity=each.position.quantity,
        delta=each.greeks.delta,
        delta_dollars=dollars,
        beta_dollars=None if beta is None else cents(beta * float(dollars)),
        gamma=each.greeks.gamma,
        theta=each.greeks.theta,
        vega=each.greeks.vega,
    )


def expirations(valuation: Valuation, today: date) -> Expirations:
    """The nearest first; what is not priced is named and left out."""
    days = sorted({e.position.option.expiration for e in valuation.options if e.position.option})
    return Expirations(
        rows=tuple(_group(day, valuation.options, today) for day in days),
        unpriced=valuation.unpriced,
        warnings=valuation.warnings,
    )


def _group(day: date, options: Sequence[Priced], today: date) -> ExpirationGroup:
    own = [
        e for e in options if e.position.option is not None and e.position.option.expiration == day
    ]
    cash, inside = ZERO, 0
    for each in own:
        option = each.position.option
        if option is None or not is_short_option(each.position):
            continue
        put = option.option_type is OptionType.PUT
        if put:
            cash += -each.position.quantity * CONTRACT_SIZE * option.strike
        out = each.underlying - option.strike if put else option.strike - each.underlying
        inside += out < 0
    return ExpirationGroup(
        expiration=day,
        days=(day - today).days,
        positions=len(own),
        contracts=sum(abs(each.position.quantity) for each in own),
        value=sum((each.value for each in own), ZERO),
        theta=sum(each.greeks.theta for each in own),
        delta_dollars=cents(float(sum(each.delta_dollars for each in own))),
        in_the_money=inside,
        at_assignment=cents(cash),
        options="; ".join(f"{each.position.quantity:+f} {each.position.option}" for each in own),
    )
