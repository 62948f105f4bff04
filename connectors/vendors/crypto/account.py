"""What is held at an exchange: balances, coins at the price of this moment.

An exchange does not tell what was paid for a coin: it stands at its price now, and a note says so.
Histories are not read here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from connectors.vendors.crypto.exchange import Exchange
from connectors.vendors.crypto.told import number
from connectors.vendors.ground.answers import found
from connectors.vendors.ground.broker import Balances, revision, snapshot
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import NotThere, not_supported
from mfa.kernel.account import AccountSnapshot, ClosedTrade, EquityPoint, LedgerEntry, Position
from mfa.kernel.clock import Clock
from mfa.kernel.coins import DOLLARS
from mfa.kernel.money import ZERO, cents, units
from mfa.kernel.outcome import Outcome

PATIENCE: Final = 10.0
CASH: Final = DOLLARS
_AT_ITS_PRICE: Final = "What was paid is not known: coins stand at their price now."


class CryptoAccount:
    """`AccountSource` of one exchange."""

    def __init__(self, exchange: Exchange, *, clock: Clock) -> None:
        self._exchange, self._clock = exchange, clock

    @property
    def name(self) -> str:
        return self._exchange.house.title

    def account(self) -> Outcome[AccountSnapshot]:
        def work(call: Call) -> Outcome[AccountSnapshot]:
            balance = self._balance(call)
            cash = sum((balance.get(each, ZERO) for each in CASH), ZERO)
            free = self._free(call)
            held = self._held(call, balance)
            worth = cash + sum((each.cost_basis for each in held), ZERO)
            value = snapshot(
                Balances(
                    account_id=self._exchange.mark,
                    cash=cash,
                    equity=worth,
                    unrealized=ZERO,
                    buying_power=free,
                    collateral=cash - free,
                ),
                None, now=call.now, notes=call.notes,
            )  # fmt: skip
            return found(value, source=self.name, call=call)

        return self._exchange.ask("account", work, deadline=PATIENCE)

    def positions(self) -> Outcome[tuple[Position, ...]]:
        def work(call: Call) -> Outcome[tuple[Position, ...]]:
            held = self._held(call, self._balance(call))
            return found(held, source=self.name, call=call)

        return self._exchange.ask("positions", work, deadline=PATIENCE)

    def funds(self, currency: str) -> Outcome[Decimal]:
        """What is free of one currency, dollar or coin."""

        def work(call: Call) -> Outcome[Decimal]:
            free = self._balance(call, "free").get(currency, Decimal(0))
            return found(free, source=self.name, call=call)

        return self._exchange.ask("funds", work, deadline=PATIENCE)

    def closed_trades(
        self, *, start: date | None = None, end: date | None = None, symbol: str | None = None
    ) -> Outcome[tuple[ClosedTrade, ...]]:
        del start, end, symbol
        return not_supported(self._exchange.terms, "closed trades")

    def ledger(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[LedgerEntry, ...]]:
        del start, end
        return not_supported(self._exchange.terms, "a cash history")

    def equity_curve(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[EquityPoint, ...]]:
        del start, end
        return not_supported(self._exchange.terms, "past values of an account")

    def revision(self) -> str:
        return revision(self._exchange.house.vendor, self._clock.now())

    def account_number(self) -> Outcome[str]:
        """The key's digest, once the exchange has taken the key."""

        def work(call: Call) -> Outcome[str]:
            self._balance(call)
            return found(self._exchange.mark, source=self.name, call=call)

        return self._exchange.ask("account_number", work)

    # -- parts ----------------------------------------------------------------------------------

    def _balance(self, call: Call, part: str = "total") -> Mapping[str, Decimal]:
        document: Mapping[str, Any] = self._exchange.read(
            call, lambda client: client.fetch_balance()
        )
        amounts = {coin: number(each) for coin, each in (document.get(part) or {}).items()}
        return {coin: each for coin, each in amounts.items() if each}

    def _free(self, call: Call) -> Decimal:
        free = self._balance(call, "free")
        return sum((free.get(each, ZERO) for each in CASH), ZERO)

    def _held(self, call: Call, balance: Mapping[str, Decimal]) -> tuple[Position, ...]:
        held = []
        for coin in sorted(set(balance) - set(CASH)):
            priced = self._price(call, coin)
            if priced is None:
                call.notes.leave_out(f"coins without a price in dollars ({coin})")
                continue
            pair, price = priced
            held.append(
                Position(
                    symbol=pair, option=None, quantity=units(balance[coin]), average_price=price,
                    cost_basis=cents(price * balance[coin]), opened_at=call.now, strategy="",
                )
            )  # fmt: skip
        if held:
            call.notes.say(_AT_ITS_PRICE)
        return tuple(held)

    def _price(self, call: Call, coin: str) -> tuple[str, Decimal] | None:
        """The pair in the first kind of dollars that the exchange has, and its last price."""
        for cash in CASH:
            pair = f"{coin}/{cash}"
            try:
                ticker = self._ticker(call, pair)
            except NotThere:
                continue
            price = number(ticker.get("last"))
            if price is not None and price > 0:
                return pair, price
        return None

    def _ticker(self, call: Call, pair: str) -> Mapping[str, Any]:
        document: Mapping[str, Any] = self._exchange.read(
            call, lambda client: client.fetch_ticker(pair)
        )
        return document
