"""Where crypto currencies are traded in PAPER and LIVE: one exchange, named by the person.

'auto' means the one that is connected; with several connected nothing is chosen for anybody, and a
sentence asks which. In LIVE orders go to the exchange's own account, behind the same guard as a
broker's. In PAPER they meet its public prices in an account of ours, for which no key is needed;
an exchange's sandbox is traded at where it is the account that is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from connectors.coins.floor import PaperCoinFloor
from connectors.coins.house import CoinHouse, simulated
from connectors.sources.accounts import BrokerAccount
from connectors.sources.shelf import Shelf, not_connected
from connectors.vendors.ground.door import VendorSource
from mfa.kernel.broker import Broker
from mfa.kernel.clock import Clock
from mfa.kernel.coins import Venue
from mfa.kernel.errors import InputError
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome, Provenance
from mfa.store.database import Database

AUTO = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the settings say: `exchange` 'auto' or a name, `account` the account that is shown."""

    mode: Mode
    exchange: str
    account: str


class ChosenExchange:
    """Chosen again when somebody connected or disconnected a vendor. Thread-safe; `close` it."""

    def __init__(self, shelf: Shelf, database: Database, clock: Clock, wanted: Wanted) -> None:
        self._shelf, self._database, self._clock, self._wanted = shelf, database, clock, wanted
        self._lock = Lock()
        self._generation = shelf.generation
        self._house: CoinHouse | Failed | None = None
        self._public: VendorSource | None = None

    def venue(self) -> Outcome[Venue]:
        house = self._chosen()
        return house if isinstance(house, Failed) else house.venue()

    def broker(self) -> Outcome[Broker]:
        house = self._chosen()
        return house if isinstance(house, Failed) else house.broker()

    def close(self) -> None:
        with self._lock:
            self._forget()

    # -- parts ----------------------------------------------------------------------------------

    def _chosen(self) -> CoinHouse | Failed:
        with self._lock:
            if self._generation != self._shelf.generation:
                self._generation = self._shelf.generation
                self._forget()
            if self._house is None:
                self._house = self._choose()
            return self._house

    def _forget(self) -> None:
        self._house = None
        if self._public is not None:
            self._public.close()
            self._public = None

    def _choose(self) -> CoinHouse | Failed:
        vendor = self._named()
        if isinstance(vendor, Failed):
            return vendor
        wanted = self._wanted
        if wanted.mode is Mode.LIVE or wanted.account == vendor:
            return self._real(vendor)
        return self._paper(vendor)

    def _named(self) -> str | Failed:
        """Which exchange is meant, as far as that was said."""
        doors = self._shelf.doors.doors
        houses = {name: door for name, door in doors.items() if "pairs" in door.provides}
        wanted = self._wanted
        if wanted.exchange != AUTO:
            if wanted.exchange in houses:
                return wanted.exchange
            return _failed(
                f"There is no exchange {wanted.exchange!r}. Set 'exchange' to one of "
                f"{', '.join(sorted(houses))}."
            )
        if wanted.account in houses:
            return wanted.account
        connected = [name for name in self._shelf.connected if name in houses]
        if len(connected) == 1:
            return connected[0]
        if connected:
            named = " and ".join(houses[name].title for name in connected)
            return _failed(f"{named} are connected. Set 'exchange' to the one that is meant.")
        return _failed(
            "No exchange of crypto currencies is connected. Run `magnus connect` with one of "
            f"{', '.join(sorted(houses))}"
            + (
                ", or set 'exchange' to one: its public prices need no key."
                if wanted.mode is Mode.PAPER
                else "."
            )
        )

    def _real(self, vendor: str) -> CoinHouse | Failed:
        door = self._shelf.doors.doors[vendor]
        if vendor not in self._shelf.connected:
            return Failed(FailureKind.CREDENTIALS, not_connected(door))
        account = BrokerAccount(self._shelf, vendor, self._wanted.mode)

        def venue() -> Outcome[Venue]:
            opened = self._shelf.open(vendor)
            if isinstance(opened, Failed):
                return opened
            if opened.pairs is None or opened.funds is None:
                return _failed(f"{door.title} trades no crypto currencies from here.")
            made = Venue(
                name=vendor, title=door.title, market=opened.pairs, account=account,
                funds=opened.funds, knows_cost=False,
            )  # fmt: skip
            return Found(made, Provenance(source=door.title, as_of=self._clock.now()))

        return CoinHouse(venue=venue, broker=_once(account.broker))

    def _paper(self, vendor: str) -> CoinHouse | Failed:
        """Its public prices, asked with keys where there are any, and our own account."""
        door = self._shelf.doors.doors[vendor]
        opened: VendorSource | Failed
        if vendor in self._shelf.connected:
            opened = self._shelf.open(vendor)
        elif door.public is None:
            return Failed(FailureKind.CREDENTIALS, not_connected(door))
        else:
            try:
                opened = self._public = door.public(self._shelf.conditions(vendor))
            except InputError as error:
                return _failed(str(error))
        if isinstance(opened, Failed):
            return opened
        if opened.pairs is None:
            return _failed(f"{door.title} has no prices of crypto currencies.")
        title = f"the paper exchange (prices of {door.title})"
        floor = PaperCoinFloor(market=opened.pairs, clock=self._clock, title=title)
        return simulated(floor, self._database)


def _once(ask: Callable[[], Outcome[Broker]]) -> Callable[[], Outcome[Broker]]:
    """The answer that was found is kept: who the account belongs to is asked again before each
    order, and not at each look at anything else."""
    kept: list[Outcome[Broker]] = []

    def asked() -> Outcome[Broker]:
        if kept:
            return kept[0]
        outcome = ask()
        if isinstance(outcome, Found):
            kept.append(outcome)
        return outcome

    return asked


def _failed(why: str) -> Failed:
    return Failed(FailureKind.NOT_SUPPORTED, why)
