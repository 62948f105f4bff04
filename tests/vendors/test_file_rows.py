"""Rows of the brokers' exports that move holdings without a trade; columns that a person maps."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from connectors.vendors.files.history import columns_of, read_history
from connectors.vendors.files.movements import History
from connectors.vendors.files.sniffing import is_watchlist
from mfa.kernel.errors import InputError
from mfa.kernel.movements import Effect, Movement, MovementKind

ROBINHOOD = (
    "Activity Date,Process Date,Settle Date,Instrument,Description,Trans Code,Quantity,Price,Amount"
)
SCHWAB = "Date,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount"
FIDELITY = "Run Date,Action,Symbol,Quantity,Price ($),Commission ($),Fees ($),Amount ($)"
TASTYTRADE = (
    "Date,Type,Sub Type,Action,Symbol,Instrument Type,Description,Value,Quantity,Average Price,"
    "Commissions,Fees"
)
FLEX = (
    "AssetClass,Symbol,DateTime,Buy/Sell,Quantity,TradePrice,IBCommission,NetCash,Notes/Codes,"
    "Open/CloseIndicator"
)
TASTY_EXPIRED = (
    "2026-01-16T16:00:00-0500,Receive Deliver,Expiration,BUY_TO_CLOSE,KO    260116P00070000,"
    "Equity Option,Removal,0.00,1,0.00,--,0.00"
)
TASTY_SPLIT = (
    "2024-06-10T08:00:00-0400,Receive Deliver,Forward Split,SELL_TO_CLOSE,NVDA,Equity,"
    'Forward split,"12,000.00",10,,--,0.00'
)
TASTY_RENAMED = (
    "2021-03-31T12:46:00+0000,Receive Deliver,Symbol Change,BUY_TO_CLOSE,BFT   210416P00015000,"
    "Equity Option,Symbol change,-132,1,,--,0.00"
)
PLAIN = "date,kind,symbol,quantity,price,fees,amount,memo"


def read(*lines: str) -> History:
    return read_history(("\n".join(lines) + "\n").encode())


def only(*lines: str) -> Movement:
    history = read(*lines)
    assert history.problems == ()
    assert history.skipped == 0
    (row,) = history.rows
    return row.movement


@pytest.mark.parametrize(
    ("header", "line", "kind", "instrument", "quantity"),
    [
        (ROBINHOOD, "1/16/2026,,,KO,KO 1/16/2026 Put $70.00,OASGN,1,,", "assignment",
         "KO    260116P00070000", -1),
        (ROBINHOOD, "1/16/2026,,,KO,Option Expiration for KO 1/16/2026 Call $75.00,OEXP,1S,,",
         "expiration", "KO    260116C00075000", 1),
        (ROBINHOOD, "6/10/2024,,,NVDA,NVIDIA,SPL,9,,", "split", "NVDA", 9),
        (ROBINHOOD, "8/25/2025,,,AMC,AMC,SPR,105S,,", "split", "AMC", -105),
        (ROBINHOOD, "8/26/2025,,,AMC,AMC,CIL,,,$9.80", "cash_in_lieu", "AMC", 0),
        (ROBINHOOD, "1/9/2026,,,KO,Coca-Cola,ACATI,100,,", "transfer", "KO", 100),
        (SCHWAB, "01/16/2026,Expired,KO 01/16/2026 75.00 C,CALL,1,,,", "expiration",
         "KO    260116C00075000", 1),
        (SCHWAB, "06/10/2024,Stock Split,NVDA,NVIDIA,90,,,", "split", "NVDA", 90),
        (SCHWAB, "05/18/2026,Reverse Split,74346N701,XXXREVERSE SPLIT,-14684,,,", "split", "",
         -14684),
        (SCHWAB, "01/09/2026,Security Transfer,KO,COCA COLA,100,,,", "transfer", "KO", 100),
        (SCHWAB, "01/09/2026,Journal,,TO BANK,,,,-$50.00", "withdrawal", "", 0),
        (FIDELITY, "01/16/2026,EXPIRED PUT (KO) as of 01/16/2026, -KO260116P70,1,,,,0",
         "expiration", "KO    260116P00070000", 1),
        (FIDELITY, "01/16/2026,ASSIGNED as of 01/16/2026 PUT (KO), -KO260116P70,1,,,,0",
         "assignment", "KO    260116P00070000", 1),
        (FIDELITY, "06/10/2024,DISTRIBUTION NVIDIA (NVDA),NVDA,90,,,,", "split", "NVDA", 90),
        (FIDELITY, "05/19/2026,IN LIEU OF FRX SHARE AMC,AMC,,,,,9.8", "cash_in_lieu", "AMC", 0),
        (FIDELITY, "01/09/2026,TRANSFERRED FROM VS X1 COCA COLA,KO,100,,,,", "transfer", "KO", 100),
        (TASTYTRADE, TASTY_EXPIRED, "expiration", "KO    260116P00070000", 1),
        (TASTYTRADE, TASTY_SPLIT, "split", "NVDA", -10),
        (TASTYTRADE, TASTY_RENAMED, "exchange", "BFT   210416P00015000", 1),
        (FLEX, "OPT,KO    260116P00070000,20260116;162000,BUY,1,0,0,0,A,C", "assignment",
         "KO    260116P00070000", 1),
        (FLEX, "OPT,KO    260116C00075000,20260116;162000,BUY,1,0,0,0,Ep,C", "expiration",
         "KO    260116C00075000", 1),
        (PLAIN, "2024-06-10,split,NVDA,10:1,,,,", "split", "NVDA", 0),
    ],
)  # fmt: skip
def test_what_moves_holdings_without_a_trade(
    header: str, line: str, kind: str, instrument: str, quantity: int
) -> None:
    found = only(header, line)
    assert (found.kind.value, found.instrument) == (kind, instrument)
    if kind in {"split", "transfer", "exchange"}:
        assert found.quantity == quantity
    assert abs(found.quantity) == abs(quantity)


def test_words_say_what_opens_and_what_closes() -> None:
    rows = [
        only(ROBINHOOD, "1/5/2026,,,KO,KO 1/16/2026 Put $70.00,STO,1,$1.20,$119.95"),
        only(SCHWAB, "01/05/2026,Sell Short,KO,COCA COLA,100,$70.00,,$7000.00"),
        only(FIDELITY, "01/05/2026,YOU SOLD CLOSING TRANSACTION KO, -KO260116P70,-1,1.2,,,120"),
        only(FLEX, "OPT,KO    260116P00070000,20260105;100000,BUY,1,1,0,-100,,C"),
        only(PLAIN + ",effect", "2026-01-05,trade,KO,-1,70,,70,,close"),
    ]
    assert [row.effect for row in rows] == [
        Effect.OPEN, Effect.OPEN, Effect.CLOSE, Effect.CLOSE, Effect.CLOSE,
    ]  # fmt: skip


def test_shares_of_an_assignment_close_or_open_by_what_is_held() -> None:
    stock = only(FLEX, "STK,KO,20260116;162000,SELL,-100,75,0,7500,A,C")
    assert (stock.kind, stock.effect) == (MovementKind.TRADE, None)
    assert stock.quantity == -100


def test_a_split_of_the_plain_format_is_a_ratio() -> None:
    assert only(PLAIN, "2026-01-05,split,AMC,1:10,,,,").ratio == Fraction(1, 10)
    (problem,) = read(PLAIN, "2026-01-05,split,AMC,0:10,,,,").problems
    assert "is no split" in problem.reason


def test_cash_settled_is_settled_at_its_price() -> None:
    found = only(
        TASTYTRADE,
        "2026-01-16T16:00:00-0500,Receive Deliver,Cash Settled Assignment,BUY_TO_CLOSE,"
        'SPX   260116P06000000,Equity Option,Removal,"-1,250.00",1,,--,0.00',
    )
    assert [found.price, found.amount] == [Decimal("12.5"), -1250]


def test_cash_that_moves_to_its_fund_and_back_moves_nothing() -> None:
    history = read(
        FIDELITY,
        "01/05/2026,DIVIDEND RECEIVED FIDELITY GOVERNMENT (SPAXX),SPAXX,,,,,3.21",
        "01/05/2026,REINVESTMENT FIDELITY GOVERNMENT (SPAXX),SPAXX,3.21,1,,,-3.21",
    )
    assert [row.movement.amount for row in history.rows] == [Decimal("3.21")]
    assert (history.skipped, history.problems) == (1, ())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2026-01-16,assignment,KO260116P00070000,1,,,7000.00,", "-7000.00 is due"),
        ("2026-01-16,exercise,KO260116P00070000,-1,,,-7000.00,", "7000.00 is due"),
        ("2026-01-16,assignment,SPX260116P06000000,1,12.50,,-125.00,", "-1250.00 is due"),
        ("2026-01-05,buy,KO260116P00070000,1.5,1,,-150.00,", "whole numbers"),
        ("2026-01-05,trade,KO,1,1,,-1.00,,both", ""),
    ],
)
def test_a_row_whose_figures_contradict_each_other_is_a_problem(line: str, said: str) -> None:
    header = PLAIN + ",effect" if line.endswith("both") else PLAIN
    (problem,) = read(header, line).problems
    assert (said or "no effect") in problem.reason


def test_rows_are_put_into_the_order_of_time_whichever_way_a_file_runs() -> None:
    """Latest first: of one day's rows the last line came first. Earliest first: as they stand."""
    down = read(SCHWAB, "01/06/2026,Journal,,b,,,,$2.00", "01/05/2026,Journal,,y,,,,$1.00",
                "01/05/2026,Journal,,x,,,,$3.00")  # fmt: skip
    assert [row.movement.amount for row in down.in_time] == [3, 1, 2]
    up = read(PLAIN, "2026-01-05,deposit,,,,,1,", "2026-01-05,deposit,,,,,3,",
              "2026-01-06,deposit,,,,,2,")  # fmt: skip
    assert [row.movement.amount for row in up.in_time] == [1, 3, 2]


