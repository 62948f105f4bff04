"""Hand-worked histories of cash and shares, to the cent, as the dashboard tells them."""

from __future__ import annotations

from tests.imported.support import Desk, usd


def test_1_deposits_a_withdrawal_interest_and_a_fee() -> None:
    """Cash 10,000 - 2,500 + 12.34 - 5.67 - 5.00 = 7,501.67; put in 7,500.00; the rest is profit:
    12.34 received - 5.67 paid - 5.00 charged = 1.67."""
    desk = Desk("""
2026-01-05,deposit,,,,,10000.00,
2026-02-02,withdrawal,,,,,-2500.00,
2026-02-27,interest,,,,,12.34,credit interest
2026-03-31,interest,,,,,-5.67,margin interest
2026-04-01,fee,,,,,-5.00,subscription
""")
    now = desk.snapshot()
    assert (now.cash, now.equity, now.deposits) == (usd("7501.67"), usd("7501.67"), usd("7500.00"))
    summary = desk.found("dashboard", "get_summary")
    assert (summary.interest, summary.total_profit) == (usd("1.67"), usd("1.67"))
    profit = desk.found("dashboard", "get_profit_loss")
    assert (profit.interest, profit.booked, profit.total) == (usd("1.67"),) * 3
    assert profit.unrealized_change == 0
    march = desk.found(
        "dashboard", "get_profit_loss", start_date="2026-03-01", end_date="2026-03-31"
    )
    assert (march.interest, march.total) == (usd("-5.67"), usd("-5.67"))


def test_2_shares_that_are_held_stand_at_the_market() -> None:
    """Paid 100 x 60 + 1 = 6,001; worth 6,500: + 499. Equity 10,000 - 6,001 + 6,500 = 10,499."""
    desk = Desk(
        """
2026-01-05,deposit,,,,,10000.00,
2026-01-06,buy,KO,100,60.00,1.00,-6001.00,
""",
        {"KO": {"2026-01-05": "60", "2026-06-01": "65"}},
    )
    balance = desk.found("dashboard", "get_balance")
    assert (balance.cash, balance.positions_value) == (usd("3999.00"), usd("6500.00"))
    assert (balance.equity, balance.buying_power) == (usd("10499.00"), usd("3999.00"))
    assert balance.day_change == 0
    summary = desk.found("dashboard", "get_summary")
    assert (summary.unrealized, summary.total_profit) == (usd("499.00"), usd("499.00"))
    assert summary.counts.stocks == 1
    assert desk.snapshot().realized == 0


def test_3_partial_fills_are_sold_first_in_first_out_with_their_fees() -> None:
    """Bought 30 at 10 (300.30), 50 at 11 (550.50), 20 at 12 (240.30); sold 60 at 13 for 779.40.

    30 of the first: 389.70 - 300.30 = 89.40, fees 0.30 + 0.30. 30 of the second: 389.70 - 330.30
    = 59.40, fees 0.50 x 30 / 50 + 0.30. Left: 20 that cost 220.20 and 20 that cost 240.30, worth
    40 x 12.50.
    """
    desk = Desk(
        """
2026-01-05,deposit,,,,,2000.00,
2026-01-06,buy,KO,30,10.00,0.30,-300.30,
2026-01-06,buy,KO,50,11.00,0.50,-550.50,
2026-01-06,buy,KO,20,12.00,0.30,-240.30,
2026-01-20,sell,KO,-60,13.00,0.60,779.40,
""",
        {"KO": {"2026-01-05": "10", "2026-01-20": "13", "2026-06-01": "12.50"}},
    )
    history = desk.found("dashboard", "get_trade_history")
    assert [row.realized for row in reversed(history.rows)] == [usd("89.40"), usd("59.40")]
    assert [row.fees for row in reversed(history.rows)] == [usd("0.60"), usd("0.60")]
    assert history.total_realized == usd("148.80")
    now = desk.snapshot()
    assert now.positions_value == usd("500.00")
    assert now.unrealized == usd("500.00") - usd("460.50")
    assert now.cash == usd("1688.30")


def test_4_what_does_not_divide_is_given_to_the_last_cent() -> None:
    """Three shares for 100.00 cost 33.33, 33.34 and 33.33; each sold for 34.00: 2.00 in all."""
    desk = Desk("""
2026-01-05,deposit,,,,,100.00,
2026-01-06,buy,KO,3,33.3333,0,-100.00,
2026-01-07,sell,KO,-1,34.00,0,34.00,
2026-01-08,sell,KO,-1,34.00,0,34.00,
2026-01-09,sell,KO,-1,34.00,0,34.00,
""")
    assert [row[3] for row in desk.trades()] == [usd("0.67"), usd("0.66"), usd("0.67")]
    assert desk.snapshot().equity == usd("102.00")


def test_5_shares_sold_short_owe_dividends_and_interest() -> None:
    """Sold 100 at 40 for 3,999.00, bought back at 35 for 3,501.00: 498.00. It owed 25.00 and 3.10:
    469.90 in all."""
    desk = Desk("""
2026-01-05,deposit,,,,,10000.00,
2026-02-02,sell short,KO,-100,40.00,1.00,3999.00,
2026-03-16,dividend,KO,,,,-25.00,owed on the short
2026-03-31,interest,,,,,-3.10,borrowing fee
2026-04-01,buy to close,KO,100,35.00,1.00,-3501.00,
""")
    assert desk.trades() == [("KO", "stock", "trade", usd("498.00"))]
    summary = desk.found("dashboard", "get_summary")
    assert (summary.dividends, summary.interest) == (usd("-25.00"), usd("-3.10"))
    assert summary.total_profit == usd("469.90")
    assert desk.snapshot().cash == usd("10469.90")


