"""Hand-worked histories of options: expiries, assignments, exercises, rolls and spreads, to the
cent, with the names that strategies go by. A contract costs 0.65 to trade."""

from __future__ import annotations

import pytest

from tests.imported.support import Desk, usd

FUNDED = "2026-01-02,deposit,,,,,10000.00,\n"


def test_12_a_secured_put_expires() -> None:
    """120.00 less 0.65 is kept: 119.35."""
    desk = Desk(
        FUNDED
        + """
2026-01-05,sell to open,KO260116P00070000,-1,1.20,0.65,119.35,
2026-01-16,expiration,KO260116P00070000,1,,,,
"""
    )
    assert desk.trades() == [("KO 70 put", "csp", "expired", usd("119.35"))]
    assert desk.snapshot().equity == usd("10119.35")
    (row,) = desk.found("dashboard", "get_trade_history").rows
    assert (row.quantity, row.open_price, row.close_price) == (usd("-1"), usd("1.20"), usd("0"))
    assert (row.days_held, row.fees) == (11, usd("0.65"))


def test_13_the_wheel_over_two_cycles() -> None:
    """Put 119.35, assigned at 70; dividend 48.50; calls 99.35 (expired) and 89.35 (called away at
    72: + 200.00); put 104.35, assigned at 68, which now is 66: - 200.00.

    Realised 119.35 + 99.35 + 89.35 + 200.00 + 104.35 = 612.40. Equity 10,000 + 612.40 + 48.50 -
    200.00 = 10,460.90, of which 6,600.00 are shares.
    """
    desk = Desk(
        FUNDED
        + """
2026-01-05,sell,KO260116P00070000,-1,1.20,0.65,119.35,
2026-01-16,assignment,KO260116P00070000,1,,,-7000.00,
2026-01-20,sell,KO260220C00072000,-1,1.00,0.65,99.35,
2026-02-20,expiration,KO260220C00072000,1,,,,
2026-03-02,dividend,KO,,,,48.50,
2026-03-03,sell,KO260320C00072000,-1,0.90,0.65,89.35,
2026-03-20,assignment,KO260320C00072000,1,,,7200.00,
2026-04-06,sell,KO260417P00068000,-1,1.05,0.65,104.35,
2026-04-17,assignment,KO260417P00068000,1,,,-6800.00,
""",
        {"KO": {"2026-01-02": "71", "2026-04-17": "66"}},
    )
    assert desk.trades() == [
        ("KO 70 put", "csp", "assigned", usd("119.35")),
        ("KO 72 call", "covered_call", "expired", usd("99.35")),
        ("KO 72 call", "covered_call", "assigned", usd("89.35")),
        ("KO", "wheel", "assigned", usd("200.00")),
        ("KO 68 put", "csp", "assigned", usd("104.35")),
    ]
    assert desk.groups("strategy") == {
        "Cash-secured put": (2, 2, usd("223.70")),
        "Wheel": (1, 1, usd("200.00")),
        "Covered call": (2, 2, usd("188.70")),
    }
    assert desk.groups("symbol") == {"KO": (5, 5, usd("612.40"))}
    summary = desk.found("dashboard", "get_summary")
    assert summary.realized.total == usd("612.40")
    assert (summary.dividends, summary.unrealized) == (usd("48.50"), usd("-200.00"))
    assert summary.total_profit == usd("460.90")
    assert desk.snapshot().positions_value == usd("6600.00")
    first_quarter = desk.found(
        "dashboard", "get_profit_loss", start_date="2026-01-01", end_date="2026-03-31"
    )
    assert (first_quarter.realized, first_quarter.booked) == (usd("508.05"), usd("556.55"))
    assert (first_quarter.total, first_quarter.unrealized_change) == (usd("556.55"), usd("0"))
    (position,) = desk.found("positions", "fetch_active").rows
    assert (position.strategy, position.average_price) == ("wheel", usd("68.00"))


def test_14_a_put_is_rolled_down_and_out() -> None:
    """99.35 came, 180.65 went to close it on the day on which 229.35 came for the next: - 81.30 and
    + 229.35 are 148.05."""
    desk = Desk(
        FUNDED
        + """
2026-01-05,sell,KO260116P00050000,-1,1.00,0.65,99.35,
2026-01-14,buy,KO260116P00050000,1,1.80,0.65,-180.65,
2026-01-14,sell,KO260220P00048000,-1,2.30,0.65,229.35,
2026-02-20,expiration,KO260220P00048000,1,,,,
"""
    )
    assert desk.trades() == [
        ("KO 50 put", "csp", "rolled", usd("-81.30")),
        ("KO 48 put", "csp", "expired", usd("229.35")),
    ]
    rolled = desk.found("dashboard", "get_trade_history", reason="rolled")
    assert (rolled.count, rolled.total_realized) == (1, usd("-81.30"))
    assert desk.groups("strategy") == {"Cash-secured put": (2, 1, usd("148.05"))}


