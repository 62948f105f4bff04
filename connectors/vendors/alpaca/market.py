"""Alpaca as a market source. The feed is part of the source's name; free ones are late or thin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from connectors.vendors.alpaca import wire
from connectors.vendors.alpaca.access import INDICATIVE_DELAY, AlpacaAccess
from connectors.vendors.alpaca.research import AlpacaResearch
from connectors.vendors.ground.answers import found
from connectors.vendors.ground.asked import AskedMarket
from connectors.vendors.ground.chain import ContractRow, option_chain, option_quotes
from connectors.vendors.ground.quotes import dated, fault, two_sided
from connectors.vendors.ground.reading import only, parse_object, sift
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import NotThere, bad_data
from mfa.kernel.clock import exchange_date
from mfa.kernel.errors import InputError
from mfa.kernel.market import OptionChain, OptionQuote, Quote
from mfa.kernel.money import ZERO
from mfa.kernel.outcome import Absent, Outcome
from mfa.kernel.symbols import OptionSymbol, ticker

_ABSENT: Final = frozenset({404, 422})


class AlpacaMarket(AskedMarket, AlpacaResearch):
    """`MarketSource` and `ResearchSource` over one connection; thread-safe."""

    def __init__(self, access: AlpacaAccess) -> None:
        super().__init__(access)
        self._option_source = f"Alpaca ({access.keys.option_feed} feed)"
        indicative = access.keys.option_feed == "indicative"
        self._option_delay = INDICATIVE_DELAY if indicative else timedelta(0)

    # -- one question each ----------------------------------------------------------------------

    def _quote(self, call: Call, symbol: str) -> Outcome[Quote]:
        name = ticker(symbol)
        snapshot = self._snapshot(call, name)
        if snapshot is None or (snapshot.latestTrade is None and snapshot.latestQuote is None):
            return Absent(f"{self.name} does not know {name}.")
        bid, ask, last = self._prices(call, name, snapshot)
        previous = self._previous_close(call, snapshot)
        moments = [r.t for r in (snapshot.latestTrade, snapshot.latestQuote) if r]
        quote = Quote(
            symbol=name,
            bid=bid,
            ask=ask,
            last=last,
            previous_close=last if previous is None else previous,
            volume=int(snapshot.dailyBar.v) if snapshot.dailyBar else 0,
            as_of=dated(max(moments), call.now, call.notes),
        )
        return found(quote, source=self.name, call=call, as_of=quote.as_of)

    def _option_quote(self, call: Call, option: OptionSymbol) -> Outcome[OptionQuote]:
        compact = option.occ.replace(" ", "")
        params = {"symbols": compact, "feed": self._access.keys.option_feed}
        body = self._data.get(call, "/v1beta1/options/snapshots", params)
        rows = self._sifted(call, self._keyed(parse_object(self._terms, body)))
        if not rows:
            return Absent(f"{self.name} does not know the option {option}.")
        try:
            raw = self._trading.get(call, f"/v2/options/contracts/{compact}", absent=_ABSENT)
        except NotThere:
            return Absent(f"{self.name} does not know the option {option}.")
        contract = only(self._terms, wire.ContractRow, parse_object(self._terms, raw))
        price = self._underlying(call, contract.underlying_symbol)
        contracts = self._contracts(call, rows, {compact: contract})
        quotes = option_quotes(contracts, underlying=price, now=call.now, notes=call.notes)
        if not quotes:
            raise bad_data(self._terms, f"its quote of {option} is unusable ({_why(call)})")
        return found(
            quotes[0],
            source=self._option_source,
            call=call,
            as_of=quotes[0].as_of,
            delay=self._option_delay,
        )

    def _expirations(self, call: Call, symbol: str) -> Outcome[tuple[date, ...]]:
        name = ticker(symbol)
        listed = self._listed(call, name, {"expiration_date_gte": str(exchange_date(call.now))})
        days = tuple(sorted({row.expiration_date for row in listed.values()}))
        if not days:
            return Absent(f"{self.name} knows no options of {name}.")
        return found(days, source=self._access.account_source, call=call)

    def _chain(self, call: Call, symbol: str, expiration: date) -> Outcome[OptionChain]:
        name = ticker(symbol)
        params = {
            "expiration_date": expiration.isoformat(),
            "feed": self._access.keys.option_feed,
            "limit": "1000",
        }
        raw: list[dict[str, Any]] = []
        for page in self._access.pages(
            call, self._data, f"/v1beta1/options/snapshots/{name}", params
        ):
            raw += self._keyed(page)
        rows = self._sifted(call, raw)
        if not rows:
            return Absent(f"{self.name} knows no options of {name} that expire on {expiration}.")
        listed = self._listed(call, name, {"expiration_date": expiration.isoformat()})
        chain = option_chain(
            name,
            expiration,
            self._contracts(call, rows, listed),
            underlying=self._underlying(call, name),
            now=call.now,
            notes=call.notes,
        )
        if chain is None:
            raise bad_data(self._terms, f"its chain of {name} is unusable ({_why(call)})")
        return found(
            chain,
            source=self._option_source,
            call=call,
            as_of=chain.as_of,
            delay=self._option_delay,
        )

    # -- parts ----------------------------------------------------------------------------------

    def _snapshot(self, call: Call, name: str) -> wire.StockSnapshot | None:
        params = {"symbols": name, "feed": self._access.keys.stock_feed}
        try:
            body = self._data.get(call, "/v2/stocks/snapshots", params, absent=_ABSENT)
        except NotThere:
            return None
        row = parse_object(self._terms, body).get(name)
        return None if row is None else only(self._terms, wire.StockSnapshot, row)

    def _prices(
        self, call: Call, name: str, snapshot: wire.StockSnapshot
    ) -> tuple[Decimal, Decimal, Decimal]:
        """Bid, ask and last price. `Trouble` when they make no quote."""
        quote, trade = snapshot.latestQuote, snapshot.latestTrade
        bid, ask = (quote.bp, quote.ap) if quote else (ZERO, ZERO)
        last = trade.p if trade else ZERO
        wrong = fault(bid, ask, last)
        if wrong:
            raise bad_data(self._terms, f"its quote of {name} is {wrong}")
        bid, ask = two_sided(bid, ask, last, call.notes)
        return bid, ask, last or (bid + ask) / 2

    def _underlying(self, call: Call, name: str) -> Decimal:
        """The underlying's price, read once a question."""
        if name not in call.prices:
            snapshot = self._snapshot(call, name)
            if snapshot is None:
                raise bad_data(self._terms, f"the price of {name} itself is unknown")
            call.prices[name] = self._prices(call, name, snapshot)[2]
        return call.prices[name]

    def _previous_close(self, call: Call, snapshot: wire.StockSnapshot) -> Decimal | None:
        if snapshot.prevDailyBar is not None:
            return snapshot.prevDailyBar.c
        call.notes.say("There is no previous close: the day's change is not known.")
        return None

    def _keyed(self, page: Any) -> list[dict[str, Any]]:
        """The snapshots of a page as rows that carry their own symbols."""
        snapshots = page.get("snapshots")
        if not isinstance(snapshots, dict):
            raise bad_data(self._terms, "its answer lacks 'snapshots'")
        return [
            {**row, "symbol": name} if isinstance(row, dict) else {"symbol": None}
            for name, row in snapshots.items()
        ]

    def _sifted(self, call: Call, raw: Sequence[Any]) -> list[wire.OptionSnapshot]:
        return sift(self._terms, wire.OptionSnapshot, raw, call.notes, lambda row: row.symbol)

    def _listed(self, call: Call, name: str, params: dict[str, str]) -> dict[str, wire.ContractRow]:
        """The listed contracts of an underlying, by symbol."""
        asked = {"underlying_symbols": name, "status": "active", "limit": "10000", **params}
        raw: list[Any] = []
        for page in self._access.pages(call, self._trading, "/v2/options/contracts", asked):
            raw += self._list(page, "option_contracts")
        rows = sift(self._terms, wire.ContractRow, raw, call.notes, lambda row: row.symbol)
        return {row.symbol: row for row in rows}

    def _contracts(
        self,
        call: Call,
        rows: Sequence[wire.OptionSnapshot],
        listed: dict[str, wire.ContractRow],
    ) -> list[ContractRow]:
        contracts: list[ContractRow] = []
        for row in rows:
            known = listed.get(row.symbol)
            if known is None or known.size != 100:
                call.notes.leave_out("not listed or adjusted")
                continue
            try:
                contracts.append(_contract(row, known))
            except InputError:
                call.notes.leave_out("with a symbol that cannot be read")
        return contracts


def _contract(row: wire.OptionSnapshot, known: wire.ContractRow) -> ContractRow:
    quote, trade, greeks = row.latestQuote, row.latestTrade, row.greeks
    moments: list[datetime] = [part.t for part in (quote, trade) if part]
    return ContractRow(
        option=OptionSymbol.parse(row.symbol),
        bid=quote.bp if quote else ZERO,
        ask=quote.ap if quote else ZERO,
        last=trade.p if trade else ZERO,
        volatility=row.impliedVolatility,
        delta=greeks.delta if greeks else None,
        gamma=greeks.gamma if greeks else None,
        theta=greeks.theta if greeks else None,
        vega=greeks.vega if greeks else None,
        open_interest=known.open_interest,
        volume=int(row.dailyBar.v) if row.dailyBar else 0,
        at=max(moments, default=None),
    )


def _why(call: Call) -> str:
    return ", ".join(sorted(call.notes.left_out)) or "empty"
