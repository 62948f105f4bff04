"""When two prices disagree: hand-worked cases around each allowance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from connectors.sources.agreement import disagreement
from mfa.kernel.market import Quote
from mfa.kernel.outcome import Found, Provenance

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)


def quote(
    mid: str, *, source: str = "Tradier", spread: str = "0.00", minutes: float = 0.0
) -> Found[Quote]:
    """A quote of `minutes` ago."""
    at, half = NOW - timedelta(minutes=minutes), Decimal(spread) / 2
    value = Quote(
        symbol="KO", bid=Decimal(mid) - half, ask=Decimal(mid) + half, last=Decimal(mid),
        previous_close=Decimal(mid), volume=1, as_of=at,
    )  # fmt: skip
    return Found(value, Provenance(source=source, as_of=at))


@pytest.mark.parametrize(
    ("one", "other", "disagree"),
    [
        (quote("100.00"), quote("100.50"), False),  # 0.5 % exactly
        (quote("100.00"), quote("100.51"), True),
        (quote("2.00"), quote("2.02"), False),  # 1 %, but two ticks
        (quote("2.00"), quote("2.03"), True),
        # spreads of 0.40 and 0.20: half of each is 0.30 more than the 0.50
        (quote("100.00", spread="0.40"), quote("100.80", spread="0.20"), False),
        (quote("100.00", spread="0.40"), quote("100.81", spread="0.20"), True),
        # 15 minutes: 3 x 40 % x sqrt(15 / (390 x 252)) = 1.4825 % beside the 0.5 %
        (quote("100.00"), quote("101.98", minutes=15), False),
        (quote("100.00"), quote("101.99", minutes=15), True),
        # 391 minutes are more than a session: not compared
        (quote("100.00"), quote("150.00", minutes=391), False),
    ],
)
def test_prices_disagree_beyond_every_allowance_together(
    one: Found[Quote], other: Found[Quote], *, disagree: bool
) -> None:
    assert bool(disagreement(one, other)) is disagree


def test_a_declared_delay_counts_like_the_age_of_the_quote() -> None:
    late = quote("101.90")
    late = Found(late.value, Provenance(source="Yahoo", as_of=NOW, delay=timedelta(minutes=15)))
    assert disagreement(quote("100.00"), late) == ""


def test_the_sentence_names_both_sources_and_how_far_they_are_apart() -> None:
    assert disagreement(quote("71.20"), quote("68.90", source="Yahoo")) == (
        "Sources disagree on KO: Tradier says 71.20, Yahoo says 68.90 (3.2 % apart)."
    )
