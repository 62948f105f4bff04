"""Each unit looks as a trader writes it, in every door."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from mfa.answers.blocks import Figure, TextBlock, Unit
from mfa.answers.format import (
    Value,
    counted,
    format_delay,
    format_value,
    format_when,
    listed,
    plain_text,
    sentences,
)
from tests.answers.made import SOURCE


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Decimal("1234.56"), Unit.USD, "$1,234.56"),
        (Decimal(-12), Unit.USD, "−$12.00"),
        (Decimal("-0.004"), Unit.USD, "−$0.004"),
        (Decimal("0.475"), Unit.USD, "$0.475"),
        (-0.004, Unit.USD, "$0.00"),
        (2.675, Unit.USD, "$2.68"),
        (Decimal("92070.20"), Unit.USD, "$92,070.20"),
        ("92070.20", Unit.USD, "$92,070.20"),
        (45.1, Unit.USD_PER_DAY, "$45.10/day"),
        (-45.1, Unit.USD_PER_DAY, "−$45.10/day"),
        (12.34, Unit.PERCENT, "12.3 %"),
        (-0.07, Unit.PERCENT, "−0.1 %"),
        (-0.04, Unit.PERCENT, "0.0 %"),
        (1200, Unit.SHARES, "1,200"),
        (-2, Unit.CONTRACTS, "−2"),
        (31, Unit.DAYS, "31"),
        (0.4567, Unit.NUMBER, "0.46"),
        (Decimal("0.02500"), Unit.EXACT, "0.025"),
        (Decimal(60000), Unit.EXACT, "60,000"),
        (Decimal("-0.000012345"), Unit.EXACT, "−0.00001235"),
        (date(2021, 6, 8), Unit.DATE, "8 Jun 2021"),
        ("2021-06-18", Unit.DATE, "18 Jun 2021"),
        (datetime(2021, 6, 15, 14, 30, tzinfo=UTC), Unit.TIME, "15 Jun 2021 10:30 New York"),
        (datetime(2021, 6, 16, 2, tzinfo=UTC), Unit.DATE, "15 Jun 2021"),
        ("plain", Unit.TEXT, "plain"),
        (None, Unit.USD, "—"),
        (float("nan"), Unit.USD, "—"),
    ],
)
def test_a_value_looks_like_its_unit(value: Value, unit: Unit, text: str) -> None:
    assert format_value(value, unit) == text


@pytest.mark.parametrize("value", [True, date(2021, 6, 15), "twelve"])
def test_what_its_unit_cannot_mean_is_refused(value: Value) -> None:
    with pytest.raises(ValueError, match="not a number"):
        format_value(value, Unit.USD)


def test_moments_are_told_in_new_york_time() -> None:
    winter = datetime(2021, 1, 15, 15, 30, tzinfo=UTC)
    assert format_when(winter) == "15 Jan 2021 10:30 New York"


def test_counts_lists_and_delays_read_as_words() -> None:
    assert (counted(1, "contract"), counted(1200, "share")) == ("1 contract", "1,200 shares")
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert (listed([]), listed(["a"])) == ("", "a")
    delays = (timedelta(0), timedelta(seconds=20), timedelta(minutes=15))
    assert [format_delay(d) for d in delays] == ["", "20 s", "15 min"]


def test_sentences_joined_are_the_text_and_a_decimal_point_ends_none() -> None:
    price = Figure(label="Price", value=Decimal("1.50"), unit=Unit.USD, provenance=SOURCE)
    block = TextBlock(template="It is {p}. Up 2.5 now!\n- one\n- two", figures={"p": price})
    assert sentences(block) == ["It is $1.50. ", "Up 2.5 now!\n", "- one\n", "- two"]
    assert "".join(sentences(block)) == plain_text(block)
