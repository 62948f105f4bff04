"""Equal questions have one key; different ones never share it."""

from __future__ import annotations

from collections import deque
from datetime import date
from decimal import Decimal

import pytest

from connectors.base import Params
from connectors.portfolio.params import PositionFilter, TradeFilter
from mfa.data.keys import canonical
from mfa.data.stats import percentile_ms


def test_names_are_sorted_and_values_have_one_spelling() -> None:
    a = PositionFilter(symbols=("ko", "PEP", "KO"), strike=Decimal("170.00"))
    b = PositionFilter(strike=Decimal(170), symbols=("PEP", "$KO"))
    assert canonical(a) == canonical(b)
    assert '"strike":"170"' in canonical(a)
    assert '"symbols":["KO","PEP"]' in canonical(a)


def test_different_questions_have_different_keys() -> None:
    questions = [
        TradeFilter(),
        TradeFilter(limit=1),
        TradeFilter(start_date=date(2021, 5, 1)),
        TradeFilter(end_date=date(2021, 5, 1)),
        TradeFilter(symbols=("KO",)),
        TradeFilter(symbols=("KO", "PEP")),
    ]
    assert len({canonical(question) for question in questions}) == len(questions)


def test_sets_and_negative_zero_are_canonical() -> None:
    class Odd(Params):
        tags: frozenset[str] = frozenset()
        level: float = 0.0

    assert canonical(Odd(tags=frozenset("ab"), level=-0.0)) == '{"level":0.0,"tags":["a","b"]}'


def test_nan_is_not_a_parameter() -> None:
    class Level(Params):
        level: float

    with pytest.raises(ValueError, match="finite"):
        Level(level=float("nan"))


def test_percentiles_are_of_the_nearest_rank() -> None:
    """Of 1..20 ms the 95th percentile is the 19th value, the 50th the 10th."""
    seconds = deque(n / 1000 for n in range(20, 0, -1))
    assert percentile_ms(seconds, 95) == pytest.approx(19.0)
    assert percentile_ms(seconds, 50) == pytest.approx(10.0)
    assert percentile_ms(deque(), 50) is None
