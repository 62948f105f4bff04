"""The queries of crypto currencies: quotes, rules and holdings at the exchange of the mode."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connectors.coins.results import CoinHoldings, PairQuoteRow, PairRulesRow
from mfa.kernel.outcome import Absent, Found
from tests.connectors.test_pair_orders import Desk, desk

__all__ = ["desk"]


def test_a_quote_says_whose_it_is_and_of_when(desk: Desk) -> None:
    found = desk.data.query("crypto", "get_quote", {"pair": "btc"}, user="ada")
    assert isinstance(found, Found)
    assert isinstance(found.value, PairQuoteRow)
    quote = found.value
    assert (quote.pair, quote.exchange) == ("BTC/USD", "the paper exchange")
    assert [quote.bid, quote.midpoint, quote.ask] == [59990, 59995, 60000]
    assert found.provenance.source == "scripted"
    assert isinstance(desk.data.query("crypto", "get_quote", {"pair": "XYZ"}, user="ada"), Absent)


def test_rules_are_the_exchanges_with_fees_in_percent(desk: Desk) -> None:
    found = desk.data.query("crypto", "get_rules", {"pair": "BTC/USD"}, user="ada")
    assert isinstance(found, Found)
    assert isinstance(found.value, PairRulesRow)
    rules = found.value
    assert (rules.symbol, rules.amount_step, rules.price_step) == (
        "XBTUSD", Decimal("0.0001"), Decimal("0.5"),
    )  # fmt: skip
    assert rules.maker_pct == pytest.approx(0.1)
    assert rules.taker_pct == pytest.approx(0.2)


def test_holdings_are_marked_at_the_midpoint_beside_what_they_cost(desk: Desk) -> None:
    """0.1 cost 6,012 and is worth 5,999.50: 12.50 less; 43,988 of 50,000 are left."""
    desk.buy("+0.1")
    found = desk.data.query("crypto", "get_holdings", {}, user="ada")
    assert isinstance(found, Found)
    assert isinstance(found.value, CoinHoldings)
    (row,) = found.value.rows
    assert (row.quantity, row.price, row.value) == (
        Decimal("0.1"), Decimal(59995), Decimal("5999.50"),
    )  # fmt: skip
    assert (row.cost, row.unrealized) == (Decimal("6012.00"), Decimal("-12.50"))
    assert (found.value.cash, found.value.free) == (Decimal("43988.00"), Decimal("43988.00"))
    assert found.value.equity == Decimal("49987.50")
