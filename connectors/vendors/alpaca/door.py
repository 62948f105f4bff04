"""Alpaca's door: a pair of keys of its paper house or of its live one."""

from __future__ import annotations

from typing import Final, Literal

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

PAPER: Final = "paper"
LIVE: Final = "live"


def _open(secrets: Secrets, conditions: Conditions) -> VendorSource:
    from connectors.vendors.alpaca.access import (  # noqa: PLC0415 - at first use
        DATA,
        AlpacaAccess,
        AlpacaKeys,
    )
    from connectors.vendors.alpaca.account import AlpacaAccount  # noqa: PLC0415 - same
    from connectors.vendors.alpaca.market import AlpacaMarket  # noqa: PLC0415 - same

    given = entered(DOOR, secrets)
    stocks: Literal["iex", "sip"] = "sip" if given["stock_feed"] == "sip" else "iex"
    options: Literal["indicative", "opra"] = (
        "opra" if given["option_feed"] == "opra" else "indicative"
    )
    keys = AlpacaKeys(
        key=SecretStr(given["key"]),
        secret=SecretStr(given["secret"]),
        paper=given["house"] == PAPER,
        stock_feed=stocks,
        option_feed=options,
    )
    access = AlpacaAccess(
        keys,
        clock=conditions.clock,
        data_url=conditions.origin or DATA,
        trading_url=conditions.origin,
        deadline=conditions.deadline,
        metrics=conditions.metrics,
    )
    market = AlpacaMarket(access)
    return VendorSource(
        market=market,
        research=market,
        account=AlpacaAccount(access, clock=conditions.clock),
        account_is_real=not keys.paper,
        check=access.check,
        health=access.gate.health,
        account_number=access.account_number,
        close=access.close,
    )


DOOR: Final = VendorDoor(
    vendor="alpaca",
    title="Alpaca",
    provides=frozenset({"market", "research", "account"}),
    fields=(
        CredentialField(
            name="house",
            label="Which house",
            secret=False,
            choices=(PAPER, LIVE),
            help="Each house has its own keys; money in the paper house is not real.",
        ),
        CredentialField(name="key", label="Key ID", help="From the dashboard: API Keys."),
        CredentialField(name="secret", label="Secret key", help="Shown once, with the key ID."),
        CredentialField(
            name="stock_feed",
            label="Stock feed",
            secret=False,
            optional=True,
            choices=("iex", "sip"),
            help="What your subscription includes. IEX is free and sees one exchange.",
        ),
        CredentialField(
            name="option_feed",
            label="Option feed",
            secret=False,
            optional=True,
            choices=("indicative", "opra"),
            help="What your subscription includes. The indicative feed is free and 15 minutes "
            "late.",
        ),
        CredentialField(
            name=ACCOUNT_FIELD,
            label="Account number",
            secret=False,
            optional=True,
            help="Left empty, it is the account that the keys belong to.",
        ),
    ),
    open=_open,
    note="Quotes of one exchange and late option quotes are free; better feeds are subscribed.",
)
