"""Every limit, passed and refused at its very bound: pure checks on a preview made by hand.

One KO 50 put sold at 0.22 (natural 0.20) in an account with 20,000.00 of buying power: it takes
4,978.00 and can lose as much.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.limits.bounds import NAMES, Bounds, widens
from actions.limits.rules import Activity, Question, checks
from connectors.preview.params import PreviewLeg, PreviewParams
from connectors.preview.results import OrderPreview, PreviewLegRow
from mfa.kernel.cards import Check, Verdict
from mfa.kernel.movements import Effect
from mfa.kernel.orders import OrderType, Side
from mfa.kernel.settings import Settings

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
PUT = "KO    261218P00050000"
USD = Decimal
LEG = PreviewLegRow(
    instrument=PUT, name="KO 50 put 18 Dec 2026", quantity=USD(-1), held=USD(0), effect="open",
    bid=USD("0.20"), ask=USD("0.24"), quoted_at=NOW,
)  # fmt: skip
PREVIEW = OrderPreview(
    order=PreviewParams(
        legs=(PreviewLeg(instrument=PUT, side=Side.SELL, effect=Effect.OPEN),), quantity=USD(1),
        limit=USD("-0.22"),
    ),
    strategy="csp", mode="paper", account="paper account P-1", is_opening=True, legs=(LEG,),
    natural=USD("-0.20"), midpoint=USD("-0.22"), price=USD("-0.22"), quoted_at=NOW,
    quote_age_seconds=5.0, cash=USD("22.00"), fees=USD("0.65"), fees_words="",
    max_loss=USD("4978.00"), max_loss_words="", max_profit=USD("22.00"), max_profit_words="",
    realized=None, buying_power=USD("20000.00"), buying_power_effect=USD("4978.00"),
    regulation_t=USD("600.00"), committed=USD("4978.00"), naked_calls=0, obligations=(),
    earnings=None, earnings_words="", positions_after=10, equity=USD("100000.00"),
    day_change_pct=0.5, drawdown_pct=1.0, market_open=True, notes=(), warnings=(),
)  # fmt: skip
BOUNDS = Bounds.of(Settings())


def judged(
    preview: dict[str, Any] | None = None,
    bounds: dict[str, Any] | None = None,
    activity: Activity | None = None,
) -> dict[str, Check]:
    limits = Bounds(**{**_fields(BOUNDS), **(bounds or {})})
    question = Question(
        preview=PREVIEW.model_copy(update=preview or {}), bounds=limits,
        activity=activity or Activity(), now=NOW,
    )  # fmt: skip
    return {check.name: check for check in checks(question)}


def _fields(bounds: Bounds) -> dict[str, Any]:
    return {name: getattr(bounds, name) for name in Bounds.__slots__}


def at_limit(limit: str | None) -> dict[str, Any]:
    order_type = OrderType.MARKET if limit is None else OrderType.LIMIT
    value = None if limit is None else USD(limit)
    order = PREVIEW.order.model_copy(update={"limit": value, "order_type": order_type})
    return {"order": order}


def test_an_ordinary_order_passes_every_limit_and_shows_each() -> None:
    found = judged()
    assert {check.verdict for check in found.values()} == {Verdict.PASSED}
    assert list(found) == [
        "price", "age of the quote", "same order", "market hours", "naked calls", "symbols",
        "strategy", "greatest loss", "order size", "today's orders", "contracts",
        "open positions", "buying power", "today's loss", "drawdown",
    ]  # fmt: skip
    assert found["order size"].margin == USD("20022.00")
    assert found["buying power"].margin == USD("5022.00")  # half of 20,000 less 4,978
    assert found["today's orders"].margin == USD("70022.00")


@pytest.mark.parametrize(
    ("name", "preview", "bounds", "allowed"),
    [
        ("order size", {"committed": USD("25000.00")}, {}, True),
        ("order size", {"committed": USD("25000.01")}, {}, False),
        ("today's orders", {"committed": USD("100.01")}, {"day_usd": USD(100)}, False),
        ("contracts", {"legs": (LEG.model_copy(update={"quantity": USD(-20)}),)}, {}, True),
        ("contracts", {"legs": (LEG.model_copy(update={"quantity": USD(-21)}),)}, {}, False),
        ("open positions", {"positions_after": 60}, {}, True),
        ("open positions", {"positions_after": 61}, {}, False),
        ("buying power", {"buying_power_effect": USD("10000.00")}, {}, True),
        ("buying power", {"buying_power_effect": USD("10000.01")}, {}, False),
        ("buying power", {"buying_power_effect": USD("-1.00"), "buying_power": USD(0)}, {}, True),
        ("today's loss", {"day_change_pct": -4.99}, {}, True),
        ("today's loss", {"day_change_pct": -5.0}, {}, False),
        ("drawdown", {"drawdown_pct": 14.99}, {}, True),
        ("drawdown", {"drawdown_pct": 15.0}, {}, False),
        ("naked calls", {"naked_calls": 1}, {}, False),
        ("greatest loss", {"max_loss": None}, {}, False),
        ("symbols", {}, {"symbols": frozenset({"KO", "PEP"})}, True),
        ("symbols", {}, {"symbols": frozenset({"PEP"})}, False),
        ("strategy", {}, {"strategies": frozenset({"csp"})}, True),
        ("strategy", {}, {"strategies": frozenset({"vertical"})}, False),
        ("age of the quote", {"quote_age_seconds": 60.0}, {}, True),
        ("age of the quote", {"quote_age_seconds": 61.0}, {}, False),
        ("price", at_limit("-0.15"), {}, True),  # five cents through the market
        ("price", at_limit("-0.14"), {}, False),
        ("price", at_limit("0.22"), {}, False),  # a credit taken for a debit
    ],
)
def test_a_bound_is_passed_at_it_and_refused_beyond(
    name: str, preview: dict[str, Any], bounds: dict[str, Any], *, allowed: bool
) -> None:
    check = judged(preview, bounds)[name]
    assert check.verdict is (Verdict.PASSED if allowed else Verdict.REFUSED)
    assert check.sentence.endswith(".")
    if check.value is not None and check.bound is not None and name != "price":
        assert ((check.margin or USD(0)) >= 0) is allowed or name in {"today's loss", "drawdown"}


def test_today_counts_what_was_ordered_before() -> None:
    check = judged(activity=Activity(committed_today=USD("70022.01")))["today's orders"]
    assert check.verdict is Verdict.REFUSED
    assert check.value == USD("75000.01")


@pytest.mark.parametrize("figure", ["day_change_pct", "drawdown_pct"])
def test_an_account_without_a_past_is_a_warning_that_says_so(figure: str) -> None:
    found = judged({figure: None})
    (doubtful,) = [check for check in found.values() if check.verdict is not Verdict.PASSED]
    assert doubtful.verdict is Verdict.WARNED
    assert "is not known" in doubtful.sentence


def test_an_account_whose_past_cannot_be_read_opens_nothing() -> None:
    unread = {"day_change_pct": None, "drawdown_pct": None, "past_problem": "No answer."}
    found = judged(unread)
    refused = [name for name, check in found.items() if check.verdict is Verdict.REFUSED]
    assert refused == ["today's loss", "drawdown"]
    assert found["drawdown"].sentence.endswith("cannot be told: No answer.")


def test_closing_what_covers_a_call_is_refused_like_selling_it_naked() -> None:
    check = judged({"is_opening": False, "naked_calls": 1})["naked calls"]
    assert check.verdict is Verdict.REFUSED
    assert check.sentence.endswith("the loss has no bound. Close the call first.")


@pytest.mark.parametrize(
    ("natural", "limit", "verdict"),
    [
        ("1.00", "1.10", Verdict.PASSED),  # bought: ten cents through the market
        ("1.00", "1.11", Verdict.REFUSED),
        ("1.00", "10.00", Verdict.REFUSED),  # a slipped point
        ("1.00", "-0.98", Verdict.WARNED),  # bought for nothing: it waits for ever
        ("-1.00", "-0.90", Verdict.PASSED),  # sold
        ("-1.00", "-0.89", Verdict.REFUSED),
        ("-1.00", "-0.10", Verdict.REFUSED),
        ("-1.00", "-9.80", Verdict.WARNED),
    ],
)
def test_a_limit_far_through_the_market_is_refused_on_both_sides(
    natural: str, limit: str, verdict: Verdict
) -> None:
    """Two cents from the middle to the far side; ten per cent of the middle is allowed."""
    middle = USD(natural) - USD("0.02")
    prices = {"natural": USD(natural), "midpoint": middle}
    check = judged(prices | at_limit(limit), {"price_pct": 10.0})["price"]
    assert check.verdict is verdict


@pytest.mark.parametrize(
    ("limit", "verdict"),
    [("5.00", Verdict.PASSED), ("5.26", Verdict.PASSED), ("5.27", Verdict.REFUSED)],
)
def test_a_wide_market_lets_no_limit_further_through_it(limit: str, verdict: Verdict) -> None:
    """0.10 to 5.00: 2.55 in the middle, of which ten per cent are 0.26."""
    prices = {"natural": USD("5.00"), "midpoint": USD("2.55")}
    assert judged(prices | at_limit(limit), {"price_pct": 10.0})["price"].verdict is verdict


def test_the_same_order_asks_again_and_after_the_card_was_made_is_refused() -> None:
    before = judged(activity=Activity(same_before=(NOW - timedelta(seconds=20),)))["same order"]
    assert before.verdict is Verdict.WARNED
    assert before.sentence.startswith("You sent the very same order 20 seconds ago.")
    long_ago = judged(activity=Activity(same_before=(NOW - timedelta(seconds=60),)))["same order"]
    assert long_ago.verdict is Verdict.PASSED
    since = judged(activity=Activity(same_since=(NOW,)))["same order"]
    assert since.verdict is Verdict.REFUSED


def test_a_closed_market_lets_a_limit_wait_and_refuses_a_market_order() -> None:
    closed = {"market_open": False}
    assert judged(closed)["market hours"].verdict is Verdict.WARNED
    assert judged({**closed, **at_limit(None)})["market hours"].verdict is Verdict.REFUSED


def test_a_market_order_is_warned_of() -> None:
    assert judged(at_limit(None))["price"].verdict is Verdict.WARNED


def test_a_limit_that_will_hardly_be_met_is_warned_of() -> None:
    assert judged(at_limit("-0.50"))["price"].verdict is Verdict.WARNED


def test_what_only_closes_is_free_of_the_bounds_on_new_risk() -> None:
    found = judged({"is_opening": False, "drawdown_pct": 40.0, "max_loss": None})
    always = ["price", "age of the quote", "same order", "market hours", "naked calls"]
    assert list(found) == always
    assert {check.verdict for check in found.values()} == {Verdict.PASSED}


@pytest.mark.parametrize(
    ("name", "before", "after", "wider"),
    [
        ("limit_order_usd", 25000.0, 30000.0, True),
        ("limit_order_usd", 25000.0, 20000.0, False),
        ("limit_repeat_seconds", 60.0, 30.0, True),
        ("limit_repeat_seconds", 60.0, 90.0, False),
        ("limit_symbols", ["KO"], ["KO", "PEP"], True),
        ("limit_symbols", ["KO"], [], True),
        ("limit_symbols", ["KO", "PEP"], ["KO"], False),
        ("limit_symbols", [], ["KO"], False),
        ("limit_drawdown_pct", 15.0, "lots", True),
        ("scan_dte", [20, 50], [1, 90], False),
    ],
)
def test_what_lets_more_through_widens(name: str, before: Any, after: Any, *, wider: bool) -> None:
    assert widens(name, before, after) is wider


def test_every_limit_that_can_be_set_knows_which_way_is_wider() -> None:
    assert {name for name in Settings.model_fields if name.startswith("limit_")} == NAMES


@given(
    committed=st.decimals(min_value=0, max_value=10**7, places=2),
    bound=st.decimals(min_value=1, max_value=10**7, places=2),
)
def test_the_verdict_is_the_sign_of_the_margin(committed: Decimal, bound: Decimal) -> None:
    check = judged({"committed": committed}, {"order_usd": bound})["order size"]
    assert check.margin is not None
    assert (check.verdict is Verdict.PASSED) is (check.margin >= 0)
