"""An exchange as the composition root hands it out: what may be read of it, and who takes orders.

The two are apart on purpose: whoever reads is given the venue and holds no broker.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connectors.coins.account import CoinExchangeAccount
from connectors.coins.exchange import SimulatedExchange
from connectors.coins.floor import CoinFloor
from mfa.kernel.broker import Broker
from mfa.kernel.coins import Venue
from mfa.kernel.outcome import Found, Outcome, Provenance
from mfa.store.database import Database


@dataclass(frozen=True, slots=True)
class CoinHouse:
    venue: Callable[[], Outcome[Venue]]
    broker: Callable[[], Outcome[Broker]]


def simulated(floor: CoinFloor, database: Database) -> CoinHouse:
    """The exchange of PRACTICE or PAPER, with an account of its own in the mode's schema."""
    account = CoinExchangeAccount(floor, database)
    broker = SimulatedExchange(floor, database, account)
    venue = Venue(
        name=floor.name, title=floor.title, market=floor.market, account=account,
        funds=account.funds, knows_cost=True,
    )  # fmt: skip
    return CoinHouse(
        venue=lambda: Found(venue, Provenance(source=floor.name, as_of=floor.clock.now())),
        broker=lambda: Found(broker, Provenance(source=floor.name, as_of=floor.clock.now())),
    )
