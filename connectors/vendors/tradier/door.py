"""Tradier's door: a token of its production house or of its sandbox."""

from __future__ import annotations

from typing import Final

from pydantic import SecretStr

from connectors.vendors.ground.door import (
    ACCOUNT_FIELD,
    Conditions,
    CredentialField,
    Secrets,
    VendorDoor,
    VendorSource,
    entered,
)

SANDBOX: Final = "sandbox"
PRODUCTION: Final = "production"


def _open(secrets: Secrets, conditions: Conditions) -> VendorSource:
    from connectors.vendors.tradier.access import (  # noqa: PLC0415 - at first use
        TradierAccess,
        TradierKeys,
    )
    from connectors.vendors.tradier.account import TradierAccount  # noqa: PLC0415 - same
    from connectors.vendors.tradier.market import TradierMarket  # noqa: PLC0415 - same

    given = entered(DOOR, secrets)
    keys = TradierKeys(
        token=SecretStr(given["token"]),
        account=given[ACCOUNT_FIELD],
        sandbox=given["house"] == SANDBOX,
    )
    access = TradierAccess(
        keys,
        clock=conditions.clock,
        base_url=conditions.origin,
        deadline=conditions.deadline,
        metrics=conditions.metrics,
    )
    market = TradierMarket(access)
    return VendorSource(
        market=market,
        research=market,
        account=TradierAccount(access, clock=conditions.clock),
        account_is_real=not keys.sandbox,
        check=access.check,
        health=access.gate.health,
        account_number=access.account_number,
        close=access.close,
    )


DOOR: Final = VendorDoor(
    vendor="tradier",
    title="Tradier",
    provides=frozenset({"market", "research", "account"}),
    fields=(
        CredentialField(
            name="house",
            label="Which house",
            secret=False,
            choices=(SANDBOX, PRODUCTION),
            help="The sandbox has its own tokens, money that is not real, and quotes 15 minutes "
            "late.",
        ),
        CredentialField(
            name="token",
            label="Access token",
            help="From Tradier's web site: API Access, in the settings of your account.",
        ),
        CredentialField(
            name=ACCOUNT_FIELD,
            label="Account number",
            secret=False,
            optional=True,
            help="Left empty, it is the first account of the token's owner.",
        ),
    ),
    open=_open,
    note="Option chains with Greeks by ORATS; quotes are of this moment with a production token.",
)
