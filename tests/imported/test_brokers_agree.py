"""One turn of the wheel, as each broker's export writes it, gives the same books.

10,000 in; a 70 put sold at 1.20 and assigned; a 72 call sold at 0.80 and assigned: 120.00 + 80.00
+ 200.00 less what each broker takes; the dividend of 48.50 between.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from connectors.vendors.files.history import read_history
from mfa.kernel.movements import Movement
from tests.imported.support import Desk, usd

ROBINHOOD = """
Activity Date,Process Date,Settle Date,Instrument,Description,Trans Code,Quantity,Price,Amount
2/20/2026,,,KO,"Coca-Cola
CUSIP: 191216100
1 KO Option Assigned",Sell,100,$72.00,"$7,200.00"
2/20/2026,,,KO,KO 2/20/2026 Call $72.00,OASGN,1,,
2/2/2026,,,KO,Cash Div: R/D 2026-01-20,CDIV,,,$48.50
1/20/2026,,,KO,KO 2/20/2026 Call $72.00,STO,1,$0.80,$79.95
1/16/2026,,,KO,"Coca-Cola
CUSIP: 191216100
1 KO Option Assigned",Buy,100,$70.00,"($7,000.00)"
1/16/2026,,,KO,KO 1/16/2026 Put $70.00,OASGN,1,,
1/5/2026,,,KO,KO 1/16/2026 Put $70.00,STO,1,$1.20,$119.95
1/2/2026,,,,ACH Deposit,ACH,,,"$10,000.00"
"""
SCHWAB = """
Date,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount
02/23/2026 as of 02/20/2026,Assigned,KO 02/20/2026 72.00 C,CALL COCA COLA,1,,,
02/23/2026 as of 02/20/2026,Sell,KO,COCA COLA CO,100,$72.00,,"$7,200.00"
02/02/2026,Qualified Dividend,KO,COCA COLA CO,,,,$48.50
01/20/2026,Sell to Open,KO 02/20/2026 72.00 C,CALL COCA COLA,1,$0.80,$0.66,$79.34
01/20/2026 as of 01/16/2026,Assigned,KO 01/16/2026 70.00 P,PUT COCA COLA,1,,,
01/20/2026 as of 01/16/2026,Buy,KO,COCA COLA CO,100,$70.00,,"-$7,000.00"
01/05/2026,Sell to Open,KO 01/16/2026 70.00 P,PUT COCA COLA,1,$1.20,$0.66,$119.34
01/02/2026,MoneyLink Transfer,,Tfr BANK,,,,"$10,000.00"
"""
FIDELITY = """
Run Date,Action,Symbol,Quantity,Price ($),Commission ($),Fees ($),Amount ($)
02/20/2026,YOU SOLD ASSIGNED CALLS AS OF 02/20/2026 COCA COLA (KO),KO,-100,72,,,7200
02/20/2026,ASSIGNED as of 02/20/2026 CALL (KO) COCA COLA, -KO260220C72,1,,,,0
02/02/2026,DIVIDEND RECEIVED COCA COLA (KO),KO,0.000,,,,48.5
01/20/2026,YOU SOLD OPENING TRANSACTION CALL (KO), -KO260220C72,-1,0.8,0.65,0.02,79.33
01/16/2026,YOU BOUGHT ASSIGNED PUTS AS OF 01/16/2026 COCA COLA (KO),KO,100,70,,,-7000
01/16/2026,ASSIGNED as of 01/16/2026 PUT (KO) COCA COLA, -KO260116P70,1,,,,0
01/05/2026,YOU SOLD OPENING TRANSACTION PUT (KO), -KO260116P70,-1,1.2,0.65,0.02,119.33
01/02/2026,Electronic Funds Transfer Received (Cash), ,0.000,,,,10000
"""
TASTYTRADE = """
Date,Type,Sub Type,Action,Symbol,Instrument Type,Description,Value,Quantity,Average Price,Commissions,Fees
2026-02-20T17:00:00-0500,Receive Deliver,Sell to Close,SELL_TO_CLOSE,KO,Equity,Sell 100,"7,200.00",100,72.00,--,-5.00
2026-02-20T17:00:00-0500,Receive Deliver,Assignment,,KO    260220C00072000,Equity Option,Removal,0.00,1,0.00,--,0.00
2026-02-02T17:00:00-0500,Money Movement,Dividend,,KO,Equity,COCA COLA,48.50,0,,--,0.00
2026-01-20T10:00:00-0500,Trade,Sell to Open,SELL_TO_OPEN,KO    260220C00072000,Equity Option,Sold 1,80.00,1,80.00,-1.00,-0.13
2026-01-16T17:00:00-0500,Receive Deliver,Assignment,,KO    260116P00070000,Equity Option,Removal,0.00,1,0.00,--,0.00
2026-01-16T17:00:00-0500,Receive Deliver,Buy to Open,BUY_TO_OPEN,KO,Equity,Buy 100,"-7,000.00",100,-70.00,--,-5.00
2026-01-05T10:00:00-0500,Trade,Sell to Open,SELL_TO_OPEN,KO    260116P00070000,Equity Option,Sold 1,120.00,1,120.00,-1.00,-0.13
2026-01-02T10:00:00-0500,Money Movement,Deposit,,,,ACH DEPOSIT,"10,000.00",0,,--,0.00
"""  # noqa: E501 - as the broker writes them
FLEX = """
AssetClass,Symbol,DateTime,Buy/Sell,Quantity,TradePrice,IBCommission,NetCash,Notes/Codes,Open/CloseIndicator
OPT,KO    260116P00070000,20260105;100000,SELL,-1,1.2,-1.05,118.95,,O
OPT,KO    260116P00070000,20260116;162000,BUY,1,0,0,0,A,C
STK,KO,20260116;162000,BUY,100,70,0,-7000,A,O
OPT,KO    260220C00072000,20260120;100000,SELL,-1,0.8,-1.05,78.95,,O
OPT,KO    260220C00072000,20260220;162000,BUY,1,0,0,0,A,C
STK,KO,20260220;162000,SELL,-100,72,0,7200,A,C
"""
FLEX_CASH = """
Type,Symbol,Date/Time,Amount,Description
Deposits/Withdrawals,,20260102,10000,CASH RECEIPTS
Dividends,KO,20260202;202000,48.5,KO CASH DIVIDEND
"""


def rows(*texts: str) -> tuple[Movement, ...]:
    found: list[Movement] = []
    for text in texts:
        history = read_history(text.strip().encode())
        assert history.problems == ()
        found += [row.movement for row in history.in_time]
    return tuple(found)


@pytest.mark.parametrize(
    ("texts", "put", "call", "stock"),
    [
        ((ROBINHOOD,), "119.95", "79.95", "200.00"),
        ((SCHWAB,), "119.34", "79.34", "200.00"),
        ((FIDELITY,), "119.33", "79.33", "200.00"),
        ((TASTYTRADE,), "118.87", "78.87", "190.00"),
        ((FLEX, FLEX_CASH), "118.95", "78.95", "200.00"),
    ],
    ids=["robinhood", "schwab", "fidelity", "tastytrade", "flex"],
)
def test_every_broker_s_wheel_is_the_same_wheel(
    texts: tuple[str, ...], put: str, call: str, stock: str
) -> None:
    desk = Desk(rows(*texts))
    assert desk.problems == ()
    assert desk.trades() == [
        ("KO 70 put", "csp", "assigned", usd(put)),
        ("KO 72 call", "covered_call", "assigned", usd(call)),
        ("KO", "wheel", "assigned", usd(stock)),
    ]
    now = desk.snapshot()
    realized = sum((usd(each) for each in (put, call, stock)), Decimal(0))
    assert (now.realized, now.dividends) == (realized, usd("48.50"))
    assert now.cash == usd("10000") + realized + usd("48.50")
    assert now.positions_value == 0
