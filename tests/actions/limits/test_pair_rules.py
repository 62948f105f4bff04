"""The limits of an order of a coin: a thousand DOGE at 0.15, of 0.1499 to 0.1501 quoted."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from actions.limits.bounds import Bounds
from actions.limits.rules import Activity, Question, checks
from connectors.preview.params import PreviewLeg, PreviewParams
from connectors.preview.results import OrderPreview, PairTerms, PreviewLegRow
from mfa.kernel.cards import Check, Verdict
from mfa.kernel.movements import Effect
from mfa.kernel.orders import Side
from mfa.kernel.settings import Settings

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
"""A Saturday night: no exchange of shares is open."""
USD = Decimal
TERMS = PairTerms(
    venue="binance", title="Binance", symbol="DOGEUSDT", base="DOGE", quote="USDT",
    amount_step=USD(1), price_step=USD("0.00001"), fee_rate=USD("0.001"), fee_kind="maker",
)  # fmt: skip
PREVIEW = OrderPreview(
    order=PreviewParams(
        legs=(PreviewLeg(instrument="DOGE/USDT", side=Side.BUY, effect=Effect.OPEN),),
        quantity=USD(1000), limit=USD("0.15"),
    ),
    strategy="crypto", mode="live", account="Binance abc", is_opening=True,
    legs=(
        PreviewLegRow(
            instrument="DOGE/USDT", name="DOGE/USDT", quantity=USD(1000), held=USD(0),
            effect="open", bid=USD("0.1499"), ask=USD("0.1501"), quoted_at=NOW,
        ),
    ),
    natural=USD("0.1501"), midpoint=USD("0.15"), price=USD("0.15"), quoted_at=NOW,
    quote_age_seconds=1.0, cash=USD("-150.00"), fees=USD("0.15"), fees_words="",
    max_loss=USD("150.15"), max_loss_words="", max_profit=None, max_profit_words="",
    realized=None, buying_power=USD("1000.00"), buying_power_effect=USD("150.15"),
    regulation_t=None, committed=USD("150.15"), naked_calls=0, obligations=(), earnings=None,
    earnings_words="", positions_after=1, equity=USD("1000.00"), day_change_pct=None,
    drawdown_pct=None, market_open=True, notes=(), warnings=(), pair=TERMS,
)  # fmt: skip


def judged(limit: str = "0.15", **settings: Any) -> dict[str, Check]:
    order = PREVIEW.order.model_copy(update={"limit": USD(limit)})
    question = Question(
        preview=PREVIEW.model_copy(update={"order": order}),
        bounds=Bounds.of(Settings(**settings)), activity=Activity(), now=NOW,
    )  # fmt: skip
    return {check.name: check for check in checks(question)}


def test_a_coin_trades_at_all_hours() -> None:
    hours = judged()["market hours"]
    assert (hours.verdict, hours.sentence) == (
        Verdict.PASSED, "Crypto currencies trade at all hours.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "verdict"),
    [("0.1651", Verdict.PASSED), ("0.16511", Verdict.REFUSED), ("0.11", Verdict.WARNED)],
)
def test_five_cents_through_the_market_are_a_third_of_such_a_price_and_refused(
    limit: str, verdict: Verdict
) -> None:
    """10 % of 0.15 are 0.015 beyond the ask of 0.1501: 0.1651 is the last that passes."""
    price = judged(limit)["price"]
    assert price.verdict is verdict
    if verdict is Verdict.REFUSED:
        assert "0.01501 worse than the market" in price.sentence


@pytest.mark.parametrize(
    ("allowed", "verdict"),
    [
        (("DOGE",), Verdict.PASSED),
        (("KO",), Verdict.REFUSED),
        ((), Verdict.PASSED),
    ],
)
def test_a_coin_is_allowed_by_its_name(allowed: tuple[str, ...], verdict: Verdict) -> None:
    assert judged(limit_symbols=allowed)["symbols"].verdict is verdict


def test_what_an_order_takes_and_the_day_are_bound_as_for_shares() -> None:
    found = judged(limit_order_usd=150.0, limit_day_usd=150.0, limit_power_pct=15.0)
    for name in ("order size", "today's orders", "buying power"):
        assert found[name].verdict is Verdict.REFUSED
    found = judged(limit_order_usd=150.15, limit_day_usd=150.15, limit_power_pct=15.015)
    for name in ("order size", "today's orders", "buying power"):
        assert found[name].verdict is Verdict.PASSED
