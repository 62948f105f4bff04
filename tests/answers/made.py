"""Results written by hand, and the question they are composed for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.base import Result
from connectors.portfolio.params import Kind, Side
from connectors.portfolio.position_results import PositionRow
from mfa.answers.blocks import Block, TableBlock, TextBlock
from mfa.answers.compose import Answered, Question, compose
from mfa.answers.format import plain_text
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Found, Outcome, Provenance
from mfa.kernel.symbols import OptionType
from mfa.language.language import Language
from mfa.language.plans import Step
from mfa.language.understanding import Understanding

LANGUAGE = Language.load()
NOW = datetime(2021, 6, 15, 14, 30, tzinfo=UTC)
TODAY = date(2021, 6, 15)
SOURCE = Provenance(source="practice account", as_of=NOW)
STALE = Provenance(source="practice account", as_of=NOW - timedelta(minutes=9), stale=True)


def found(value: Result, provenance: Provenance = SOURCE) -> Found[Result]:
    return Found(value, provenance)


def question(
    text: str,
    *outcomes: Outcome[Result],
    intent: str = "unknown",
    confidence: float = 0.9,
    mode: Mode = Mode.PRACTICE,
    unplanned: str | None = None,
    notes: tuple[str, ...] = (),
    runner_up: str | None = None,
    missing: tuple[str, ...] = (),
    slots: dict[str, Any] | None = None,
    also: str | None = None,
    available: bool = True,
) -> Question:
    understanding = Understanding(
        text=text, intent=intent, confidence=confidence, runner_up=runner_up, slots=slots or {},
        missing=missing, also=also,
    )  # fmt: skip
    steps = tuple(
        Answered(
            step=Step(id=f"s{n}", title=f"Asking {n}", feature="dashboard", query="get_it"),
            outcome=outcome,
        )
        for n, outcome in enumerate(outcomes)
    )
    return Question(
        understanding=understanding,
        answered=steps,
        unplanned=unplanned,
        notes=notes,
        mode=mode,
        today=TODAY,
        language=LANGUAGE,
        available=lambda _feature, _query: available,
    )


def answer(text: str, *outcomes: Outcome[Result], **how: Any) -> list[Block]:
    return compose(question(text, *outcomes, **how))


def words(blocks: list[Block]) -> str:
    """All running text of an answer."""
    return "\n".join(plain_text(block) for block in blocks if isinstance(block, TextBlock))


def cell(table: Block, name: str) -> Decimal | float | str | None:
    """The second cell of the row that is called `name`."""
    assert isinstance(table, TableBlock)
    return next(row[1] for row in table.rows if row[0] == name)


def option_row(**changes: Any) -> PositionRow:
    """A short KO put: 2 contracts at 0.89, marked 0.475; 178.00 less 1.30 of fees was received.

    Value -0.475 x 200 = -95.00; unrealised -95.00 - (-176.70) = 81.70.
    """
    given: dict[str, Any] = {
        "instrument": "KO    210716P00053000", "description": "KO 53 put 16 Jul 2021",
        "symbol": "KO", "kind": Kind.OPTION, "side": Side.SHORT, "option_type": OptionType.PUT,
        "strike": Decimal(53), "expiration": date(2021, 7, 16), "days_left": 31, "quantity": -2,
        "strategy": "csp", "opened_at": NOW - timedelta(days=13), "days_held": 13,
        "average_price": Decimal("0.89"), "cost_basis": Decimal("-176.70"),
        "mark": Decimal("0.475"), "value": Decimal("-95.00"), "unrealized": Decimal("81.70"),
        "unrealized_pct": 46.2, "day_change": Decimal("-3.00"), "max_profit": Decimal("176.70"),
        "max_profit_pct": 46.2, "underlying_price": Decimal("54.75"), "in_the_money": False,
        "moneyness_pct": -3.2, "intrinsic": Decimal("0.00"), "extrinsic": Decimal("0.475"),
        "extrinsic_value": Decimal("-95.00"), "implied_volatility": 0.161, "delta": 48.2,
        "gamma": -21.5, "theta": 4.5, "vega": -9.9, "delta_dollars": 2638.95,
        "annualized_return_pct": 14.1, "unpriced_reason": None,
    }  # fmt: skip
    known = set(PositionRow.model_fields)
    return PositionRow(**{k: v for k, v in {**given, **changes}.items() if k in known})


def stock_row(**changes: Any) -> PositionRow:
    """100 PEP at 140.00, marked 146.88: 14,688.00, up 688.00."""
    nothing = dict.fromkeys(
        ("option_type", "strike", "expiration", "days_left", "max_profit", "max_profit_pct",
         "in_the_money", "moneyness_pct", "intrinsic", "extrinsic", "extrinsic_value",
         "implied_volatility", "gamma", "theta", "vega", "annualized_return_pct"),
    )  # fmt: skip
    return option_row(
        **nothing,
        **{
            "instrument": "PEP", "description": "PEP", "symbol": "PEP", "kind": Kind.STOCK,
            "side": Side.LONG, "quantity": 100, "strategy": "wheel",
            "average_price": Decimal("140.00"), "cost_basis": Decimal("14000.00"),
            "mark": Decimal("146.88"), "value": Decimal("14688.00"),
            "unrealized": Decimal("688.00"), "unrealized_pct": 4.9, "delta": 100.0,
            "underlying_price": Decimal("146.88"), **changes,
        },
    )  # fmt: skip
