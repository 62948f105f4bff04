"""What the rows do not explain is named, shows no profit, and leaves the other figures right."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from tests.imported.support import Desk, usd


def test_36_shares_that_came_without_a_price_are_left_out_until_they_are_sold() -> None:
    """100 came for nothing that is stated; 60 sold at 60 count as 3,600 brought in: no profit. The
    other rows stand: a dividend of 10.00."""
    desk = Desk("""
2026-01-05,transfer,KO,100,,,,from another broker
2026-02-02,sell to close,KO,-60,60.00,0,3600.00,
2026-03-02,dividend,KO,,,,10.00,
""")
    now = desk.snapshot()
    assert (now.deposits, now.realized, now.equity) == (usd("3600.00"), usd("0"), usd("3610.00"))
    assert [text.split(":")[0] for text in desk.problems] == [
        "100 KO came without a price",
        "60 KO sold that no row before had bought",
    ]


def test_37_a_put_bought_back_whose_sale_is_missing_shows_no_loss() -> None:
    """50.65 went for an obligation that came from before: 10,000 - 50.65 were put in."""
    desk = Desk("""
2026-01-02,deposit,,,,,10000.00,
2026-01-05,buy to close,KO260116P00070000,1,0.50,0.65,-50.65,
""")
    now = desk.snapshot()
    assert (now.deposits, now.realized, now.equity) == (usd("9949.35"), usd("0"), usd("9949.35"))
    assert "KO 70 put 16 Jan 2026 bought back that no row before had sold" in desk.problems[0]
    assert isinstance(desk.ask("dashboard", "get_trade_history"), Absent)


def test_38_more_sold_than_held_closes_what_is_there() -> None:
    """10 at 50 (500) are there; 30 sold at 60 for 1,800: ten bring 600.00: + 100.00, twenty are
    1,200 brought in."""
    desk = Desk("""
2026-01-02,deposit,,,,,1000.00,
2026-01-05,buy,KO,10,50.00,0,-500.00,
2026-01-06,sell to close,KO,-30,60.00,0,1800.00,
""")
    now = desk.snapshot()
    assert (now.realized, now.deposits) == (usd("100.00"), usd("2200.00"))
    assert len(desk.problems) == 1


def test_an_option_that_ended_without_having_been_opened_is_named() -> None:
    desk = Desk(
        """
2026-01-02,deposit,,,,,10000.00,
2026-01-16,expiration,KO260116P00070000,2,,,,
2026-01-16,assignment,PEP260116P00100000,1,,,-10000.00,
""",
        {"PEP": {"2026-01-02": "99"}},
    )
    assert len(desk.problems) == 2
    assert "2 more KO 70 put 16 Jan 2026 ended (expiration) than were held" in desk.problems[0]
    assert desk.snapshot().unrealized == usd("-100.00")


def test_shares_of_an_assignment_that_never_came_are_named() -> None:
    desk = Desk("""
2026-01-02,deposit,,,,,10000.00,
2026-01-05,sell,KO260116P00070000,-1,1.20,0.65,119.35,
2026-01-16,assignment,KO260116P00070000,1,,,,
""")
    assert desk.problems == (
        "The 100 shares of KO 70 put 16 Jan 2026 (assignment) were never booked.",
    )


def test_an_option_past_its_end_is_named_and_stands_at_what_it_cost() -> None:
    """119.35 were received for it, so it stands at - 119.35: neither gain nor loss."""
    desk = Desk("""
2026-01-02,deposit,,,,,10000.00,
2026-01-05,sell,KO260116P00070000,-1,1.20,0.65,119.35,
""")
    now = desk.snapshot()
    assert (now.positions_value, now.unrealized, now.equity) == (
        usd("-119.35"), usd("0"), usd("10000.00"),
    )  # fmt: skip
    assert "past its expiration" in desk.problems[0]
    outcome = desk.account.account()
    assert isinstance(outcome, Found)
    assert "KO    260116P00070000 stands at what it cost" in outcome.provenance.note
    summary = desk.found("dashboard", "get_summary")
    assert summary.unpriced == ("KO    260116P00070000",)
    assert summary.theta_per_day is None


def test_when_the_market_does_not_answer_there_is_no_balance() -> None:
    desk = Desk("2026-01-02,buy,KO,10,50.00,0,-500.00,\n")
    desk.market.quotes["KO"] = Failed(FailureKind.TIMEOUT, "No answer in 2 s.")
    outcome = desk.account.account()
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.TIMEOUT


@pytest.mark.parametrize(
    "query",
    [("dashboard", "get_balance"), ("dashboard", "get_summary"), ("performance", "get_metrics")],
)
def test_before_anything_was_imported_the_account_is_absent(query: tuple[str, str]) -> None:
    outcome = Desk(()).ask(*query)
    assert isinstance(outcome, Absent)
    assert "magnus import" in outcome.reason


def test_a_day_s_rows_may_stand_in_any_order() -> None:
    """Dates without times: the sale stands before the purchase that it closes."""
    desk = Desk("""
2026-01-02,sell to close,KO,-10,51.00,0,510.00,
2026-01-02,buy to open,KO,10,50.00,0,-500.00,
2026-01-02,deposit,,,,,1000.00,
""")
    assert desk.trades() == [("KO", "stock", "trade", usd("10.00"))]
    assert desk.problems == ()


def test_the_revision_moves_with_the_day() -> None:
    one = Desk("2026-01-02,deposit,,,,,1.00,\n", now=datetime(2026, 6, 1, 15, tzinfo=UTC))
    two = Desk("2026-01-02,deposit,,,,,1.00,\n", now=datetime(2026, 6, 2, 15, tzinfo=UTC))
    assert one.account.revision() != two.account.revision()
