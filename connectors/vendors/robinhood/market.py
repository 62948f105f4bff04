"""Robinhood as a market source. What it has no data for it says; nothing is filled in silently."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from connectors.vendors.ground.answers import found
from connectors.vendors.ground.asked import AskedMarket
from connectors.vendors.ground.chain import ContractRow, option_chain, option_quotes
from connectors.vendors.ground.quotes import dated, fault, two_sided
from connectors.vendors.ground.reading import Wire, parse, sift
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import NotThere, Trouble, bad_data
from connectors.vendors.robinhood.access import API, SOURCE, RobinhoodAccess
from connectors.vendors.robinhood.names import Names, batches, option_of
from connectors.vendors.robinhood.research import RobinhoodResearch
from connectors.vendors.robinhood.wire import (
    ChainDocument,
    OptionInstrumentRow,
    OptionMarketRow,
    QuoteRow,
)
from mfa.kernel.market import (
    DailyClose,
    Dividend,
    Earnings,
    OptionChain,
    OptionQuote,
    Quote,
)
from mfa.kernel.outcome import Absent, Outcome
from mfa.kernel.symbols import OptionSymbol, ticker

_UNKNOWN: Final = frozenset({400, 404})


class _DateRow(Wire):
    date: date


class RobinhoodMarket(AskedMarket):
    """`MarketSource` over one connection; thread-safe."""

    def __init__(self, access: RobinhoodAccess, names: Names, research: RobinhoodResearch) -> None:
        self._access, self._terms, self._ask = access, access.terms, access.ask
        self._names, self._research = names, research

    @property
    def name(self) -> str:
        return SOURCE

    def daily_closes(self, symbol: str, start: date, end: date) -> Outcome[tuple[DailyClose, ...]]:
        return self._research.daily_closes(symbol, start, end)

    def dividends(self, symbol: str, start: date, end: date) -> Outcome[tuple[Dividend, ...]]:
        return self._research.dividends(symbol, start, end)

    def next_earnings(self, symbol: str) -> Outcome[Earnings]:
        return self._research.next_earnings(symbol)

    def earnings(self, symbol: str, start: date, end: date) -> Outcome[tuple[Earnings, ...]]:
        return self._research.earnings(symbol, start, end)

    # -- one question each ----------------------------------------------------------------------

    def _quote(self, call: Call, symbol: str) -> Outcome[Quote]:
        name = ticker(symbol)
        row = self._stock(call, name)
        if row is None:
            return Absent(f"{SOURCE} does not know {name}.")
        wrong = fault(row.bid_price, row.ask_price, row.last)
        if wrong:
            raise bad_data(self._terms, f"its quote of {name} is {wrong}")
        bid, ask = two_sided(row.bid_price, row.ask_price, row.last, call.notes)
        if row.previous is None:
            call.notes.say("There is no previous close: the day's change is not known.")
        if row.trading_halted:
            call.notes.say(f"Trading in {name} is halted.")
        figures = self._research.figures(call, name)
        if figures is None or figures.volume is None:
            call.notes.say("There is no volume: it stands as zero.")
        quote = Quote(
            symbol=name,
            bid=bid,
            ask=ask,
            last=row.last or (bid + ask) / 2,
            previous_close=row.previous if row.previous is not None else row.last,
            volume=int(figures.volume) if figures is not None and figures.volume else 0,
            as_of=dated(row.updated_at, call.now, call.notes),
        )
        return found(quote, source=SOURCE, call=call, as_of=quote.as_of)

    def _option_quote(self, call: Call, option: OptionSymbol) -> Outcome[OptionQuote]:
        wanted = {"strike_price": f"{option.strike:.4f}", "type": option.option_type.value}
        listed = self._listed(call, option.root, option.expiration, wanted)
        known = [row for row in listed if option_of(row) == option]
        contracts = self._contracts(call, known[:1])
        if not contracts:
            return Absent(f"{SOURCE} does not know the option {option}.")
        price = self._price(call, option.root)
        quotes = option_quotes(contracts, underlying=price, now=call.now, notes=call.notes)
        if not quotes:
            raise self._unusable(call, f"its quote of {option}")
        return found(quotes[0], source=SOURCE, call=call, as_of=quotes[0].as_of)

    def _expirations(self, call: Call, symbol: str) -> Outcome[tuple[date, ...]]:
        name = ticker(symbol)
        nothing = Absent(f"{SOURCE} knows no options of {name}.")
        instrument = self._names.instrument(call, name)
        if instrument is None or instrument.tradable_chain_id is None:
            return nothing
        url = f"{API}/options/chains/{instrument.tradable_chain_id}/"
        try:
            document = parse(
                self._terms, ChainDocument, self._access.get(call, url, absent=_UNKNOWN)
            )
        except NotThere:
            return nothing
        raw = [{"date": each} for each in document.expiration_dates]
        rows = sift(self._terms, _DateRow, raw, call.notes, lambda row: row.date)
        days = tuple(sorted(row.date for row in rows))
        return found(days, source=SOURCE, call=call) if days else nothing

    def _chain(self, call: Call, symbol: str, expiration: date) -> Outcome[OptionChain]:
        name = ticker(symbol)
        contracts = self._contracts(call, self._listed(call, name, expiration, {}))
        if not contracts:
            return Absent(f"{SOURCE} knows no options of {name} that expire on {expiration}.")
        chain = option_chain(
            name,
            expiration,
            contracts,
            underlying=self._price(call, name),
            now=call.now,
            notes=call.notes,
        )
        if chain is None:
            raise self._unusable(call, f"its chain of {name} for {expiration}")
        return found(chain, source=SOURCE, call=call, as_of=chain.as_of)

    # -- parts ----------------------------------------------------------------------------------

    def _stock(self, call: Call, name: str) -> QuoteRow | None:
        url = self._access.urls.quotes_url()
        try:
            raw = self._access.rows(call, url, {"symbols": name}, absent=_UNKNOWN)
        except NotThere:
            return None
        rows = sift(self._terms, QuoteRow, raw, call.notes, lambda row: row.symbol)
        return next((row for row in rows if row.symbol == name), None)

    def _price(self, call: Call, name: str) -> Decimal:
        """The underlying's last price, or its midpoint without one; read once a question."""
        if name in call.prices:
            return call.prices[name]
        row = self._stock(call, name)
        wrong = "unknown" if row is None else fault(row.bid_price, row.ask_price, row.last)
        if row is None or wrong:
            raise bad_data(self._terms, f"the price of {name} itself is {wrong}")
        call.prices[name] = row.last or (row.bid_price + row.ask_price) / 2
        return call.prices[name]

    def _listed(
        self, call: Call, name: str, expiration: date, wanted: dict[str, str]
    ) -> list[OptionInstrumentRow]:
        """The contracts of one expiration that Robinhood lists."""
        instrument = self._names.instrument(call, name)
        if instrument is None or instrument.tradable_chain_id is None:
            return []
        params = {
            "chain_id": instrument.tradable_chain_id,
            "expiration_dates": expiration.isoformat(),
            "state": "active",
            **wanted,
        }
        raw = self._access.rows(call, self._access.urls.option_instruments_url(), params)
        return sift(self._terms, OptionInstrumentRow, raw, call.notes, lambda row: row.id)

    def _contracts(self, call: Call, listed: Sequence[OptionInstrumentRow]) -> list[ContractRow]:
        """The listed contracts with their market data, asked for forty at a time."""
        quoted: dict[str, OptionMarketRow] = {}
        url = self._access.urls.marketdata_options_url()
        for part in batches(listed):
            raw = self._access.rows(call, url, {"instruments": ",".join(row.url for row in part)})
            rows = sift(self._terms, OptionMarketRow, raw, call.notes, lambda row: row.instrument)
            quoted.update((row.instrument, row) for row in rows)
        contracts: list[ContractRow] = []
        for row in listed:
            option, market = option_of(row), quoted.get(row.id)
            if option is None:
                call.notes.leave_out("with a symbol that cannot be read")
            elif market is not None:
                contracts.append(_contract(option, market))
        return contracts

    def _unusable(self, call: Call, what: str) -> Trouble:
        reasons = ", ".join(sorted(call.notes.left_out)) or "empty"
        return bad_data(self._terms, f"{what} is unusable ({reasons})")


def _contract(option: OptionSymbol, row: OptionMarketRow) -> ContractRow:
    return ContractRow(
        option=option,
        bid=row.bid_price,
        ask=row.ask_price,
        last=row.last_trade_price,
        volatility=row.implied_volatility,
        delta=row.delta,
        gamma=row.gamma,
        theta=row.theta,
        vega=row.vega,
        open_interest=row.open_interest,
        volume=row.volume,
        at=row.updated_at,
    )
