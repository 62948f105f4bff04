"""What a quote, a chain and a document have to be, worked out by hand."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.vendors.ground.chain import ContractRow, option_chain, option_quotes, years_left
from connectors.vendors.ground.notes import Notes
from connectors.vendors.ground.quotes import dated, fault, finished, from_epoch, two_sided
from connectors.vendors.ground.reading import Price, Wire, parse, sift
from connectors.vendors.ground.trouble import Trouble, plain
from mfa.kernel.symbols import OptionSymbol
from tests.vendors.ground import TERMS

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
DAY = date(2026, 12, 18)


class Row(Wire):
    name: str
    price: Price


def contract(symbol: str, bid: str, ask: str, last: str = "0", **model: float) -> ContractRow:
    return ContractRow(
        option=OptionSymbol.parse(symbol),
        bid=Decimal(bid),
        ask=Decimal(ask),
        last=Decimal(last),
        volatility=model.get("volatility"),
        delta=model.get("delta"),
        gamma=model.get("gamma"),
        theta=model.get("theta"),
        vega=model.get("vega"),
        at=NOW,
    )


def test_a_bid_above_its_ask_is_no_quote_and_neither_is_nothing() -> None:
    assert fault(Decimal(2), Decimal(1), Decimal(1)).startswith("crossed")
    assert fault(Decimal(0), Decimal(0), Decimal(0)) == "without any price"
    assert not fault(Decimal(1), Decimal(1), Decimal(0))


def test_the_last_price_stands_for_a_missing_side_but_an_option_may_be_bid_zero() -> None:
    notes = Notes()
    assert two_sided(Decimal(0), Decimal(5), Decimal(4), notes) == (Decimal(4), Decimal(4))
    assert "no two-sided quote" in notes.text()
    quiet = Notes()
    sides = two_sided(Decimal(0), Decimal("0.05"), Decimal(0), quiet, free_bid=True)
    assert sides == (Decimal(0), Decimal("0.05"))
    assert not quiet.text()


def test_a_moment_ahead_of_ours_becomes_ours_and_two_minutes_are_not_worth_a_word() -> None:
    notes = Notes()
    assert dated(NOW + timedelta(seconds=90), NOW, notes) == NOW
    assert not notes.text()
    assert dated(NOW + timedelta(hours=3), NOW, notes) == NOW
    assert "3 hours ahead" in notes.text()
    assert dated(NOW - timedelta(days=2), NOW, notes) == NOW - timedelta(days=2)
    assert dated(None, NOW, notes) == NOW


def test_no_epoch_count_raises() -> None:
    for count in (0, -1, 1e300, float("inf"), float("nan")):
        assert from_epoch(count) is None
    assert from_epoch(1_795_197_600) == datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def test_a_session_is_finished_a_quarter_hour_after_its_bell() -> None:
    day = date(2026, 11, 20)
    assert not finished(day, datetime(2026, 11, 20, 21, 14, tzinfo=UTC))
    assert finished(day, datetime(2026, 11, 20, 21, 15, tzinfo=UTC))
    assert finished(day, datetime(2026, 11, 21, 6, 0, tzinfo=UTC))
    assert not finished(date(2026, 11, 21), datetime(2026, 11, 20, 23, 0, tzinfo=UTC))


def test_time_to_expiry_ends_with_the_closing_bell() -> None:
    """28 days and 3 hours: 21:00 UTC is the bell in winter."""
    assert years_left(DAY, NOW) == pytest.approx((28 + 3 / 24) / 365)
    assert years_left(date(2026, 11, 1), NOW) > 0


def test_a_vendors_complete_greeks_are_kept_as_they_are() -> None:
    notes = Notes()
    row = contract(
        "KO261218C00070000", "1", "1.1", volatility=0.2, delta=0.5, gamma=0.1, theta=-0.1, vega=0.1
    )
    (quote,) = option_quotes([row], underlying=Decimal(70), now=NOW, notes=notes)
    assert (quote.implied_volatility, quote.delta, quote.theta) == (0.2, 0.5, -0.1)
    assert not notes.text()


def test_impossible_greeks_are_not_believed() -> None:
    notes = Notes()
    row = contract(
        "KO261218C00070000", "1", "1.1", volatility=0.2, delta=50, gamma=0.1, theta=-0.1, vega=0.1
    )
    (quote,) = option_quotes([row], underlying=Decimal(70), now=NOW, notes=notes)
    assert 0.4 < quote.delta < 0.6
    assert "computed here" in notes.text()


def test_a_contract_at_its_intrinsic_value_has_a_delta_of_one_and_nothing_else() -> None:
    rows = [
        contract("KO261218C00040000", "29.9", "30.0"),
        contract("KO261218P00100000", "30", "30"),
    ]
    call, put = option_quotes(rows, underlying=Decimal(70), now=NOW, notes=Notes())
    assert (call.delta, call.gamma, call.vega, call.implied_volatility) == (1, 0, 0, 0)
    assert put.delta == -1


def test_a_price_beyond_every_model_is_left_out_and_counted() -> None:
    notes = Notes()
    rows = [contract("KO261218C00070000", "80", "81"), contract("KO261218C00075000", "0", "0")]
    assert option_quotes(rows, underlying=Decimal(70), now=NOW, notes=notes) == []
    assert "1 without a volatility" in notes.text()
    assert "1 without any price" in notes.text()


def test_a_contract_of_another_day_is_none_of_the_chain() -> None:
    notes = Notes()
    rows = [contract("KO270115C00070000", "1", "1.1"), contract("KO261218C00070000", "1", "1.1")]
    chain = option_chain("KO", DAY, rows, underlying=Decimal(70), now=NOW, notes=notes)
    assert chain is not None
    assert len(chain.calls) == 1
    assert "1 of another expiration" in notes.text()


@given(st.floats(0.01, 200), st.floats(0.01, 200), st.sampled_from("CP"), st.floats(0.02, 3))
def test_no_quote_has_a_greek_that_is_no_number(
    bid: float, spread: float, side: str, spot: float
) -> None:
    low, high = f"{bid:.2f}", f"{bid + spread:.2f}"
    row = contract(f"KO261218{side}00070000", low, high)
    underlying = Decimal(f"{70 * spot:.2f}")
    for quote in option_quotes([row], underlying=underlying, now=NOW, notes=Notes()):
        greeks = (quote.delta, quote.gamma, quote.theta, quote.vega, quote.implied_volatility)
        assert all(map(math.isfinite, greeks))
        assert abs(quote.delta) <= 1


@given(st.binary(max_size=200))
def test_bytes_that_are_no_document_are_trouble_and_nothing_else(body: bytes) -> None:
    with pytest.raises(Trouble, match=r"^Acme answered, but "):
        parse(TERMS, Row, body)


def test_rows_are_judged_one_by_one_and_one_bad_one_is_counted() -> None:
    notes = Notes()
    rows = [
        {"name": "a", "price": 1},
        {"name": "b", "price": -1},
        {"name": "a", "price": 1},
        {"name": "a", "price": 2},
        "no row",
        {"name": "c", "price": True},
    ]
    assert [r.price for r in sift(TERMS, Row, rows, notes, lambda row: row.name)] == [1]
    assert notes.text() == "Rows left out: 1 repeated, 3 unreadable."


def test_rows_of_which_none_fits_are_bad_data_and_the_reason_names_the_field() -> None:
    with pytest.raises(Trouble, match="'price' in its answer cannot be read"):
        sift(TERMS, Row, [{"name": "a", "price": "much"}], Notes(), lambda row: row.name)
    assert sift(TERMS, Row, [], Notes(), lambda row: row.name) == []


def test_a_vendors_own_words_are_short_and_plain() -> None:
    assert plain("<html><body>Bad Gateway</body></html>") == ""
    assert plain("Invalid\r\n Access\tToken.\x1b[31m") == "Invalid Access Token.[31m"
    assert len(plain("x" * 1000)) == 120