def test_6_an_open_short_loses_when_the_price_rises_and_ties_up_half_again() -> None:
    """50 sold at 40 for 2,000.00; at 42 they are worth -2,100: - 100. Tied up 2,100 x 1.5."""
    desk = Desk(
        """
2026-01-05,deposit,,,,,10000.00,
2026-02-02,sell short,KO,-50,40.00,0,2000.00,
""",
        {"KO": {"2026-01-05": "40", "2026-06-01": "42"}},
    )
    now = desk.snapshot()
    assert (now.positions_value, now.unrealized) == (usd("-2100.00"), usd("-100.00"))
    assert (now.equity, now.collateral) == (usd("9900.00"), usd("3150.00"))
    assert now.buying_power == usd("12000.00") - usd("3150.00")


def test_7_one_sale_closes_a_long_and_opens_a_short() -> None:
    """50 at 10 cost 500.00. 80 sold at 12 for 959.20: 5/8 of it, 599.50, closes: + 99.50. The other
    30 brought 359.70; at 11 they would cost 330.00: + 29.70."""
    desk = Desk(
        """
2026-01-05,deposit,,,,,1000.00,
2026-01-06,trade,KO,50,10.00,0,-500.00,
2026-02-02,trade,KO,-80,12.00,0.80,959.20,
""",
        {"KO": {"2026-01-05": "10", "2026-06-01": "11"}},
    )
    assert desk.trades() == [("KO", "stock", "trade", usd("99.50"))]
    now = desk.snapshot()
    assert (now.unrealized, now.equity) == (usd("29.70"), usd("1129.20"))


def test_8_round_trips_within_a_day() -> None:
    """Bought at 20.00, sold at 20.50: + 50.00; bought at 20.40, sold at 20.10: - 30.00; each order
    costs 0.10, so 49.80 - 30.20 = 19.60."""
    desk = Desk("""
2026-01-05,deposit,,,,,5000.00,
2026-01-06T10:00:00-05:00,buy,KO,100,20.00,0.10,-2000.10,
2026-01-06T10:30:00-05:00,sell,KO,-100,20.50,0.10,2049.90,
2026-01-06T14:00:00-05:00,buy,KO,100,20.40,0.10,-2040.10,
2026-01-06T15:00:00-05:00,sell,KO,-100,20.10,0.10,2009.90,
""")
    history = desk.found("dashboard", "get_trade_history")
    assert [row.realized for row in reversed(history.rows)] == [usd("49.80"), usd("-30.20")]
    assert (history.wins, history.losses, history.total_realized) == (1, 1, usd("19.60"))
    assert history.rows[0].days_held == 0
    assert desk.groups("symbol") == {"KO": (2, 1, usd("19.60"))}


def test_9_a_reinvested_dividend_is_income_and_a_fraction_of_a_share() -> None:
    """51.00 came and bought 0.7286 at 70.00. 0.7286 sold at 72 for 52.46 are of the first lot:
    6,900 x 0.007286 = 50.27: + 2.19. Left: 99.2714 that cost 6,849.73 and 0.7286 for 51.00, worth
    100 x 72 = 7,200.00: 7,147.54 + 52.46."""
    desk = Desk(
        """
2026-01-05,deposit,,,,,7000.00,
2026-01-06,buy,KO,100,69.00,0,-6900.00,
2026-04-01,dividend,KO,,,,51.00,
2026-04-01,buy,KO,0.7286,70.00,0,-51.00,reinvested
2026-05-01,sell,KO,-0.7286,72.00,0,52.46,
""",
        {"KO": {"2026-01-05": "69", "2026-04-01": "70", "2026-05-01": "72"}},
    )
    assert desk.trades() == [("KO", "stock", "trade", usd("2.19"))]
    now = desk.snapshot()
    assert (now.dividends, now.positions_value) == (usd("51.00"), usd("7200.00"))
    assert now.unrealized == usd("7200.00") - usd("6849.73") - usd("51.00")
    assert now.equity == usd("100.00") + usd("52.46") + usd("7200.00")
    (position,) = desk.found("positions", "fetch_active").rows
    assert position.quantity == usd("100")


def test_10_tax_withheld_lowers_the_dividend() -> None:
    """8.50 less 15 % (1.28) is 7.22 of dividends."""
    desk = Desk("""
2026-01-05,deposit,,,,,100.00,
2026-03-02,dividend,BP,,,,8.50,
2026-03-02,dividend,BP,,,,-1.28,tax withheld
""")
    profit = desk.found("dashboard", "get_profit_loss", symbols="BP")
    assert (profit.dividends, profit.booked) == (usd("7.22"), usd("7.22"))
    assert desk.snapshot().equity == usd("107.22")


def test_11_shares_come_and_go_at_their_cost_which_is_no_profit() -> None:
    """100 came that had cost 55: 5,500 put in. 60 sold at 60: + 300. The other 40 left with their
    2,200 of cost: 3,300 stay put in, 3,600 are there."""
    desk = Desk("""
2026-01-05,transfer,KO,100,55.00,,,from another broker
2026-02-02,sell,KO,-60,60.00,0,3600.00,
2026-03-02,transfer,KO,-40,,,,to another broker
""")
    now = desk.snapshot()
    assert (now.deposits, now.realized, now.equity) == (usd("3300.00"), usd("300"), usd("3600.00"))
    assert desk.problems == ()
