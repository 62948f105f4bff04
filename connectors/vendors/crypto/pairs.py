"""Pairs at an exchange: which there are, the public ticker, the grid, the schedule of fees.

Asked without keys. An exchange that tells no time of its quote is taken at the moment of asking;
one without a two-sided quote has none. Fees are those of the exchange's own schedule for the
smallest customer, or of the account where the exchange tells them: an estimate either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from connectors.vendors.crypto.exchange import Exchange
from connectors.vendors.crypto.told import moment, number
from connectors.vendors.ground.answers import found
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import NotThere, bad_data
from mfa.kernel.coins import DOLLARS, Pair, PairQuote, PairRules
from mfa.kernel.errors import InputError
from mfa.kernel.outcome import Absent, Outcome

_ZERO: Final = Decimal(0)


class ExchangePairs:
    """`PairMarket` of one exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._of_trade = exchange.house.ticker_of_last_trade

    @property
    def name(self) -> str:
        return self._exchange.house.title

    def pair(self, base: str, quote: str | None) -> Outcome[Pair]:
        wanted = DOLLARS if quote is None else (quote,)

        def work(call: Call) -> Outcome[Pair]:
            markets = self._markets(call)
            for each in wanted:
                try:
                    pair = Pair.parse(f"{base}/{each}")
                except InputError as error:
                    return Absent(str(error))
                if _is_traded(markets.get(str(pair))):
                    return found(pair, source=self.name, call=call)
            against = f"against {quote}" if quote else f"against dollars ({', '.join(DOLLARS)})"
            return Absent(f"{self.name} does not trade {base} {against}.")

        return self._exchange.ask("pair", work)

    def quote(self, pair: Pair) -> Outcome[PairQuote]:
        def work(call: Call) -> Outcome[PairQuote]:
            try:
                ticker: Mapping[str, Any] = self._exchange.read(
                    call, lambda client: client.fetch_ticker(str(pair))
                )
            except NotThere:
                return Absent(f"{self.name} does not trade {pair}.")
            bid, ask = number(ticker.get("bid")), number(ticker.get("ask"))
            if bid is None or ask is None or not 0 < bid <= ask:
                return Absent(f"{pair} has no two-sided quote at {self.name} now.")
            told = None if self._of_trade else moment(ticker.get("timestamp"))
            as_of = min(told or call.now, call.now)
            quote = PairQuote(
                pair=pair, bid=bid, ask=ask, last=number(ticker.get("last")) or (bid + ask) / 2,
                as_of=as_of,
            )  # fmt: skip
            return found(quote, source=self.name, call=call, as_of=as_of)

        return self._exchange.ask("pair_quote", work)

    def rules(self, pair: Pair) -> Outcome[PairRules]:
        def work(call: Call) -> Outcome[PairRules]:
            market = self._markets(call).get(str(pair))
            if market is None or not _is_traded(market):
                return Absent(f"{self.name} does not trade {pair}.")
            return found(self._rules(pair, market), source=self.name, call=call)

        return self._exchange.ask("pair_rules", work)

    # -- parts ----------------------------------------------------------------------------------

    def _markets(self, call: Call) -> Mapping[str, Mapping[str, Any]]:
        markets: Mapping[str, Mapping[str, Any]] = self._exchange.read(
            call, lambda client: client.load_markets()
        )
        return markets

    def _rules(self, pair: Pair, market: Mapping[str, Any]) -> PairRules:
        grid, limits = market.get("precision") or {}, market.get("limits") or {}
        steps = number(grid.get("amount")), number(grid.get("price"))
        fees = number(market.get("maker")), number(market.get("taker"))
        if None in steps or None in fees:
            raise bad_data(self._exchange.terms, f"does not say how {pair} is traded")
        amount_step, price_step = (each or _ZERO for each in steps)
        maker, taker = (each or _ZERO for each in fees)
        if amount_step <= 0 or price_step <= 0:
            raise bad_data(self._exchange.terms, f"the steps of {pair} are none")
        return PairRules(
            pair=pair, symbol=str(market.get("id") or pair), amount_step=amount_step,
            price_step=price_step, least_amount=_least(limits, "amount"),
            least_cost=_least(limits, "cost"), maker=maker, taker=taker,
        )  # fmt: skip


def _is_traded(market: Mapping[str, Any] | None) -> bool:
    return market is not None and bool(market.get("spot")) and market.get("active") is not False


def _least(limits: Mapping[str, Any], what: str) -> Decimal:
    return number((limits.get(what) or {}).get("min")) or _ZERO
