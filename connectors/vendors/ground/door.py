"""How a vendor's package tells the house what it needs and what it can be asked.

Each package has a module `door` with one `DOOR`. The composition root and the connecting of
accounts read doors and know no vendor by name. Importing a door imports no vendor's library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from pydantic import SecretStr

from connectors.vendors.ground.health import SourceHealth
from connectors.vendors.ground.login import Login
from mfa.kernel.account import AccountSource
from mfa.kernel.broker import Broker
from mfa.kernel.clock import Clock
from mfa.kernel.coins import PairMarket
from mfa.kernel.errors import InputError
from mfa.kernel.market import MarketSource
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Outcome
from mfa.kernel.research import ResearchSource
from mfa.kernel.watchlists import WatchlistSource

Kind = Literal["market", "research", "account", "watchlists", "language", "pairs"]
Secrets = Mapping[str, SecretStr]

ACCOUNT_FIELD: Final = "account"
"""Where connecting keeps the broker's own number of the account: compared at every opening."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialField:
    """One thing that a person enters. `secret` ones are not echoed; `choices` empty means free."""

    name: str
    label: str
    secret: bool = True
    optional: bool = False
    choices: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorSource:
    """An opened vendor. What it does not have is None. `close` it when done.

    `check` asks the one question that costs least; `health` asks nothing. `account_number` is the
    broker's own id of the account, None where there is no account. `account_is_real` is whether
    its money is: what does not say so counts as real, and may be shown in LIVE mode only. `pairs`
    and `funds` (what is free of a currency) are an exchange's of crypto currencies.
    """

    market: MarketSource | None = None
    research: ResearchSource | None = None
    account: AccountSource | None = None
    account_is_real: bool = True
    broker: Broker | None = None
    pairs: PairMarket | None = None
    funds: Callable[[str], Outcome[Decimal]] | None = None
    watchlists: WatchlistSource | None = None
    check: Callable[[], SourceHealth]
    health: Callable[[], SourceHealth]
    account_number: Callable[[], Outcome[str]] | None = None
    close: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Where an opened vendor's secrets are kept, for vendors that exchange them while in use.

    `read` gives what is kept now (another process may have exchanged them); `write` replaces it.
    """

    read: Callable[[], Secrets | None]
    write: Callable[[Secrets], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What an opened vendor shares with the house. `origin` stands in for its hosts in tests."""

    clock: Clock
    deadline: float = 2.0
    metrics: Metrics | None = None
    origin: str | None = None
    keeping: Keeping | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginDoor:
    """How a person signs in: what is entered, and the conversation that makes tokens of it.

    The tokens are what `VendorDoor.fields` names; they may repeat an entered field for next time.
    """

    fields: tuple[CredentialField, ...]
    start: Callable[[Conditions], Login]


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorDoor:
    """`vendor` is the short name in commands, vault and logs. `note` is what a person should know
    before connecting. A vendor without `fields` needs no key.

    `open` raises `InputError` for secrets that cannot be right and asks the vendor nothing.
    """

    vendor: str
    title: str
    provides: frozenset[Kind]
    fields: tuple[CredentialField, ...]
    open: Callable[[Secrets, Conditions], VendorSource]
    note: str = ""
    login: LoginDoor | None = None
    reads_real_money: bool = False
    """Whether every account of it is real, whatever was entered: for LIVE mode only."""
    public: Callable[[Conditions], VendorSource] | None = None
    """Opens what needs no credentials, where a vendor has something so."""


def entered(door: VendorDoor, secrets: Secrets) -> dict[str, str]:
    """Every field's text without blanks around it; an empty choice is the first of its choices.

    `InputError` for a required field that is empty and for a choice that is none.
    """
    texts: dict[str, str] = {}
    for each in door.fields:
        secret = secrets.get(each.name)
        text = secret.get_secret_value().strip() if secret is not None else ""
        again = f"Run `magnus connect {door.vendor}` and enter it again."
        if not text and not each.optional:
            raise InputError(f"{door.title} needs '{each.label}'.", again)
        if each.choices:
            text = text or each.choices[0]
            if text not in each.choices:
                known = ", ".join(each.choices)
                raise InputError(f"'{each.label}' of {door.title} is one of {known}.", again)
        texts[each.name] = text
    return texts
