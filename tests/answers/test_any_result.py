"""A feature that nobody has worded yet answers all the same, from its declaration alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from connectors.base import Result
from connectors.volatility.earnings_results import PositionReport, PositionReports
from mfa.answers.blocks import Block, NoticeBlock, TableBlock, TextBlock, Unit
from mfa.kernel.outcome import Absent, Found, Provenance
from mfa.kernel.symbols import OptionType
from tests.answers.made import SOURCE, answer, words
from tests.answers.test_account_answers import BALANCE

AT = Provenance(source="made", as_of=datetime(2021, 6, 15, 14, 30, tzinfo=UTC))


class Kind(StrEnum):
    NEAR_MONEY = "near_money"


class Row(Result):
    symbol: str
    premium: Decimal
    return_pct: float | None
    expiration: date
    kind: Kind
    inside: tuple[str, ...] = ()


class Scan(Result):
    best: Decimal = Field(title="Best premium")
    theta_per_day: Decimal
    delta: float
    days: int
    probability: float = Field(json_schema_extra={"unit": "percent"})
    nothing: float | None
    certain: bool
    rows: tuple[Row, ...]
    others: tuple[Row, ...]
    warnings: tuple[str, ...]


SCAN = Scan(
    best=Decimal("120.50"), theta_per_day=Decimal("3.25"), delta=0.25, days=30, probability=71.5,
    nothing=None, certain=True,
    rows=(Row(symbol="KO", premium=Decimal("1.20"), return_pct=2.5, expiration=date(2021, 7, 16),
              kind=Kind.NEAR_MONEY),),
    others=(), warnings=("One company was left out.",),
)  # fmt: skip


def _asked(outcome: Found[Result] | Absent) -> list[Block]:
    return answer("Options flow today", outcome, intent="check_options_flow")


def test_its_figures_are_said_with_their_declared_labels_and_units() -> None:
    blocks = _asked(Found(SCAN, AT))
    text = blocks[0]
    assert isinstance(text, TextBlock)
    assert words(blocks).startswith("Asking 0:\n\n\n- Best premium: $120.50")
    said = {figure.label: (figure.value, figure.unit) for figure in text.figures.values()}
    assert said == {
        "Best premium": (Decimal("120.50"), Unit.USD),
        "Theta per day": (Decimal("3.25"), Unit.USD_PER_DAY),
        "Delta": (0.25, Unit.NUMBER),
        "Days": (30, Unit.DAYS),
        "Probability": (71.5, Unit.PERCENT),
        "Certain": ("yes", Unit.TEXT),
    }
    assert all(figure.provenance == AT for figure in text.figures.values())


def test_its_rows_are_a_table_and_empty_ones_are_none() -> None:
    tables = [block for block in _asked(Found(SCAN, AT)) if isinstance(block, TableBlock)]
    assert [table.title for table in tables] == ["Rows"]
    assert [(column.label, column.unit) for column in tables[0].columns] == [
        ("Symbol", Unit.TEXT),
        ("Premium", Unit.USD),
        ("Return %", Unit.PERCENT),
        ("Expiration", Unit.DATE),
        ("Kind", Unit.TEXT),
    ]
    assert tables[0].rows == (("KO", Decimal("1.20"), 2.5, "2021-07-16", "near money"),)


def test_warnings_and_what_was_not_found_are_notices() -> None:
    assert NoticeBlock(level="warning", text="One company was left out.") in _asked(Found(SCAN, AT))
    assert _asked(Absent("Nothing fits.")) == [NoticeBlock(level="info", text="Nothing fits.")]


def test_of_two_questions_the_second_repeats_nothing_of_the_first() -> None:
    account: Found[Result] = Found(BALANCE, SOURCE)
    alone = answer("balance?", account, intent="portfolio_status")
    both = answer(
        "balance and flow?", account, Found(SCAN, AT),
        intent="portfolio_status", also="check_options_flow",
    )  # fmt: skip
    assert both[: len(alone)] == alone
    assert both[len(alone) :] == _blocks_of_scan()


def _blocks_of_scan() -> list[Block]:
    blocks = _asked(Found(SCAN, AT))
    text = blocks[0]
    assert isinstance(text, TextBlock)
    retitled = text.template.replace("Asking 0", "Asking 1")
    return [text.model_copy(update={"template": retitled}), *blocks[1:]]


def test_a_count_of_contracts_is_no_sum_of_money() -> None:
    row = PositionReport(
        symbol="JPM", position="JPM 155 put 16 Jul 2021", quantity=Decimal(-1),
        option_type=OptionType.PUT, strike=Decimal(155), expiration=date(2021, 7, 16),
        report_day=date(2021, 7, 14), timing="before open", days_away=29, distance_pct=-1.2,
        expected_move_pct=5.7, inside_move=True,
    )  # fmt: skip
    tables = [b for b in _asked(Found(PositionReports(checked=1, at_risk=1, rows=(row,)), AT))
              if isinstance(b, TableBlock)]  # fmt: skip
    units = {column.key: column.unit for column in tables[0].columns}
    assert units["quantity"] is Unit.COUNT
    assert units["strike"] is Unit.USD
