"""What the doors of all exchanges have in common: a key, its secret, and which house."""

from __future__ import annotations

from typing import Final

from pydantic import SecretStr

from connectors.vendors.crypto.account import CryptoAccount
from connectors.vendors.crypto.broker import CryptoBroker
from connectors.vendors.crypto.exchange import Exchange, House, Keys
from connectors.vendors.crypto.pairs import ExchangePairs
from connectors.vendors.ground.door import (
    Conditions,
    CredentialField,
    Secrets,
    VendorDoor,
    VendorSource,
    entered,
)
from connectors.vendors.ground.health import SourceHealth

SANDBOX: Final = "sandbox"
REAL: Final = "real"


def door_of(house: House, note: str = "") -> VendorDoor:
    """The door of an exchange."""
    houses = (SANDBOX, REAL) if house.sandbox else (REAL,)
    fields = (
        CredentialField(
            name="house",
            label="Which house",
            secret=False,
            choices=houses,
            help="The sandbox has keys of its own and money that is not real."
            if house.sandbox
            else "This exchange has no sandbox.",
        ),
        CredentialField(
            name="key", label="API key", help="Give it leave to trade, and never to withdraw."
        ),
        CredentialField(name="secret", label="API secret"),
    )

    def opened(secrets: Secrets, conditions: Conditions) -> VendorSource:
        given = entered(door, secrets)
        exchange = Exchange(
            house,
            Keys(
                key=SecretStr(given["key"]),
                secret=SecretStr(given["secret"].replace("\\n", "\n")),  # as key files write it
                sandbox=given["house"] == SANDBOX,
            ),
            clock=conditions.clock,
            deadline=conditions.deadline,
            origin=conditions.origin,
            metrics=conditions.metrics,
        )
        account = CryptoAccount(exchange, clock=conditions.clock)

        def check() -> SourceHealth:
            account.account_number()
            return exchange.gate.health()

        return VendorSource(
            account=account,
            account_is_real=given["house"] == REAL,
            broker=CryptoBroker(exchange, account, clock=conditions.clock),
            pairs=ExchangePairs(exchange),
            funds=account.funds,
            check=check,
            health=exchange.gate.health,
            account_number=account.account_number,
            close=exchange.close,
        )

    def public(conditions: Conditions) -> VendorSource:
        exchange = Exchange(
            house, None, clock=conditions.clock, deadline=conditions.deadline,
            origin=conditions.origin, metrics=conditions.metrics,
        )  # fmt: skip
        return VendorSource(
            pairs=ExchangePairs(exchange), check=exchange.gate.health,
            health=exchange.gate.health, close=exchange.close,
        )  # fmt: skip

    door = VendorDoor(
        vendor=house.vendor,
        title=house.title,
        provides=frozenset({"account", "pairs"}),
        fields=fields,
        open=opened,
        note=note or "Pairs of crypto currencies, for what is there: no margin, no derivatives.",
        reads_real_money=not house.sandbox,
        public=public,
    )
    return door