THEIRS = b"Trade Date,What,Ticker,Shares,Px,Net\n2026-01-05,buy,KO,10,70,-700\nbad,buy,KO,1,1,-1\n"
COLUMNS = {
    "Trade Date": "date", "What": "kind", "Ticker": "symbol", "Shares": "quantity", "px": "price",
    "Net": "amount",
}  # fmt: skip


def test_columns_that_a_person_maps_are_read_as_the_plain_format() -> None:
    assert columns_of(THEIRS) == ("Trade Date", "What", "Ticker", "Shares", "Px", "Net")
    history = read_history(THEIRS, columns=COLUMNS)
    (row,) = history.rows
    assert [row.movement.symbol, history.broker] == ["KO", "mapped"]
    assert row.movement.quantity == 10
    assert [problem.line for problem in history.problems] == [3]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"Trade Date": "date", "What": "kind"}, "No column is mapped to amount."),
        ({"Trade Date": "day"}, "There is no column 'day' to map to."),
        (COLUMNS | {"Nett": "fees"}, "The file has no column 'nett'."),
        (COLUMNS | {"Ticker": "amount"}, "mapped to the same of ours"),
    ],
)
def test_a_wrong_mapping_says_what_is_missing(columns: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=r".") as caught:
        read_history(THEIRS, columns=columns)
    assert said in str(caught.value)


def test_a_broker_that_is_named_is_the_only_one_tried() -> None:
    with pytest.raises(InputError, match="This is no export of Schwab"):
        read_history(THEIRS, broker="schwab")
    with pytest.raises(InputError, match="No broker is known as 'Acme'"):
        read_history(THEIRS, broker="Acme")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"###WHEEL,NYSE:KO,NASDAQ:PEP", True),
        (b"NASDAQ:AAPL\nKO\n", True),
        (b"DATE,KIND,AMOUNT\n", False),
        (b"Date,Kind,Amount\n2026-01-05,deposit,1\n", False),
        (b"", False),
        (b"\xff\xfe", False),
    ],
)
def test_a_list_is_told_from_a_history_by_its_looks(content: bytes, expected: bool) -> None:
    assert is_watchlist(content) is expected
