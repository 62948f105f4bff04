"""A coin's price in words: to its last place, and said to be none where no market ever told it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from connectors.coins.results import PairQuoteRow
from mfa.kernel.outcome import Provenance
from tests.answers.made import answer, found, words

AT = datetime(2021, 6, 15, 14, 30, tzinfo=UTC)
DOGE = PairQuoteRow(
    pair="DOGE/USDT", exchange="Binance", bid=Decimal("0.15001"), ask=Decimal("0.15003"),
    last=Decimal("0.15002"), midpoint=Decimal("0.15002"), quoted_at=AT,
)  # fmt: skip


def test_a_price_of_parts_of_a_cent_is_told_whole() -> None:
    blocks = answer("price of dogecoin", found(DOGE), intent="price_quote")
    assert words(blocks) == ("DOGE/USDT trades at 0.15002 at Binance; 0.15001 bid, 0.15003 asked.")


def test_a_computed_price_says_that_it_is_no_real_one() -> None:
    computed = Provenance(
        source="practice exchange", as_of=AT, computed=True, note="prices are computed here"
    )
    blocks = answer("price of dogecoin", found(DOGE, computed), intent="price_quote")
    assert words(blocks).endswith("Prices are computed here.")