def test_15_a_put_spread_expires() -> None:
    """149.35 came, 60.65 went: 88.70 stay, one winner and one loser of one strategy."""
    desk = Desk(
        FUNDED
        + """
2026-01-05,sell,KO260116P00050000,-1,1.50,0.65,149.35,
2026-01-05,buy,KO260116P00045000,1,0.60,0.65,-60.65,
2026-01-16,expiration,KO260116P00050000,1,,,,
2026-01-16,expiration,KO260116P00045000,-1,,,,
"""
    )
    assert desk.groups("strategy") == {"Vertical": (2, 1, usd("88.70"))}
    history = desk.found("dashboard", "get_trade_history", strategy="vertical")
    assert (history.average_win, history.average_loss) == (usd("149.35"), usd("-60.65"))
    assert history.profit_factor == pytest.approx(149.35 / 60.65)


def test_16_a_put_spread_ends_in_the_money_and_costs_its_width() -> None:
    """88.70 came at first; shares bought at 50 go at 45: - 500.00. Together - 411.30."""
    desk = Desk(
        FUNDED
        + """
2026-01-05,sell,KO260116P00050000,-1,1.50,0.65,149.35,
2026-01-05,buy,KO260116P00045000,1,0.60,0.65,-60.65,
2026-01-16,assignment,KO260116P00050000,1,,,-5000.00,
2026-01-16,exercise,KO260116P00045000,-1,,,4500.00,
"""
    )
    assert desk.trades() == [
        ("KO 50 put", "vertical", "assigned", usd("149.35")),
        ("KO 45 put", "vertical", "exercised", usd("-60.65")),
        ("KO", "stock", "exercised", usd("-500.00")),
    ]
    now = desk.snapshot()
    assert (now.realized, now.cash) == (usd("-411.30"), usd("9588.70"))


def test_17_a_call_calendar() -> None:
    """Near 199.35 expires; far cost 350.65 and brings 274.35: - 76.30. Together 123.05."""
    desk = Desk(
        FUNDED
        + """
2026-01-05,sell,PEP260116C00145000,-1,2.00,0.65,199.35,
2026-01-05,buy,PEP260220C00145000,1,3.50,0.65,-350.65,
2026-01-16,expiration,PEP260116C00145000,1,,,,
2026-01-20,sell,PEP260220C00145000,-1,2.75,0.65,274.35,
"""
    )
    assert desk.groups("strategy") == {"Call calendar": (2, 1, usd("123.05"))}
    assert desk.snapshot().equity == usd("10123.05")


def test_18_a_long_call_is_exercised_and_the_shares_sold() -> None:
    """The call cost 200.65; shares come at 60 and go at 65: 500.00 - 200.65 = 299.35."""
    desk = Desk(
        FUNDED
        + """
2026-01-05,buy,KO260116C00060000,1,2.00,0.65,-200.65,
2026-01-16,exercise,KO260116C00060000,-1,,,-6000.00,
2026-01-20,sell,KO,-100,65.00,0,6500.00,
"""
    )
    assert desk.trades() == [
        ("KO 60 call", "long_call", "exercised", usd("-200.65")),
        ("KO", "stock", "trade", usd("500.00")),
    ]
    assert desk.snapshot().equity == usd("10299.35")


def test_19_a_protective_put_sells_the_shares() -> None:
    """Shares at 50, put 100.65, sold by it at 48: - 200.00 - 100.65 = - 300.65."""
    desk = Desk(
        FUNDED
        + """
2026-01-05,buy,KO,100,50.00,0,-5000.00,
2026-01-06,buy,KO260220P00048000,1,1.00,0.65,-100.65,
2026-02-20,exercise,KO260220P00048000,-1,,,4800.00,
"""
    )
    assert desk.trades() == [
        ("KO 48 put", "protective_put", "exercised", usd("-100.65")),
        ("KO", "stock", "exercised", usd("-200.00")),
    ]
    assert desk.snapshot().equity == usd("9699.35")


