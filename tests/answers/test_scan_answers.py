"""A judged trade, the premium scanner's and the stock database's answers read as sentences."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from connectors.premium.results import PremiumRow, Premiums
from connectors.setups.results import BreakEvenRow, MeasureRow, PartRow, Point, Setup
from connectors.stocks.results import Screened, SectorRow, StockRow, StockStats
from mfa.answers.blocks import NoticeBlock, TableBlock
from tests.answers.made import NOW, answer, found, words

EXPIRY = date(2021, 7, 16)
SETUP = Setup(
    symbol="KO", strategy="cash-secured put", verdict="Fair by the desk's rules: score 50 of 100.",
    price=Decimal("55.00"), quoted_at=NOW, age_minutes=0.0, expiration=EXPIRY, days=31,
    net=Decimal("55.00"), max_profit=Decimal("55.00"), max_profit_words="at $52.50 and above",
    max_loss=Decimal("-5195.00"), max_loss_words="if the stock falls to nothing", chance_pct=80.0,
    capital=Decimal("5195.00"), capital_words="the strike in cash, less the premium",
    return_pct=1.06, annual_pct=12.5, best_return_pct=1.06, margin=Decimal("905.00"),
    buying_power=Decimal("850.00"), delta=23.0, gamma=-5.0, theta_per_day=Decimal("2.10"),
    vega=Decimal("-5.00"), iv_rank=None, earnings=None, score=50.0, legs=(),
    break_evens=(BreakEvenRow(price=Decimal("51.95"), away_pct=-5.545),),
    measures=(MeasureRow(measure="as its options imply", volatility_pct=25.0, chance_pct=80.0,
                         expected=Decimal("-2.50")),),
    parts=(PartRow(part="return", points=11.4, of=25.0, reason="12.5 % a year"),),
    pros=(Point(text="80 % chance of a profit at expiration."),),
    cons=(Point(text="The {loss} has no bound."),),
)  # fmt: skip
TRADE = PremiumRow(
    symbol="KO", strategy="naked short call", trade="KO 16 Jul 2021: sell 57.5 call",
    label="KO 57.5 16 Jul",
    expiration=EXPIRY, days=31, price=Decimal("55.00"), premium=Decimal("50.00"),
    capital=Decimal("850.00"), max_loss=None, risk="UNDEFINED", annual_pct=70.0, return_pct=6.0,
    chance_pct=79.0, break_evens="below 58.00", expected=None, delta=0.25, iv_pct=25.0,
    iv_rank=50.0, open_interest=500, earnings=None, score=61.0,
)  # fmt: skip


def test_a_judged_trade_begins_with_the_verdict_and_ends_with_what_speaks_against_it() -> None:
    blocks = answer("is it good?", found(SETUP), intent="evaluate_trade")
    said = words(blocks)
    assert said.startswith("**Fair by the desk's rules: score 50 of 100.**")
    assert "brings $55.00 and ties up $5,195.00, the strike in cash, less the premium." in said
    assert "It breaks even at $51.95, 5.5 % below the price now." in said
    assert "Against it:\n\n- The {loss} has no bound." in said
    titles = [block.title for block in blocks if isinstance(block, TableBlock)]
    assert titles == ["Margin, Greeks, dates", "Chance and expected profit",
                      "What the score is made of"]  # fmt: skip


def test_a_loss_without_bound_is_said_in_bold() -> None:
    naked = SETUP.model_copy(
        update={"max_loss": None, "max_loss_words": "without bound, the higher the stock"}
    )
    said = words(answer("is it good?", found(naked), intent="evaluate_trade"))
    assert "**Its loss is without bound, the higher the stock.**" in said
    assert "It loses at most" not in said


def test_a_scan_names_the_best_and_marks_undefined_risk() -> None:
    scan = Premiums(
        ranked_by="score", looked_at=100, built=40, passed=7, companies=1, rows=(TRADE,),
        warnings=("A naked short call has UNDEFINED risk.",),
    )  # fmt: skip
    blocks = answer("premium", found(scan), intent="scan_premium")
    said = words(blocks)
    assert said.startswith("The best of 7 trades, by score, is a naked short call: KO 16 Jul 2021")
    assert "100 contracts of 1 company, which make 40 trades" in said
    (table,) = [block for block in blocks if isinstance(block, TableBlock)]
    assert table.rows[0][0] == "KO 16 Jul 2021: sell 57.5 call (UNDEFINED RISK)"
    assert blocks[-1] == NoticeBlock(level="warning", text="A naked short call has UNDEFINED risk.")


def test_a_screening_tells_how_many_pass() -> None:
    row = StockRow(
        symbol="KO", name="Coca-Cola", sector="Staples", price=Decimal("55.00"), change_pct=-0.9,
        market_cap=None, volume=1000, iv_rank=None, iv_pct=None, rsi=60.0, sma50="above",
        sma200="not known", from_high_pct=1.0, from_low_pct=20.0, pe=None, yield_pct=3.0,
        as_of=date(2021, 6, 15),
    )  # fmt: skip
    screened = Screened(looked_at=20, passed=1, rows=(row,))
    blocks = answer("staples under 60", found(screened), intent="scan_database")
    assert words(blocks) == "1 of 20 companies in the stock database passes."
    (table,) = [block for block in blocks if isinstance(block, TableBlock)]
    assert table.rows[0][:3] == ("KO", Decimal("55.00"), -0.9)


def test_the_stock_database_says_what_it_holds() -> None:
    stats = StockStats(
        count=20, sectors=7, oldest=None, newest=None, current=0, untaken=20,
        by_sector=(SectorRow(sector="Energy", count=3),), missing=(),
    )  # fmt: skip
    said = words(answer("how many stocks?", found(stats), intent="scan_database"))
    assert said == (
        "The stock database holds 20 companies of 7 sectors. 20 have none yet: a screening takes"
        " them."
    )
