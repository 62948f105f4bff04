"""Tradier as a market source. What it has no data for it says; nothing is filled in silently."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from connectors.vendors.ground.answers import found
from connectors.vendors.ground.asked import AskedHistory, AskedMarket
from connectors.vendors.ground.chain import ContractRow, option_chain, option_quotes
from connectors.vendors.ground.quotes import dated, fault, finished, two_sided
from connectors.vendors.ground.reading import Wire, sift
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import Trouble, bad_data
from connectors.vendors.tradier.access import TradierAccess
from connectors.vendors.tradier.wire import DayRow, OptionRow, QuoteRow, rows_under
from mfa.kernel.errors import InputError
from mfa.kernel.market import OptionChain, OptionQuote, Quote
from mfa.kernel.outcome import Absent, Outcome
from mfa.kernel.research import Bar
from mfa.kernel.symbols import OptionSymbol, ticker

_GREEKS = "Greeks by ORATS, refreshed hourly."


class _DateRow(Wire):
    date: date


class TradierMarket(AskedMarket, AskedHistory):
    """`MarketSource` and `ResearchSource` over one connection; thread-safe."""

    def __init__(self, access: TradierAccess) -> None:
        self._access, self._terms, self._client = access, access.terms, access.client
        self._ask = access.gate.ask

    @property
    def name(self) -> str:
        return self._access.source

    # -- one question each ----------------------------------------------------------------------

    def _quote(self, call: Call, symbol: str) -> Outcome[Quote]:
        name = ticker(symbol)
        row = self._stock(call, name)
        if row is None:
            return Absent(f"{self.name} does not know {name}.")
        wrong = fault(row.bid, row.ask, row.last)
        if wrong:
            raise bad_data(self._terms, f"its quote of {name} is {wrong}")
        bid, ask = two_sided(row.bid, row.ask, row.last, call.notes)
        if row.prevclose is None:
            call.notes.say("There is no previous close: the day's change is not known.")
        quote = Quote(
            symbol=name,
            bid=bid,
            ask=ask,
            last=row.last or (bid + ask) / 2,
            previous_close=row.prevclose if row.prevclose is not None else row.last,
            volume=row.volume,
            as_of=dated(row.at, call.now, call.notes),
        )
        return found(
            quote, source=self.name, call=call, as_of=quote.as_of, delay=self._access.delay
        )

    def _option_quote(self, call: Call, option: OptionSymbol) -> Outcome[OptionQuote]:
        compact = option.occ.replace(" ", "")
        params = {"symbols": compact, "greeks": "true"}
        body = self._client.get(call, "/markets/quotes", params)
        rows = rows_under(self._terms, body, "quotes", "quote")
        options = sift(self._terms, OptionRow, rows, call.notes, lambda row: row.symbol)
        row = next((row for row in options if row.symbol == compact), None)
        if row is None:
            return Absent(f"{self.name} does not know the option {option}.")
        price = self._price(call, _written(row.underlying or option.root))
        quotes = option_quotes([_contract(row)], underlying=price, now=call.now, notes=call.notes)
        if not quotes:
            raise self._unusable(call, f"its quote of {option}")
        return found(
            quotes[0],
            source=self.name,
            call=call,
            as_of=quotes[0].as_of,
            delay=self._access.delay,
            note=_GREEKS if row.greeks else "",
        )

    def _expirations(self, call: Call, symbol: str) -> Outcome[tuple[date, ...]]:
        name = ticker(symbol)
        params = {"symbol": _spelt(name), "includeAllRoots": "true"}
        body = self._client.get(call, "/markets/options/expirations", params)
        raw = [{"date": each} for each in rows_under(self._terms, body, "expirations", "date")]
        rows = sift(self._terms, _DateRow, raw, call.notes, lambda row: row.date)
        days = tuple(sorted(row.date for row in rows))
        if not days:
            return Absent(f"{self.name} knows no options of {name}.")
        return found(days, source=self.name, call=call)

    def _chain(self, call: Call, symbol: str, expiration: date) -> Outcome[OptionChain]:
        name = ticker(symbol)
        params = {"symbol": _spelt(name), "expiration": expiration.isoformat(), "greeks": "true"}
        body = self._client.get(call, "/markets/options/chains", params)
        raw = rows_under(self._terms, body, "options", "option")
        rows = sift(self._terms, OptionRow, raw, call.notes, lambda row: row.symbol)
        if not rows:
            return Absent(f"{self.name} knows no options of {name} that expire on {expiration}.")
        chain = option_chain(
            name,
            expiration,
            self._contracts(call, rows),
            underlying=self._price(call, name),
            now=call.now,
            notes=call.notes,
        )
        if chain is None:
            raise self._unusable(call, f"its chain of {name} for {expiration}")
        return found(
            chain,
            source=self.name,
            call=call,
            as_of=chain.as_of,
            delay=self._access.delay,
            note=_GREEKS if any(row.greeks for row in rows) else "",
        )

    def _bars(self, call: Call, symbol: str, start: date, end: date) -> tuple[Bar, ...] | Absent:
        name = ticker(symbol)
        if end < start:
            return Absent(f"There is no day from {start} to {end}.")
        params = {
            "symbol": _spelt(name),
            "interval": "daily",
            "start": start.isoformat(),
            "end": end.isoformat(),
        }
        body = self._client.get(call, "/markets/history", params)
        raw = rows_under(self._terms, body, "history", "day")
        rows = sift(self._terms, DayRow, raw, call.notes, lambda row: row.date)
        bars = tuple(
            Bar(
                day=row.date,
                open=row.open,
                high=row.high,
                low=row.low,
                close=row.close,
                volume=row.volume,
            )
            for row in sorted(rows, key=lambda row: row.date)
            if start <= row.date <= end and finished(row.date, call.now)
        )
        return bars or Absent(f"{self.name} has no closes of {name} from {start} to {end}.")

    # -- parts ----------------------------------------------------------------------------------

    def _stock(self, call: Call, name: str) -> QuoteRow | None:
        spelt = _spelt(name)
        params = {"symbols": spelt, "greeks": "false"}
        body = self._client.get(call, "/markets/quotes", params)
        raw = rows_under(self._terms, body, "quotes", "quote")
        rows = sift(self._terms, QuoteRow, raw, call.notes, lambda row: row.symbol)
        return next((row for row in rows if row.symbol == spelt), None)

    def _price(self, call: Call, name: str) -> Decimal:
        """The underlying's last price, or its midpoint without one; read once a question."""
        if name in call.prices:
            return call.prices[name]
        row = self._stock(call, name)
        wrong = "unknown" if row is None else fault(row.bid, row.ask, row.last)
        if row is None or wrong:
            raise bad_data(self._terms, f"the price of {name} itself is {wrong}")
        call.prices[name] = row.last or (row.bid + row.ask) / 2
        return call.prices[name]

    def _contracts(self, call: Call, rows: Sequence[OptionRow]) -> list[ContractRow]:
        contracts: list[ContractRow] = []
        for row in rows:
            if row.contract_size != 100:
                call.notes.leave_out("adjusted contracts (not 100 shares)")
                continue
            try:
                contracts.append(_contract(row))
            except InputError:
                call.notes.leave_out("with a symbol that cannot be read")
        return contracts

    def _unusable(self, call: Call, what: str) -> Trouble:
        reasons = ", ".join(sorted(call.notes.left_out)) or "empty"
        return bad_data(self._terms, f"{what} is unusable ({reasons})")


def _contract(row: OptionRow) -> ContractRow:
    greeks = row.greeks
    return ContractRow(
        option=OptionSymbol.parse(row.symbol),
        bid=row.bid,
        ask=row.ask,
        last=row.last,
        volatility=greeks.volatility if greeks else None,
        delta=greeks.delta if greeks else None,
        gamma=greeks.gamma if greeks else None,
        theta=greeks.theta if greeks else None,
        vega=greeks.vega if greeks else None,
        open_interest=row.open_interest,
        volume=row.volume,
        at=row.at,
    )


def _spelt(name: str) -> str:
    """A ticker as Tradier spells it: share classes with a slash."""
    return name.replace(".", "/").replace("-", "/")


def _written(name: str) -> str:
    """A ticker of Tradier's as we spell it."""
    return name.replace("/", ".")
