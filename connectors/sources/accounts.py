"""The account that is shown: a broker's behind a guard, the one chosen, or none and why.

Before the first answer the guard compares the broker's own number of the account with the one that
connecting kept, and asks whether its money is real: an account that is another one, or belongs to
another mode, is refused with a sentence and shows nothing. Answers are kept for as long as the
broker's revision stands, since every feature asks for the same positions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from functools import cached_property
from threading import Lock
from typing import Final, TypeVar

from connectors.sources.memory import Memory
from connectors.sources.shelf import Shelf
from connectors.vendors.ground.door import VendorSource
from mfa.kernel.account import (
    AccountSnapshot,
    AccountSource,
    ClosedTrade,
    EquityPoint,
    LedgerEntry,
    Position,
)
from mfa.kernel.broker import Broker
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome

T = TypeVar("T")

_KEPT: Final = 60.0
_REVISION: Final = "not yet asked"


class NoAccount:
    """An `AccountSource` that refuses every question with the same sentence."""

    def __init__(self, why: str, kind: FailureKind = FailureKind.NOT_SUPPORTED) -> None:
        self.why = why
        self._failed = Failed(kind, why)

    name = "no account"

    def broker(self) -> Outcome[Broker]:
        return self._failed

    def account(self) -> Outcome[AccountSnapshot]:
        return self._failed

    def positions(self) -> Outcome[tuple[Position, ...]]:
        return self._failed

    def closed_trades(
        self, *, start: date | None = None, end: date | None = None, symbol: str | None = None
    ) -> Outcome[tuple[ClosedTrade, ...]]:
        del start, end, symbol
        return self._failed

    def ledger(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[LedgerEntry, ...]]:
        del start, end
        return self._failed

    def equity_curve(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[EquityPoint, ...]]:
        del start, end
        return self._failed

    def revision(self) -> str:
        return "none"


class BrokerAccount:
    """The account of one connected vendor, in one mode. Thread-safe."""

    def __init__(self, shelf: Shelf, vendor: str, mode: Mode) -> None:
        self._shelf, self._vendor, self._mode = shelf, vendor, mode
        self._title = shelf.doors.find(vendor).title
        self._lock = Lock()
        self._memory = Memory()
        self._checked: AccountSource | None = None

    @property
    def name(self) -> str:
        checked = self._checked
        return checked.name if checked is not None else self._title

    @cached_property
    def identity(self) -> str:
        """Tells this account from any other, the broker unasked, its number unreadable."""
        number = self._shelf.account_number(self._vendor)
        return f"{self._vendor} {hashlib.sha256(number.encode()).hexdigest()[:16]}"

    def account(self) -> Outcome[AccountSnapshot]:
        return self._ask("account", lambda source: source.account())

    def positions(self) -> Outcome[tuple[Position, ...]]:
        return self._ask("positions", lambda source: source.positions())

    def closed_trades(
        self, *, start: date | None = None, end: date | None = None, symbol: str | None = None
    ) -> Outcome[tuple[ClosedTrade, ...]]:
        return self._ask(
            ("closed_trades", start, end, symbol),
            lambda source: source.closed_trades(start=start, end=end, symbol=symbol),
        )

    def ledger(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[LedgerEntry, ...]]:
        return self._ask(("ledger", start, end), lambda source: source.ledger(start=start, end=end))

    def equity_curve(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[EquityPoint, ...]]:
        return self._ask(
            ("equity_curve", start, end),
            lambda source: source.equity_curve(start=start, end=end),
        )

    def broker(self) -> Outcome[Broker]:
        """Who takes orders for this account, once it is known to be the right one.

        The broker's own word on whether the money is real is asked before the first order, whatever
        was entered when it was connected.
        """
        source = self._guarded()
        if isinstance(source, Failed):
            return source
        opened = self._shelf.open(self._vendor)
        if isinstance(opened, Failed):
            return opened
        if opened.broker is None:
            return Failed(FailureKind.NOT_SUPPORTED, f"{self._title} takes no orders from here.")
        broker = opened.broker
        said = broker.identity()
        if not isinstance(said, Found):
            return said
        refusal = refused_in(self._mode, self._title, is_real=said.value.is_real)
        return Failed(FailureKind.PERMISSION, refusal) if refusal else said.map(lambda _: broker)

    def revision(self) -> str:
        checked = self._checked
        return checked.revision() if checked is not None else _REVISION

    def _ask(self, key: object, question: Callable[[AccountSource], Outcome[T]]) -> Outcome[T]:
        source = self._guarded()
        if isinstance(source, Failed):
            return source
        return self._memory.get((source.revision(), key), _KEPT, lambda: question(source))

    def _guarded(self) -> AccountSource | Failed:
        """The account, once it is known to be the right one; looked at anew until it is."""
        with self._lock:
            if self._checked is not None:
                return self._checked
            verdict = self._look()
            if not isinstance(verdict, Failed):
                self._checked = verdict
            return verdict

    def _look(self) -> AccountSource | Failed:
        opened = self._shelf.open(self._vendor)
        if isinstance(opened, Failed):
            return opened
        if opened.account is None:
            return Failed(FailureKind.NOT_SUPPORTED, f"{self._title} has no account to show.")
        refusal = refused_in(self._mode, self._title, is_real=self._is_real(opened))
        if refusal:
            return Failed(FailureKind.PERMISSION, refusal)
        return self._compared(opened, opened.account)

    def _is_real(self, opened: VendorSource) -> bool:
        return opened.account_is_real or self._shelf.doors.find(self._vendor).reads_real_money

    def _compared(self, opened: VendorSource, account: AccountSource) -> AccountSource | Failed:
        kept = self._shelf.account_number(self._vendor)
        again = f"Run `magnus connect {self._vendor}`."
        if not kept:
            return Failed(
                FailureKind.PERMISSION,
                f"Which account of {self._title} is meant was not kept when it was connected. "
                f"{again}",
            )
        if opened.account_number is None:
            return account
        said = opened.account_number()
        if isinstance(said, Failed):
            return said
        if not isinstance(said, Found) or said.value != kept:
            return Failed(
                FailureKind.PERMISSION,
                f"{self._title} answers for another account than the one that was connected: "
                f"nothing of it is shown. {again}",
            )
        return account


class ChosenAccount:
    """What `choose` gives, chosen again whenever somebody connected or disconnected a vendor."""

    def __init__(self, choose: Callable[[], AccountSource], shelf: Shelf) -> None:
        self._choose, self._shelf = choose, shelf
        self._lock = Lock()
        self._generation = shelf.generation
        self._account = choose()

    @property
    def current(self) -> AccountSource:
        with self._lock:
            if self._generation != self._shelf.generation:
                self._generation = self._shelf.generation
                self._account = self._choose()
            return self._account

    @property
    def name(self) -> str:
        return self.current.name

    @property
    def identity(self) -> str:
        """Tells the account from any other without asking it."""
        current = self.current
        return current.identity if isinstance(current, BrokerAccount) else current.name

    def account(self) -> Outcome[AccountSnapshot]:
        return self.current.account()

    def positions(self) -> Outcome[tuple[Position, ...]]:
        return self.current.positions()

    def closed_trades(
        self, *, start: date | None = None, end: date | None = None, symbol: str | None = None
    ) -> Outcome[tuple[ClosedTrade, ...]]:
        return self.current.closed_trades(start=start, end=end, symbol=symbol)

    def ledger(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[LedgerEntry, ...]]:
        return self.current.ledger(start=start, end=end)

    def equity_curve(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[EquityPoint, ...]]:
        return self.current.equity_curve(start=start, end=end)

    def revision(self) -> str:
        return f"{self._shelf.generation}:{self.current.revision()}"


def refused_in(mode: Mode, title: str, *, is_real: bool) -> str:
    """Why an account of this kind is not shown in this mode; empty when it is."""
    if is_real and mode is not Mode.LIVE:
        return (
            f"The account of {title} holds real money and is shown in LIVE mode only. "
            "Set 'account' to paper, or start with MAGNUS_MODE=live."
        )
    if not is_real and mode is Mode.LIVE:
        return (
            f"The account of {title} is not real money; LIVE shows real accounts only. "
            "Start with MAGNUS_MODE=paper, or connect your broker's production account."
        )
    return ""
