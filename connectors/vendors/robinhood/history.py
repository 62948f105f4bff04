"""What has happened in the account, as Robinhood lists it, read once for all who ask.

Balances, ledger and closed trades need the same lists. They count as one state for as long as the
account's revision does; orders are then read anew from the day before the last reading only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, TypeVar

from connectors.vendors.ground import broker
from connectors.vendors.ground.reading import Wire, sift
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import NotThere, too_late
from connectors.vendors.robinhood.access import SOURCE, RobinhoodAccess
from connectors.vendors.robinhood.account_wire import (
    DividendRow,
    OptionEventRow,
    OptionOrderRow,
    Owned,
    StockOrderRow,
    SweepRow,
    TransferRow,
)

M = TypeVar("M", bound=Wire)
O = TypeVar("O", bound=Owned)  # noqa: E741 - a type variable

_OVERLAP: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything, in no order."""

    orders: Mapping[str, StockOrderRow] = field(default_factory=dict)
    option_orders: Mapping[str, OptionOrderRow] = field(default_factory=dict)
    events: tuple[OptionEventRow, ...] = ()
    dividends: tuple[DividendRow, ...] = ()
    sweeps: tuple[SweepRow, ...] = ()
    transfers: tuple[TransferRow, ...] = ()


class HistoryReader:
    """The history of one account. Thread-safe: one reads, the others wait for it."""

    def __init__(self, access: RobinhoodAccess) -> None:
        self._access = access
        self._lock = Lock()
        self._read: History | None = None
        self._revision = ""
        self._at: datetime | None = None

    def read(self, call: Call, number: str) -> History:
        """The account's history now. `Trouble` when any part of it cannot be had."""
        if not self._lock.acquire(timeout=max(0.0, call.left())):
            raise too_late(self._access.terms, self._access.terms.deadline)
        try:
            revision = broker.revision(f"{SOURCE}:{number}", call.now)
            if self._read is None or revision != self._revision:
                self._read = self._fetched(call, number)
                self._revision, self._at = revision, call.now
            return self._read
        finally:
            self._lock.release()

    def _fetched(self, call: Call, number: str) -> History:
        urls, known = self._access.urls, self._read or History()
        since = None if self._at is None else (self._at - _OVERLAP).date().isoformat()
        orders = self._rows(
            call, StockOrderRow, urls.orders_url(account_number=number, start_date=since),
            lambda row: row.id,
        )  # fmt: skip
        option_orders = self._rows(
            call, OptionOrderRow, urls.option_orders_url(account_number=number, start_date=since),
            lambda row: row.id,
        )  # fmt: skip
        transfers = (
            *self._own(call, number, TransferRow, urls.banktransfers_url()),
            *self._own(call, number, TransferRow, urls.banktransfers_url("received")),
        )
        return History(
            orders={**known.orders, **{row.id: row for row in orders}},
            option_orders={**known.option_orders, **{row.id: row for row in option_orders}},
            events=self._own(call, number, OptionEventRow, urls.events_url()),
            dividends=self._own(call, number, DividendRow, urls.dividends_url()),
            sweeps=self._own(call, number, SweepRow, urls.interest_url()),
            transfers=transfers,
        )

    def _own(self, call: Call, number: str, model: type[O], url: str) -> tuple[O, ...]:
        rows = self._rows(call, model, url, lambda row: getattr(row, "id", row))
        return tuple(row for row in rows if row.belongs_to(number))

    def _rows(self, call: Call, model: type[M], url: str, key: Callable[[M], object]) -> list[M]:
        try:
            raw = self._access.rows(call, url, absent=frozenset({404}))
        except NotThere:
            call.notes.say(f"{SOURCE} has no list under {url.partition('.com')[2]}.")
            return []
        return sift(self._access.terms, model, raw, call.notes, key)
