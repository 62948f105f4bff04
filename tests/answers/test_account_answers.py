"""Answers about the account, composed from results written by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from connectors.portfolio.account_results import (
    Balance,
    CurvePoint,
    EquityCurve,
    PositionCounts,
    ProfitGroup,
    ProfitLoss,
    Realized,
    Summary,
    TradeHistory,
    TradeRow,
)
from mfa.answers.blocks import Block, ChartBlock, TableBlock, TextBlock
from mfa.kernel.symbols import OptionType
from tests.answers.made import answer, cell, found, words

BALANCE = Balance(
    cash=Decimal("60000.00"), positions_value=Decimal("45123.45"), equity=Decimal("105123.45"),
    buying_power=Decimal("41000.00"), collateral=Decimal("19000.00"),
    deposits=Decimal("100000.00"), day_change=Decimal("-120.50"), day_change_pct=-0.1145,
    previous_close_day=date(2021, 6, 14), previous_close_equity=Decimal("105243.95"), warnings=(),
)  # fmt: skip
SUMMARY = Summary(
    balance=BALANCE,
    realized=Realized(
        month_to_date=Decimal("310.00"), year_to_date=Decimal("2890.12"), total=Decimal("3010.12")
    ),
    unrealized=Decimal("2005.33"), dividends=Decimal("120.00"), interest=Decimal("-12.00"),
    total_profit=Decimal("5123.45"), return_pct=5.12345, theta_per_day=45.1,
    delta_dollars=31000.0,
    counts=PositionCounts(
        total=2, stocks=1, long_calls=0, short_calls=0, long_puts=0, short_puts=1, contracts=2
    ),
    unpriced=(), warnings=(),
)  # fmt: skip
CURVE = EquityCurve(
    points=tuple(
        CurvePoint(
            day=date(2021, 6, day), equity=Decimal(equity), cash=Decimal(equity),
            deposits=Decimal(100000), profit=Decimal(equity) - 100000, at_close=True,
        )
        for day, equity in ((11, 105000), (14, 105243))
    ),
    change=Decimal(243), highest=Decimal(105243), lowest=Decimal(105000), max_drawdown_pct=0.0,
)  # fmt: skip


def first_sentence(blocks: list[Block]) -> str:
    return words(blocks).split(". ")[0]


def test_the_account_is_told_in_one_sentence_then_a_table_and_a_chart() -> None:
    blocks = answer("How is my account?", found(SUMMARY), found(CURVE), intent="portfolio_status")
    assert first_sentence(blocks) == (
        "Your account is worth $105,123.45: $60,000.00 in cash and $45,123.45 in positions"
    )
    assert "$5,123.45 (5.1 %) of profit on $100,000.00 deposited" in words(blocks)
    assert "changed by −$120.50 (−0.1 %)" in words(blocks)
    assert [type(b) for b in blocks] == [TextBlock, TableBlock, ChartBlock]
    assert cell(blocks[1], "Collateral tied up") == Decimal("19000.00")


def test_what_was_asked_for_comes_first() -> None:
    asked = answer("What's my buying power?", found(BALANCE), intent="portfolio_status")
    assert first_sentence(asked) == "Your buying power is $41,000.00"
    asked = answer("How much cash do I have?", found(BALANCE), intent="portfolio_status")
    assert first_sentence(asked) == "You have $60,000.00 in cash"


def test_every_figure_of_the_text_has_a_place_and_a_source() -> None:
    blocks = answer("Status", found(SUMMARY), intent="portfolio_status")
    text = blocks[0]
    assert isinstance(text, TextBlock)
    assert "$" not in text.template  # figures are never text
    assert all(f"{{{name}}}" in text.template for name in text.figures)
    assert {f.provenance.source for f in text.figures.values()} == {"practice account"}


def test_a_sentence_without_its_figure_is_left_out() -> None:
    blocks = answer(
        "Status",
        found(BALANCE.model_copy(update={"day_change": None, "day_change_pct": None})),
        intent="portfolio_status",
    )
    assert "last close" not in words(blocks)


def profit(**changes: object) -> ProfitLoss:
    """310.00 realised, 20.00 of dividends, 2.00 of interest paid: 328.00 booked."""
    given = ProfitLoss(
        start_date=date(2021, 5, 1), end_date=date(2021, 5, 31), symbols=(),
        realized=Decimal("310.00"), dividends=Decimal("20.00"), interest=Decimal("-2.00"),
        booked=Decimal("328.00"), unrealized_now=Decimal("989.15"),
        unrealized_change=Decimal("-28.00"), total=Decimal("300.00"), trades=6, wins=4, losses=2,
        by_symbol=(
            ProfitGroup(key="AMD", realized=Decimal("314.35"), trades=1, wins=1),
            ProfitGroup(key="CVX", realized=Decimal("-4.35"), trades=5, wins=3),
        ),
        by_strategy=(), by_month=(), unpriced=(), warnings=(),
    )  # fmt: skip
    return given.model_copy(update=changes)


def test_a_gain_over_a_calendar_month_is_named_by_the_month() -> None:
    blocks = answer("How much did I make last month?", found(profit()), intent="profit_loss")
    assert first_sentence(blocks) == (
        "You made $328.00 in May 2021: $310.00 from 6 closed trades, $20.00 in dividends and "
        "−$2.00 in interest"
    )
    assert "the total is $300.00" in words(blocks)


def test_a_loss_is_said_to_be_one() -> None:
    lost = profit(booked=Decimal("-150.00"), end_date=None, symbols=("KO", "PEP"), trades=1)
    blocks = answer("How did KO and PEP do?", found(lost), intent="profit_loss")
    assert words(blocks).startswith(
        "You lost $150.00 on KO and PEP since 1 May 2021: $310.00 from 1 closed trade"
    )


def test_a_trade_that_neither_won_nor_lost_is_counted_too() -> None:
    blocks = answer("P&L in May", found(profit(trades=7)), intent="profit_loss")
    assert "4 of the trades won and 2 lost. 1 broke even." in words(blocks)
    best, worst = trade("PEP", "213.70", 25), trade("PFE", "0.00", 7)
    history = TradeHistory(
        rows=(best, worst), start_date=None, end_date=None, count=2, wins=1, losses=0,
        win_rate_pct=50.0, total_realized=Decimal("213.70"), fees=Decimal("2.60"),
        average=Decimal("106.85"), average_win=Decimal("213.70"), average_loss=None,
        profit_factor=None, best=best, worst=worst,
    )  # fmt: skip
    blocks = answer("Show me my trade history", found(history), intent="trade_history")
    assert "1 won, 0 lost, 1 broke even (50.0 % won)" in words(blocks)


def test_unrealised_profit_comes_first_when_asked_for() -> None:
    blocks = answer("What are my unrealized gains?", found(profit()), intent="profit_loss")
    assert first_sentence(blocks) == "Your open positions stand at $989.15 unrealised"


def test_months_are_drawn_in_their_order() -> None:
    months = tuple(
        ProfitGroup(key=key, realized=Decimal(amount), trades=1, wins=1)
        for key, amount in (("2021-05", 20), ("2021-04", 10))
    )
    blocks = answer("P&L this year", found(profit(by_month=months)), intent="profit_loss")
    chart = next(b for b in blocks if isinstance(b, ChartBlock))
    assert (chart.kind, chart.series[0].x, chart.series[0].y) == (
        "bar", ("2021-04", "2021-05"), (10.0, 20.0),
    )  # fmt: skip


def trade(symbol: str, realized: str, day: int) -> TradeRow:
    return TradeRow(
        id=day, symbol=symbol, instrument=symbol, option_type=OptionType.PUT, strike=Decimal(50),
        expiration=date(2021, 6, 4), strategy="csp", quantity=-1, opened_on=date(2021, 5, 3),
        closed_on=date(2021, 5, day), closed_at=datetime(2021, 5, day, 15, tzinfo=UTC),
        days_held=day - 3, open_price=Decimal("1.00"), close_price=Decimal("0.50"),
        fees=Decimal("1.30"), realized=Decimal(realized), reason="trade",
    )  # fmt: skip


def test_the_trade_history_counts_all_and_lists_the_latest() -> None:
    best, worst = trade("PEP", "213.70", 25), trade("CVX", "-165.30", 7)
    history = TradeHistory(
        rows=(best,), start_date=date(2021, 5, 1), end_date=date(2021, 5, 31), count=2, wins=1,
        losses=1, win_rate_pct=50.0, total_realized=Decimal("48.40"), fees=Decimal("2.60"),
        average=Decimal("24.20"), average_win=Decimal("213.70"), average_loss=Decimal("-165.30"),
        profit_factor=1.29, best=best, worst=worst,
    )  # fmt: skip
    blocks = answer("Show me my trade history", found(history), intent="trade_history")
    assert first_sentence(blocks) == (
        "You closed 2 trades in May 2021 for $48.40 after $2.60 in fees: 1 won, 1 lost (50.0 % won)"
    )
    assert "Listed is the latest 1 trade." in words(blocks)
    table = blocks[1]
    assert isinstance(table, TableBlock)
    assert table.numbered
    assert table.rows[0][:2] == ("2021-05-25", "PEP 50 put 4 Jun 2021")
