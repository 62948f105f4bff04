"""Crypto currencies: what a pair trades at, and what is held at the exchange.

Prices are those of the exchange that orders of pairs go to in this mode, and of no other. PRACTICE
has a market of its own, computed and no real one; its answers say so.
"""

from __future__ import annotations

from decimal import Decimal

from connectors.base import (
    HOLDINGS,
    NO_CACHE,
    PRICES,
    VALUED_HOLDINGS,
    DataConnector,
    DataSourceType,
    NoParams,
    QueryContext,
    query,
)
from connectors.coins.results import (
    CoinHoldings,
    CoinRow,
    PairParams,
    PairQuoteRow,
    PairRulesRow,
)
from mfa.kernel.account import Position
from mfa.kernel.coins import Pair, Venue
from mfa.kernel.money import cents, units
from mfa.kernel.outcome import Found, Outcome, derived


class CryptoConnector(DataConnector):
    name = "crypto"
    description = "Crypto currencies: quotes of pairs, an exchange's rules, coins held there."
    source_type = DataSourceType.HYBRID

    @query(
        description="What a crypto currency trades at: bid, ask and last price at the exchange.",
        examples=("What does bitcoin trade at?", "Quote of ETH/USDT"),
        cache=NO_CACHE,
        depends=PRICES,
        last_known=False,
    )
    def get_quote(self, params: PairParams, context: QueryContext) -> Outcome[PairQuoteRow]:
        del context
        found = self._pair(params)
        if not isinstance(found, Found):
            return found
        venue, pair = found.value
        quote = venue.market.quote(pair)
        if not isinstance(quote, Found):
            return quote
        value = quote.value
        return quote.map(
            lambda _: PairQuoteRow(
                pair=str(pair), exchange=venue.title, bid=value.bid, ask=value.ask,
                last=value.last, midpoint=value.mid, quoted_at=value.as_of,
            )
        )  # fmt: skip

    @query(
        description="How the exchange trades a pair: its own symbol, steps, least order, fees.",
        examples=("What does buying bitcoin cost in fees?",),
        cache=NO_CACHE,
        depends=PRICES,
        last_known=False,
    )
    def get_rules(self, params: PairParams, context: QueryContext) -> Outcome[PairRulesRow]:
        del context
        found = self._pair(params)
        if not isinstance(found, Found):
            return found
        venue, pair = found.value
        rules = venue.market.rules(pair)
        if not isinstance(rules, Found):
            return rules
        value = rules.value
        return rules.map(
            lambda _: PairRulesRow(
                pair=str(pair), exchange=venue.title, symbol=value.symbol,
                amount_step=value.amount_step, price_step=value.price_step,
                least_amount=value.least_amount, least_cost=value.least_cost,
                maker_pct=float(value.maker * 100), taker_pct=float(value.taker * 100),
            )
        )  # fmt: skip

    @query(
        description="The coins held at the exchange, with the money that is free there.",
        examples=("What crypto do I hold?", "How much bitcoin do I have?"),
        cache=NO_CACHE,
        depends=VALUED_HOLDINGS | HOLDINGS,
        last_known=False,
    )
    def get_holdings(self, params: NoParams, context: QueryContext) -> Outcome[CoinHoldings]:
        del params, context
        venue = self.sources.venue()
        if not isinstance(venue, Found):
            return venue
        account = venue.value.account.account()
        if not isinstance(account, Found):
            return account
        held = venue.value.account.positions()
        if not isinstance(held, Found):
            return held
        quotes = {each.symbol: _mid(venue.value, each) for each in held.value}
        priced = [each.provenance for each in quotes.values() if isinstance(each, Found)]
        return Found(
            CoinHoldings(
                exchange=venue.value.title,
                equity=account.value.equity,
                cash=account.value.cash,
                free=account.value.buying_power,
                rows=tuple(_row(each, quotes[each.symbol], venue.value) for each in held.value),
            ),
            derived("crypto", account.provenance, held.provenance, *priced),
        )

    def _pair(self, params: PairParams) -> Outcome[tuple[Venue, Pair]]:
        venue = self.sources.venue()
        if not isinstance(venue, Found):
            return venue
        base, _, quote = params.pair.upper().partition("/")
        pair = venue.value.market.pair(base, quote or None)
        return pair.map(lambda each: (venue.value, each)) if isinstance(pair, Found) else pair


def _mid(venue: Venue, position: Position) -> Outcome[Decimal]:
    quote = venue.market.quote(Pair.parse(position.symbol))
    return quote.map(lambda each: each.mid) if isinstance(quote, Found) else quote


def _row(position: Position, price: Outcome[Decimal], venue: Venue) -> CoinRow:
    cost = position.cost_basis if venue.knows_cost else None
    value = cents(price.value * position.quantity) if isinstance(price, Found) else None
    return CoinRow(
        pair=position.symbol,
        quantity=units(position.quantity),
        price=price.value if isinstance(price, Found) else None,
        value=value,
        cost=cost,
        unrealized=None if value is None or cost is None else value - cost,
    )
