"""Betas of what is held against the benchmark, over the last year of daily closes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from connectors.base import Sources
from connectors.exposure.book import betas, returns
from connectors.portfolio.valuation import Valuation
from mfa.kernel.outcome import Found, Provenance

_SESSIONS: Final = 252
_LATELY: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """`betas` by symbol, none at all when they cannot be measured; `level` the benchmark's last
    close."""

    betas: dict[str, float]
    level: float | None
    warnings: tuple[str, ...]
    inputs: tuple[Provenance, ...]


def beta_weights(sources: Sources, valuation: Valuation) -> Weights:
    symbols = tuple(sorted({each.position.symbol for each in valuation.priced}))
    today = sources.clock.today()
    history = returns(
        sources.market, symbols, benchmark=sources.benchmark, today=today, sessions=_SESSIONS
    )
    found = betas(history)
    level = sources.market.daily_closes(sources.benchmark, today - _LATELY, today)
    inputs = list(history.provenances)
    last = None
    if isinstance(level, Found) and level.value:
        last = float(level.value[-1].close)
        inputs.append(level.provenance)
    return Weights(
        betas={} if found is None else dict(zip(symbols, found.tolist(), strict=True)),
        level=last,
        warnings=history.missing,
        inputs=tuple(inputs),
    )
