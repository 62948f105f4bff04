"""Answers about positions and prices, composed from results written by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from connectors.portfolio.position_results import (
    ActivePositions,
    AssignmentRisk,
    AssignmentRow,
    Cover,
    PositionDetail,
    PositionDetails,
    PositionRow,
    PositionTotals,
    ProfitTargets,
    QuoteRow,
    Quotes,
    RiskLevel,
    TargetRow,
    ThetaReport,
    ThetaRow,
    Verdict,
)
from mfa.answers.blocks import NoticeBlock, TableBlock
from mfa.kernel.outcome import Absent
from mfa.kernel.symbols import OptionType
from tests.answers.made import NOW, answer, cell, found, option_row, stock_row, words

TOTALS = PositionTotals(
    value=Decimal("14593.00"), cost_basis=Decimal("13823.30"), unrealized=Decimal("769.70"),
    theta=4.5, delta_dollars=17326.95, vega=-9.9,
)  # fmt: skip


def active(*rows: PositionRow) -> ActivePositions:
    return ActivePositions.model_construct(
        rows=rows, count=len(rows), totals=TOTALS, unpriced=(), warnings=()
    )


def theta(*rows: ThetaRow, per_day: float | None) -> ThetaReport:
    week = None if per_day is None else 7 * per_day
    return ThetaReport(
        rows=rows, theta_per_day=per_day, theta_per_week=week, unpriced=(), warnings=()
    )


def theta_row(symbol: str, per_day: float) -> ThetaRow:
    return ThetaRow(
        instrument=symbol, description=f"{symbol} put", symbol=symbol, quantity=-1, strategy="csp",
        days_left=31, theta_per_share=per_day / -100, theta_per_day=per_day,
    )  # fmt: skip


def test_theta_is_answered_first_and_alone() -> None:
    report = theta(theta_row("KO", 4.5), theta_row("AAPL", -10.0), per_day=-5.5)
    blocks = answer(
        "How much theta am I collecting?", found(report), found(active(option_row())),
        intent="position_details",
    )  # fmt: skip
    assert words(blocks) == (
        "You are paying $5.50/day in theta over 2 option positions, about $38.50 a week."
    )
    table = blocks[1]
    assert isinstance(table, TableBlock)
    assert [row[0] for row in table.rows] == ["AAPL put", "KO put"]  # the largest first
    assert len(blocks) == 2


def test_theta_without_options_is_zero_and_says_why() -> None:
    blocks = answer("theta?", found(theta(per_day=0.0)), intent="position_details")
    assert "You hold no options" in words(blocks)


def detail() -> PositionDetail:
    """Break-even 53 - 0.89 = 52.11; the most that can be lost is 53 x 200 - 176.70 = 10,423.30."""
    return PositionDetail.model_construct(
        position=option_row(), break_even=Decimal("52.11"), max_profit=Decimal("176.70"),
        max_loss=Decimal("10423.30"), probability_in_the_money=0.25, next_earnings=None,
        ex_dividend=None, obligation="If assigned, you buy 200 KO for $10,600.00.",
        assignment_cash=Decimal("-10600.00"), assignment_shares=200,
    )  # fmt: skip


def test_an_expiry_is_answered_with_its_date_and_days() -> None:
    details = PositionDetails.model_construct(rows=(detail(),), count=1, unpriced=(), warnings=())
    blocks = answer("When does my KO put expire?", found(details), intent="position_details")
    assert words(blocks).startswith("Your KO put expires on 16 Jul 2021, in 31 days. ")
    assert "short 2 contracts of KO 53 put 16 Jul 2021, opened at $0.89" in words(blocks)
    assert "marked at $0.475, worth −$95.00, with $81.70 unrealised" in words(blocks)
    assert "3.2 % out of the money" in words(blocks)
    assert cell(blocks[1], "Probability in the money") == "25.0 %"
    assert cell(blocks[1], "Implied volatility") == "16.1 %"


def test_the_list_tells_what_all_is_worth_and_what_expires_next() -> None:
    blocks = answer(
        "Show my positions", found(active(option_row(), stock_row())), intent="position_details"
    )
    assert words(blocks).startswith(
        "You hold 2 positions. Together they are worth $14,593.00, with $769.70 unrealised. "
        "Theta is $4.50/day. The next to expire is the KO 53 put 16 Jul 2021, on 16 Jul 2021."
    )


def test_a_period_in_the_question_narrows_the_list_by_expiration() -> None:
    slots = {"start_date": "2021-06-14", "end_date": "2021-06-18"}
    soon = option_row(symbol="PFE", expiration=date(2021, 6, 18), days_left=3)
    rows = active(option_row(), soon, stock_row())
    blocks = answer(
        "Which options expire this week?", found(rows), intent="position_details", slots=slots
    )
    assert words(blocks).startswith(
        "You hold 1 position expiring between 14 Jun 2021 and 18 Jun 2021. "
        "It is worth −$95.00, with $81.70 unrealised."
    )
    table = blocks[1]
    assert isinstance(table, TableBlock)
    assert len(table.rows) == 1


def test_no_position_in_the_period_is_said_so() -> None:
    slots = {"start_date": "2021-06-21", "end_date": "2021-06-27"}
    blocks = answer(
        "Which options expire next week?", found(active(option_row())),
        intent="position_details", slots=slots,
    )  # fmt: skip
    assert blocks == [
        NoticeBlock(
            level="info",
            text="You hold no positions expiring between 21 Jun 2021 and 27 Jun 2021.",
        )
    ]


def test_an_unpriced_position_is_out_of_the_sums_and_said_to_be() -> None:
    unpriced = option_row(symbol="XYZ", mark=None, value=None, unrealized=None)
    slots = {"dte": [0, 45]}
    blocks = answer(
        "positions under 45 DTE", found(active(option_row(), unpriced, stock_row())),
        intent="position_details", slots=slots,
    )  # fmt: skip
    assert "worth −$95.00, with $81.70 unrealised (1 without a price left out)" in words(blocks)


def target(symbol: str, verdict: Verdict, profit: float) -> TargetRow:
    return TargetRow(
        instruments=(symbol,), description=f"{symbol} put", symbol=symbol, strategy="csp",
        credit=True, basis=Decimal("100.00"), unrealized=Decimal(str(profit)), profit_pct=profit,
        days_left=10, verdict=verdict, reasons=("a", "b"),
    )  # fmt: skip


def targets(*rows: TargetRow) -> ProfitTargets:
    def count(verdict: Verdict) -> int:
        return sum(row.verdict is verdict for row in rows)

    return ProfitTargets(
        rows=rows, target_pct=50.0, manage_dte=21, close=count(Verdict.CLOSE),
        manage=count(Verdict.MANAGE), hold=count(Verdict.HOLD), unpriced=(), warnings=(),
    )  # fmt: skip


def test_trades_at_their_target_are_named() -> None:
    rows = (target("PFE", Verdict.CLOSE, 77.6), target("BBY", Verdict.MANAGE, -30.0))
    blocks = answer("What should I close?", found(targets(*rows)), intent="profit_target_check")
    assert words(blocks) == (
        "1 of your 2 option trades has reached the 50.0 % target: PFE put. "
        "1 more should be closed or rolled, with 21 days or fewer left."
    )


def test_no_trade_at_its_target_is_said_so() -> None:
    rows = (target("KO", Verdict.HOLD, 10.0),)
    blocks = answer("What should I close?", found(targets(*rows)), intent="profit_target_check")
    assert words(blocks) == "None of your 1 option trade has reached the 50.0 % target."


def short_put(level: RiskLevel, *, inside: bool) -> AssignmentRow:
    return AssignmentRow(
        instrument="JPM", description="JPM 155 put", symbol="JPM", option_type=OptionType.PUT,
        strike=Decimal(155), expiration=date(2021, 7, 16), days_left=31, contracts=1,
        underlying_price=Decimal("153.20"), mark=Decimal("4.175"), in_the_money=inside,
        moneyness_pct=1.17, itm_amount=Decimal("1.80"), extrinsic=Decimal("2.375"), delta=-0.55,
        probability_itm=0.608, ex_dividend=None, level=level, reasons=("In the money.",),
        cash_needed=Decimal("15500.00"), shares_needed=0, shares_held=0, cover=Cover.CASH,
    )  # fmt: skip


def risk(*rows: AssignmentRow, short: str = "0.00") -> AssignmentRisk:
    levels = [row.level for row in rows]
    return AssignmentRisk(
        rows=rows, high=levels.count(RiskLevel.HIGH), medium=levels.count(RiskLevel.MEDIUM),
        low=levels.count(RiskLevel.LOW), cash_needed=Decimal("15500.00"),
        cash_in_the_money=Decimal("15500.00"), cash_available=Decimal("10000.00"),
        cash_short=Decimal(short), probability_method="m", rule="r", unpriced=(), warnings=(),
    )  # fmt: skip


def test_high_risk_is_answered_with_yes() -> None:
    row = short_put(RiskLevel.HIGH, inside=True)
    blocks = answer("Am I at risk?", found(risk(row, short="5500")), intent="assignment_check")
    assert words(blocks).startswith(
        "Yes: 1 of your 1 short option position is at high risk of assignment and 1 is in the money"
    )
    assert (
        NoticeBlock(
            level="warning",
            text="If every short put were assigned, cash would fall short by $5,500.00.",
        )
        in blocks
    )


def test_medium_risk_is_not_called_none() -> None:
    row = short_put(RiskLevel.MEDIUM, inside=True)
    blocks = answer("Am I at risk?", found(risk(row)), intent="assignment_check")
    assert words(blocks).startswith("Not pressing: none of your 1 short option position")


def test_without_short_options_nothing_can_be_assigned() -> None:
    blocks = answer("Am I at risk?", found(risk()), intent="assignment_check")
    assert words(blocks) == "You have no short options, so nothing can be assigned."


def test_a_price_comes_with_its_change_and_both_sides() -> None:
    row = QuoteRow(
        symbol="KO", last=Decimal("54.75"), bid=Decimal("54.74"), ask=Decimal("54.76"),
        change=Decimal("-0.25"), change_pct=-0.4545, previous_close=Decimal("55.00"),
        volume=2161044, as_of=NOW,
    )  # fmt: skip
    quotes = Quotes(rows=(row,), missing=("ZZZ",), warnings=("ZZZ has no quote.",))
    blocks = answer("price of KO and ZZZ, and volume", found(quotes), intent="price_quote")
    assert words(blocks) == (
        "KO trades at $54.75, down $0.25 (−0.5 %) from its last close of $55.00; $54.74 bid, "
        "$54.76 asked. 2,161,044 shares have traded today."
    )
    assert blocks[-1] == NoticeBlock(level="warning", text="ZZZ has no quote.")


def test_nothing_held_is_an_answer_with_its_reason() -> None:
    blocks = answer("my NVDA put?", Absent("You hold no NVDA."), intent="position_details")
    assert blocks == [NoticeBlock(level="info", text="You hold no NVDA.")]
