"""An installation's account is its own person's: for whoever else signs in there is none.

Books and brokers' accounts have no column of users: there is one account in each mode, and it
belongs to the person whose installation this is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from connectors.sources.accounts import NoAccount
from mfa.kernel.account import (
    AccountSnapshot,
    AccountSource,
    ClosedTrade,
    EquityPoint,
    LedgerEntry,
    Position,
)
from mfa.kernel.coins import Venue
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome
from mfa.kernel.scope import may_see

NOT_YOURS: Final = NoAccount("There is no account of yours here: it is the installation's own.")


class OwnersAccount:
    """`account`, as long as the thread may see the rows of `owner`."""

    def __init__(self, account: AccountSource, owner: str) -> None:
        self._account, self._owner = account, owner

    @property
    def name(self) -> str:
        return self._account.name

    def account(self) -> Outcome[AccountSnapshot]:
        return self._seen().account()

    def positions(self) -> Outcome[tuple[Position, ...]]:
        return self._seen().positions()

    def closed_trades(
        self, *, start: date | None = None, end: date | None = None, symbol: str | None = None
    ) -> Outcome[tuple[ClosedTrade, ...]]:
        return self._seen().closed_trades(start=start, end=end, symbol=symbol)

    def ledger(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[LedgerEntry, ...]]:
        return self._seen().ledger(start=start, end=end)

    def equity_curve(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[EquityPoint, ...]]:
        return self._seen().equity_curve(start=start, end=end)

    def revision(self) -> str:
        return self._account.revision()

    def _seen(self) -> AccountSource:
        return self._account if may_see(self._owner) else NOT_YOURS


def owners_venue(ask: Callable[[], Outcome[Venue]], owner: str) -> Callable[[], Outcome[Venue]]:
    """The exchange that `ask` gives, whose account and funds only `owner` is shown."""

    def seen() -> Outcome[Venue]:
        found = ask()
        if may_see(owner) or not isinstance(found, Found):
            return found
        return found.map(lambda each: replace(each, account=NOT_YOURS, funds=_no_funds))

    return seen


def _no_funds(_: str) -> Failed:
    return Failed(FailureKind.NOT_SUPPORTED, NOT_YOURS.why)