def test_20_a_naked_call_is_assigned_and_the_short_bought_back() -> None:
    """99.35 came; 100 sold at 30 without having any, bought at 33: - 300.00. Together - 200.65."""
    desk = Desk(
        FUNDED
        + """
2026-01-05,sell,KO260116C00030000,-1,1.00,0.65,99.35,
2026-01-16,assignment,KO260116C00030000,1,,,3000.00,
2026-01-20,buy,KO,100,33.00,0,-3300.00,
"""
    )
    assert desk.trades() == [
        ("KO 30 call", "naked_call", "assigned", usd("99.35")),
        ("KO", "stock", "trade", usd("-300.00")),
    ]
    assert desk.snapshot().realized == usd("-200.65")


def test_21_one_of_three_puts_is_assigned() -> None:
    """240.00 less 1.95 is 238.05, 79.35 each; two expire with 158.70, one with its shares."""
    desk = Desk(
        FUNDED
        + """
2026-01-05,sell,F260116P00012000,-3,0.80,1.95,238.05,
2026-01-16,assignment,F260116P00012000,1,,,-1200.00,
2026-01-16,expiration,F260116P00012000,2,,,,
""",
        {"F": {"2026-01-02": "12", "2026-01-16": "11.50"}},
    )
    assert desk.trades() == [
        ("F 12 put", "csp", "assigned", usd("79.35")),
        ("F 12 put", "csp", "expired", usd("158.70")),
    ]
    assert desk.snapshot().unrealized == usd("-50.00")


def test_22_closing_costs_commission_and_may_cost_the_profit() -> None:
    """Sold at 0.05 for 4.35. Back at 0.03 costs 3.65: + 0.70. Another, back at 0.05, 5.65: - 1.30.
    Fees of the two 2.60."""
    desk = Desk(
        FUNDED
        + """
2026-01-05,sell,KO260116P00060000,-1,0.05,0.65,4.35,
2026-01-06,buy,KO260116P00060000,1,0.03,0.65,-3.65,
2026-01-07,sell,KO260116P00060000,-1,0.05,0.65,4.35,
2026-01-08,buy,KO260116P00060000,1,0.05,0.65,-5.65,
"""
    )
    history = desk.found("dashboard", "get_trade_history")
    assert [row.realized for row in history.rows] == [usd("-1.30"), usd("0.70")]
    assert (history.fees, history.win_rate_pct) == (usd("2.60"), 50.0)


def test_23_puts_sold_in_two_fills_and_bought_back_in_two() -> None:
    """2 at 0.50 (98.70) and 3 at 0.60 (178.05). 4 back at 0.20 for 82.60: 2 for 41.30 (+ 57.40), 2
    of the second for 41.30 against 118.70 (+ 77.40). The last at 0.10 for 10.65 against 59.35:
    + 48.70."""
    desk = Desk(
        FUNDED
        + """
2026-01-05,sell,F260116P00012000,-2,0.50,1.30,98.70,
2026-01-06,sell,F260116P00012000,-3,0.60,1.95,178.05,
2026-01-12,buy,F260116P00012000,4,0.20,2.60,-82.60,
2026-01-13,buy,F260116P00012000,1,0.10,0.65,-10.65,
"""
    )
    assert [row[3] for row in desk.trades()] == [usd("57.40"), usd("77.40"), usd("48.70")]
    assert desk.snapshot().realized == usd("183.50")


def test_24_an_iron_condor_is_closed_on_one_side() -> None:
    """109.35 - 50.65 + 99.35 - 45.65 came. The puts are closed for - 260.65 + 139.35, the calls
    expire: - 151.30 + 88.70 + 99.35 - 45.65 = - 8.90."""
    desk = Desk(
        FUNDED
        + """
2026-01-05,sell,JPM260116P00090000,-1,1.10,0.65,109.35,
2026-01-05,buy,JPM260116P00085000,1,0.50,0.65,-50.65,
2026-01-05,sell,JPM260116C00110000,-1,1.00,0.65,99.35,
2026-01-05,buy,JPM260116C00115000,1,0.45,0.65,-45.65,
2026-01-13,buy,JPM260116P00090000,1,2.60,0.65,-260.65,
2026-01-13,sell,JPM260116P00085000,-1,1.40,0.65,139.35,
2026-01-16,expiration,JPM260116C00110000,1,,,,
2026-01-16,expiration,JPM260116C00115000,-1,,,,
"""
    )
    assert desk.groups("strategy") == {"Iron condor": (4, 2, usd("-8.90"))}
    assert {row[2] for row in desk.trades()} == {"trade", "expired"}


