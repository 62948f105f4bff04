"""Crypto currencies: what a pair trades at, and what is held at the exchange.

Prices are those of the exchange that orders of pairs go to in this mode, and of no other. PRACTICE
has a market of its own, computed and no real one; its answers say so.
"""

from __future__ import annotations

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
from mfa.kernel.coins import Pair, Venue
from mfa.kernel.money import units
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
        return Found(
            CoinHoldings(
                exchange=venue.value.title,
                equity=account.value.equity,
                cash=account.value.cash,
                free=account.value.buying_power,
                rows=tuple(
                    CoinRow(
                        pair=each.symbol, quantity=units(each.quantity),
                        cost=each.cost_basis if venue.value.knows_cost else None,
                    )
                    for each in held.value
                ),
            ),
            derived("crypto", account.provenance, held.provenance),
        )  # fmt: skip

    def _pair(self, params: PairParams) -> Outcome[tuple[Venue, Pair]]:
        venue = self.sources.venue()
        if not isinstance(venue, Found):
            return venue
        base, _, quote = params.pair.upper().partition("/")
        pair = venue.value.market.pair(base, quote or None)
        return pair.map(lambda each: (venue.value, each)) if isinstance(pair, Found) else pair
