"""A block that was stored as JSON is the same block again."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from mfa.answers.blocks import BLOCK, Block, Column, Figure, TableBlock, TextBlock, Unit
from mfa.kernel.outcome import derived
from tests.answers.made import SOURCE, STALE


def stored(block: Block) -> Block:
    return BLOCK.validate_python(json.loads(json.dumps(BLOCK.dump_python(block, mode="json"))))


def test_figures_keep_their_types_and_their_whole_provenance() -> None:
    origin = derived("theta", SOURCE, STALE, note="sum")
    values = (Decimal("-12.30"), Decimal(7), 0.5, 3, "KO", date(2021, 6, 18))
    units = (Unit.USD, Unit.USD, Unit.NUMBER, Unit.COUNT, Unit.TEXT, Unit.DATE)
    figures = {
        f"f{n}": Figure(label="x", value=v, unit=u, provenance=origin)
        for n, (v, u) in enumerate(zip(values, units, strict=True))
    }
    again = stored(TextBlock(template="", figures=figures))
    assert isinstance(again, TextBlock)
    assert [f.provenance for f in again.figures.values()] == [origin] * 6
    assert again.figures["f0"].value == Decimal("-12.30")
    assert isinstance(again.figures["f0"].value, Decimal)
    assert again.figures["f4"].value == "KO"


def test_cells_of_money_columns_are_decimals_again() -> None:
    table = TableBlock(
        title="t",
        columns=(Column(key="n", label="n"), Column(key="v", label="v", unit=Unit.USD)),
        rows=(("12.5", Decimal("12.50")), ("none", None)),
        provenance=SOURCE,
    )
    assert stored(table) == table
    again = stored(table)
    assert isinstance(again, TableBlock)
    assert isinstance(again.rows[0][1], Decimal)
    assert again.rows[0][0] == "12.5"


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(ValidationError, match="every row"):
        TableBlock(
            title="t", columns=(Column(key="n", label="n"),), rows=(("a", "b"),), provenance=SOURCE
        )