def test_25_a_long_strangle_of_which_one_side_pays() -> None:
    """The put cost 80.65 and expires; the call cost 70.65 and is sold for 299.35: 148.05."""
    desk = Desk(
        FUNDED
        + """
2026-01-05,buy,AMD260116P00090000,1,0.80,0.65,-80.65,
2026-01-05,buy,AMD260116C00110000,1,0.70,0.65,-70.65,
2026-01-15,sell,AMD260116C00110000,-1,3.00,0.65,299.35,
2026-01-16,expiration,AMD260116P00090000,-1,,,,
"""
    )
    assert desk.groups("strategy") == {"Strangle": (2, 1, usd("148.05"))}


def test_26_an_index_put_is_settled_in_cash() -> None:
    """899.35 came, 12.50 a share are settled: 899.35 - 1,250.00 = - 350.65, and no shares."""
    desk = Desk(
        FUNDED
        + """
2026-01-05,sell,SPX260116P06000000,-1,9.00,0.65,899.35,
2026-01-16,assignment,SPX260116P06000000,1,12.50,,-1250.00,
"""
    )
    assert desk.trades() == [("SPX 6000 put", "csp", "assigned", usd("-350.65"))]
    now = desk.snapshot()
    assert (now.cash, now.positions_value) == (usd("9649.35"), usd("0"))


def test_27_shares_of_an_assignment_in_a_row_of_their_own() -> None:
    """As brokers export it: the option's row moves no cash, the shares are bought at the strike."""
    desk = Desk(
        FUNDED
        + """
2026-01-05,sell,KO260116P00070000,-1,1.20,0.65,119.35,
2026-01-16,buy,KO,100,70.00,0,-7000.00,1 KO option assigned
2026-01-16,assignment,KO260116P00070000,1,,,,
2026-02-20,sell,KO260220C00072000,-1,0.80,0.65,79.35,
2026-02-20,assignment,KO260220C00072000,1,,,,
2026-02-23,sell,KO,-100,72.00,0,7200.00,1 KO option assigned
""",
    )
    assert desk.trades() == [
        ("KO 70 put", "csp", "assigned", usd("119.35")),
        ("KO 72 call", "covered_call", "assigned", usd("79.35")),
        ("KO", "wheel", "assigned", usd("200.00")),
    ]
    assert desk.problems == ()


def test_28_what_is_open_is_marked_at_the_middle_and_tied_up_by_its_strike() -> None:
    """A put sold for 119.35 stands at - 0.80 x 100: + 39.35. 7,000 of 10,119.35 are tied up."""
    desk = Desk(
        FUNDED + "2026-06-22,sell,KO260717P00070000,-1,1.20,0.65,119.35,\n",
        {"KO": {"2026-01-02": "71"}},
        {"KO260717P00070000": "0.80"},
    )
    now = desk.snapshot()
    assert (now.positions_value, now.unrealized) == (usd("-80.00"), usd("39.35"))
    assert (now.collateral, now.buying_power) == (usd("7000.00"), usd("3119.35"))
    summary = desk.found("dashboard", "get_summary")
    assert (summary.counts.short_puts, summary.total_profit) == (1, usd("39.35"))


def test_29_a_rolled_leg_keeps_the_name_of_its_spread() -> None:
    """The spread's short put is moved from 50 to 48: 149.35 - 220.65 = - 71.30 rolled; the new one
    brought 159.35; the long cost 60.65; all else expires. Together 27.40."""
    desk = Desk(
        FUNDED
        + """
2026-01-05,sell,KO260116P00050000,-1,1.50,0.65,149.35,
2026-01-05,buy,KO260116P00045000,1,0.60,0.65,-60.65,
2026-01-12,buy,KO260116P00050000,1,2.20,0.65,-220.65,
2026-01-12,sell,KO260116P00048000,-1,1.60,0.65,159.35,
2026-01-16,expiration,KO260116P00048000,1,,,,
2026-01-16,expiration,KO260116P00045000,-1,,,,
"""
    )
    assert desk.groups("strategy") == {"Vertical": (3, 1, usd("27.40"))}
    assert desk.trades()[0] == ("KO 50 put", "vertical", "rolled", usd("-71.30"))
