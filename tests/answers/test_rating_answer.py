"""A rating's answer: the verdict first, every part shown, what is missing said once per reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connectors.ratings.results import RatingPart, StockRating
from mfa.answers.blocks import NoticeBlock, TableBlock, Unit
from mfa.answers.compose import compose
from tests.answers.made import found, question, words


def part(name: str, points: float, weight: float) -> RatingPart:
    return RatingPart(
        part=name, group="trend", value=1.0, rule="a rule", points=points, weight=weight,
        reason="It is so.",
    )  # fmt: skip


def rated(**changes: Any) -> StockRating:
    facts: dict[str, Any] = {
        "symbol": "KO", "price": Decimal("54.75"), "rating": 70.5, "verdict": "buy",
        "outlook": "bullish", "technical": 70.5, "fundamental": None, "known_pct": 62.0,
        "parts": (part("Price over 200-day average", 8.0, 10.0), part("IV rank", 1.0, 4.0)),
        "missing": tuple(f"{name}: Nobody tells." for name in ("Beta", "Margin", "Growth", "Debt")),
    }  # fmt: skip
    return StockRating(**(facts | changes))


def test_the_verdict_comes_first_and_says_what_it_rests_on() -> None:
    blocks = compose(question("Is KO a buy?", found(rated()), intent="get_stock_rating"))
    said = words(blocks)
    assert said.startswith("KO at $54.75 rates 70.50 of 100: **buy**, bullish.")
    assert "It rests on prices alone" in said
    assert "Price over 200-day average (8.00 of 10.00 points); weakest: IV rank (1.00 of 4" in said
    table = next(b for b in blocks if isinstance(b, TableBlock))
    assert [row[1:4] for row in table.rows] == [
        ("Price over 200-day average", 8.0, 10.0), ("IV rank", 1.0, 4.0),
    ]  # fmt: skip
    assert table.columns[2].unit is Unit.NUMBER
    notice = next(b for b in blocks if isinstance(b, NoticeBlock))
    assert notice.text == (
        "Not in the rating of KO: Beta, Margin, Growth and 1 more (Nobody tells)."
    )


def test_figures_are_told_beside_prices_where_they_are_known() -> None:
    both = rated(fundamental=50.0, missing=())
    blocks = compose(question("rate KO", found(both), intent="get_stock_rating"))
    assert "Prices alone give 70.50, the company's figures 50.00." in words(blocks)
    assert not any(isinstance(b, NoticeBlock) for b in blocks)
