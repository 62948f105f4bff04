"""Hand-worked splits, fractions paid in cash, and symbols that change."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connectors.vendors.files.history import read_history
from tests.imported.support import Desk, usd


def test_30_a_forward_split_and_the_call_on_it() -> None:
    """100 at 400 become 400 at 100; 200 sold at 110: + 2,000. The others at 105: + 1,000. The call
    at 420 that brought 799.35 becomes four at 105, bought back for 402.60: + 396.75."""
    desk = Desk(
        """
2026-01-02,deposit,,,,,50000.00,
2026-01-05,buy,NVDA,100,400.00,0,-40000.00,
2026-01-06,sell,NVDA260717C00420000,-1,8.00,0.65,799.35,
2026-03-02,split,NVDA,4:1,,,,
2026-03-09,buy,NVDA260717C00105000,4,1.00,2.60,-402.60,
2026-03-10,sell,NVDA,-200,110.00,0,22000.00,
""",
        {
            "NVDA": {
                "2026-01-02": "400",
                "2026-03-02": "100",
                "2026-03-10": "110",
                "2026-06-01": "105",
            }
        },
    )
    rows = desk.found("dashboard", "get_trade_history").rows
    stock, call = rows
    assert (stock.quantity, stock.open_price, stock.realized) == (200, 100, usd("2000.00"))
    assert (call.quantity, call.open_price, call.strike) == (-4, 2, 105)
    assert (call.realized, call.strategy) == (usd("396.75"), "covered_call")
    now = desk.snapshot()
    assert (now.positions_value, now.unrealized) == (usd("21000.00"), usd("1000.00"))
    assert desk.problems == ()


def test_31_a_reverse_split_whose_fraction_is_sold() -> None:
    """105 at 2.00 are 10.5 that cost 210.00; half a share (10.00) brings 9.80: - 0.20; ten at 19
    stand at - 10.00."""
    desk = Desk(
        """
2026-01-02,deposit,,,,,1000.00,
2026-01-05,buy,AMC,105,2.00,0,-210.00,
2026-03-02,split,AMC,1:10,,,,
2026-03-03,cash in lieu,AMC,0.5,,,9.80,
""",
        {"AMC": {"2026-01-02": "2", "2026-03-02": "19"}},
    )
    (row,) = desk.found("dashboard", "get_trade_history").rows
    assert (row.quantity, row.realized) == (Decimal("0.5"), usd("-0.20"))
    now = desk.snapshot()
    assert (now.positions_value, now.unrealized) == (usd("190.00"), usd("-10.00"))
    assert now.equity == usd("989.80")


def test_32_a_reverse_split_as_a_broker_writes_it_costs_the_same_in_the_end() -> None:
    """Two rows, the old shares under a number; the cash names no quantity, so that it lowers the
    cost: 210.00 - 9.80 = 200.20 for ten at 19: - 10.20."""
    history = read_history(b"""Date,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount
"03/03/2026","Cash In Lieu","AMC","AMC","","","","$9.80"
"03/02/2026","Reverse Split","AMC","AMC","10","","",""
"03/02/2026","Reverse Split","00165C104","AMC XXXREVERSE SPLIT","-105","","",""
"01/05/2026","Buy","AMC","AMC","105","$2.00","","-$210.00"
"01/02/2026","MoneyLink Transfer","","Tfr BANK","","","","$1,000.00"
""")
    assert history.problems == ()
    desk = Desk(
        tuple(row.movement for row in history.in_time),
        {"AMC": {"2026-01-02": "2", "2026-03-02": "19"}},
    )
    now = desk.snapshot()
    assert (now.realized, now.unrealized, now.equity) == (usd("0"), usd("-10.20"), usd("989.80"))
    assert desk.problems == ()


def test_33_a_split_as_the_shares_that_came() -> None:
    """30 more on 10 at 600 is four for one; 40 sold at 160: 6,400 - 6,000."""
    desk = Desk("""
2026-01-02,deposit,,,,,6000.00,
2026-01-05,buy,AAPL,10,600.00,0,-6000.00,
2026-03-02,split,AAPL,30,,,,
2026-03-03,sell,AAPL,-40,160.00,0,6400.00,
""")
    assert desk.trades() == [("AAPL", "stock", "trade", usd("400.00"))]


def test_34_a_symbol_changes_and_cost_and_days_stay() -> None:
    """10 at 300 under one name, sold at 320 under another: + 200.00 after 59 days. The put on it
    goes along."""
    desk = Desk("""
2026-01-02,deposit,,,,,10000.00,
2026-01-05,buy,FB,10,300.00,0,-3000.00,
2026-01-06,sell,FB260320P00250000,-1,2.00,0.65,199.35,
2026-02-02,exchange,FB,-10,,,,
2026-02-02,exchange,META,10,,,,
2026-02-02,exchange,FB260320P00250000,1,,,,
2026-02-02,exchange,META260320P00250000,-1,,,,
2026-03-05,sell,META,-10,320.00,0,3200.00,
2026-03-20,expiration,META260320P00250000,1,,,,
""")
    assert desk.trades() == [
        ("META", "stock", "trade", usd("200.00")),
        ("META 250 put", "csp", "expired", usd("199.35")),
    ]
    assert desk.found("dashboard", "get_trade_history").rows[1].days_held == 59
    assert desk.problems == ()


def test_35_an_option_that_a_split_makes_odd_is_named_and_left_as_it_was() -> None:
    desk = Desk(
        """
2026-01-02,deposit,,,,,10000.00,
2026-01-06,sell,GE260717P00010000,-1,1.00,0.65,99.35,
2026-03-02,split,GE,1:8,,,,
""",
        {"GE": {"2026-01-02": "12"}},
        {"GE260717P00010000": "0.50"},
    )
    (problem,) = desk.problems
    assert "GE 10 put 17 Jul 2026 no longer delivers 100 shares" in problem
    assert desk.snapshot().unrealized == usd("49.35")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2026-03-02,split,KO,4,,,,", "KO was split, but none of it is held."),
        ("2026-03-02,split,PEP,-10,,,,", "would leave nothing of 10 shares"),
        ("2026-03-02,exchange,PEP,-5,,,,", "5 PEP were exchanged, but nothing came for it."),
        ("2026-03-02,exchange,META,5,,,,", "5 META came in for nothing that was held."),
        ("2026-03-02,cash in lieu,KO,,,,1.25,", "fraction of KO, but none is held"),
    ],
)
def test_a_conversion_that_nothing_explains_is_named(row: str, said: str) -> None:
    desk = Desk(
        f"2026-01-02,deposit,,,,,1000.00,\n2026-01-05,buy,PEP,10,100.00,0,-1000.00,\n{row}\n",
        {"PEP": {"2026-01-02": "100"}},
    )
    (problem,) = desk.problems
    assert said in problem
    desk.snapshot()
