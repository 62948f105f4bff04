"""Yahoo as a market source. It gives volatilities but no Greeks: they are computed, and said so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from connectors.vendors.ground.answers import found
from connectors.vendors.ground.asked import AskedMarket
from connectors.vendors.ground.chain import ContractRow, option_chain, option_quotes
from connectors.vendors.ground.quotes import dated, fault, from_epoch, two_sided
from connectors.vendors.ground.reading import only, parse_object, sift
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import NotThere, bad_data
from connectors.vendors.yahoo import wire
from connectors.vendors.yahoo.access import SOURCE
from connectors.vendors.yahoo.research import YahooResearch, spelt
from mfa.kernel.errors import InputError
from mfa.kernel.market import OptionChain, OptionQuote, Quote
from mfa.kernel.outcome import Absent, Outcome
from mfa.kernel.symbols import OptionSymbol, ticker


class YahooMarket(AskedMarket, YahooResearch):
    """`MarketSource` and `ResearchSource` over one access; thread-safe."""

    # -- one question each ----------------------------------------------------------------------

    def _quote(self, call: Call, symbol: str) -> Outcome[Quote]:
        name = ticker(symbol)
        unknown = Absent(f"{SOURCE} does not know {name}.")
        body = self._access.quotes(call, {"symbols": spelt(name), "formatted": "false"})
        try:
            raw = wire.results(self._terms, parse_object(self._terms, body), "quoteResponse")
        except NotThere:
            return unknown
        rows = sift(self._terms, wire.QuoteRow, raw, call.notes, lambda row: row.symbol)
        row = next((row for row in rows if row.symbol == spelt(name)), None)
        if row is None:
            return unknown
        self._in_dollars(row, name)
        bid, ask, last = self._prices(call, row, name)
        if row.regularMarketPreviousClose is None:
            call.notes.say("There is no previous close: the day's change is not known.")
        previous = row.regularMarketPreviousClose
        quote = Quote(
            symbol=name,
            bid=bid,
            ask=ask,
            last=last,
            previous_close=last if previous is None else previous,
            volume=row.regularMarketVolume,
            as_of=dated(row.regularMarketTime, call.now, call.notes),
        )
        return found(quote, source=SOURCE, call=call, as_of=quote.as_of, delay=_delay(row))

    def _expirations(self, call: Call, symbol: str) -> Outcome[tuple[date, ...]]:
        name = ticker(symbol)
        result = self._listed(call, name, {})
        days = () if result is None else self._days(result)
        if not days:
            return Absent(f"{SOURCE} knows no options of {name}.")
        return found(days, source=SOURCE, call=call)

    def _chain(self, call: Call, symbol: str, expiration: date) -> Outcome[OptionChain]:
        name = ticker(symbol)
        read = self._contracts(call, name, expiration)
        if isinstance(read, Absent):
            return read
        contracts, row, underlying = read
        chain = option_chain(
            name, expiration, contracts, underlying=underlying, now=call.now, notes=call.notes
        )
        if chain is None:
            raise bad_data(self._terms, f"its chain of {name} is unusable ({_why(call)})")
        return found(chain, source=SOURCE, call=call, as_of=chain.as_of, delay=_delay(row))

    def _option_quote(self, call: Call, option: OptionSymbol) -> Outcome[OptionQuote]:
        read = self._contracts(call, option.root, option.expiration)
        if isinstance(read, Absent):
            return read
        contracts, row, underlying = read
        wanted = [contract for contract in contracts if contract.option == option]
        if not wanted:
            return Absent(f"{SOURCE} does not know the option {option}.")
        quotes = option_quotes(wanted, underlying=underlying, now=call.now, notes=call.notes)
        if not quotes:
            raise bad_data(self._terms, f"its quote of {option} is unusable ({_why(call)})")
        return found(quotes[0], source=SOURCE, call=call, as_of=quotes[0].as_of, delay=_delay(row))

    # -- parts ----------------------------------------------------------------------------------

    def _listed(self, call: Call, name: str, params: dict[str, str]) -> dict[str, Any] | None:
        """What Yahoo lists of a company's options; None when it knows none."""
        try:
            body = self._access.options(call, spelt(name), params)
            rows = wire.results(self._terms, parse_object(self._terms, body), "optionChain")
        except NotThere:
            return None
        if not rows:
            return None
        if not isinstance(rows[0], dict):
            raise bad_data(self._terms, "'optionChain.result' in its answer is no list of objects")
        return rows[0]

    def _days(self, result: dict[str, Any]) -> tuple[date, ...]:
        stamps = result.get("expirationDates")
        if not isinstance(stamps, list):
            raise bad_data(self._terms, "its answer lacks 'expirationDates'")
        moments = [from_epoch(s) for s in stamps if isinstance(s, int) and not isinstance(s, bool)]
        days = tuple(sorted({moment.date() for moment in moments if moment}))
        if stamps and not days:
            raise bad_data(self._terms, "'expirationDates' in its answer cannot be read")
        return days

    def _contracts(
        self, call: Call, name: str, expiration: date
    ) -> tuple[list[ContractRow], wire.QuoteRow, Decimal] | Absent:
        """The contracts of one expiration, with the underlying's row and price."""
        absent = Absent(f"{SOURCE} knows no options of {name} that expire on {expiration}.")
        midnight = datetime.combine(expiration, time(), UTC)
        result = self._listed(call, name, {"date": str(int(midnight.timestamp()))})
        if result is None or expiration not in self._days(result):
            return absent
        row = only(self._terms, wire.QuoteRow, result.get("quote"))
        self._in_dollars(row, name)
        price = self._prices(call, row, name)[2]
        options = result.get("options")
        sides = options[0] if isinstance(options, list) and options else {}
        if not isinstance(sides, dict):
            raise bad_data(self._terms, "'options' in its answer is no list of objects")
        raw = [*self._side(sides, "calls"), *self._side(sides, "puts")]
        rows = sift(
            self._terms, wire.ContractRow, raw, call.notes, lambda each: each.contractSymbol
        )
        return (_readable(call, rows, row), row, price) if rows else absent

    def _side(self, sides: dict[str, Any], name: str) -> list[Any]:
        return wire.rows_in(self._terms, sides, name)

    def _prices(
        self, call: Call, row: wire.QuoteRow, name: str
    ) -> tuple[Decimal, Decimal, Decimal]:
        """Bid, ask and last price. `Trouble` when they make no quote."""
        last = row.regularMarketPrice
        wrong = fault(row.bid, row.ask, last)
        if wrong:
            raise bad_data(self._terms, f"its quote of {name} is {wrong}")
        bid, ask = two_sided(row.bid, row.ask, last, call.notes)
        return bid, ask, last or (bid + ask) / 2

    def _in_dollars(self, row: wire.QuoteRow, name: str) -> None:
        if row.currency != "USD":
            raise bad_data(self._terms, f"{name} is quoted in {row.currency[:8]}, not in dollars")


def _readable(
    call: Call, rows: Sequence[wire.ContractRow], underlying: wire.QuoteRow
) -> list[ContractRow]:
    contracts: list[ContractRow] = []
    for row in rows:
        if row.contractSize != "REGULAR":
            call.notes.leave_out("adjusted contracts (not 100 shares)")
            continue
        try:
            option = OptionSymbol.parse(row.contractSymbol)
        except InputError:
            call.notes.leave_out("with a symbol that cannot be read")
            continue
        contracts.append(
            ContractRow(
                option=option,
                bid=row.bid,
                ask=row.ask,
                last=row.lastPrice,
                volatility=row.impliedVolatility,
                open_interest=row.openInterest,
                volume=row.volume,
                at=underlying.regularMarketTime,
            )
        )
    return contracts


def _delay(row: wire.QuoteRow) -> timedelta:
    return timedelta(minutes=min(row.exchangeDataDelayedBy, 1440))


def _why(call: Call) -> str:
    return ", ".join(sorted(call.notes.left_out)) or "empty"
