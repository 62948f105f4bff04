"""Robinhood's door: a sign-in in steps, or an access token that a person brings."""

from __future__ import annotations

from typing import Final

from pydantic import SecretStr

from connectors.vendors.ground.door import (
    ACCOUNT_FIELD,
    Conditions,
    CredentialField,
    LoginDoor,
    Secrets,
    VendorDoor,
    VendorSource,
    entered,
)
from connectors.vendors.ground.login import Login


def _open(secrets: Secrets, conditions: Conditions) -> VendorSource:
    from connectors.vendors.robinhood.access import (  # noqa: PLC0415 - at first use
        RobinhoodAccess,
        RobinhoodKeys,
    )
    from connectors.vendors.robinhood.account import RobinhoodAccount  # noqa: PLC0415 - same
    from connectors.vendors.robinhood.broker import RobinhoodBroker  # noqa: PLC0415 - same
    from connectors.vendors.robinhood.market import RobinhoodMarket  # noqa: PLC0415 - same
    from connectors.vendors.robinhood.names import Names  # noqa: PLC0415 - same
    from connectors.vendors.robinhood.research import RobinhoodResearch  # noqa: PLC0415 - same
    from connectors.vendors.robinhood.tokens import Tokens  # noqa: PLC0415 - same

    given = entered(DOOR, secrets)
    tokens = Tokens(
        access=SecretStr(given["access_token"]),
        refresh=SecretStr(given["refresh_token"]) if given["refresh_token"] else None,
        device=SecretStr(given["device_token"]) if given["device_token"] else None,
    )
    access = RobinhoodAccess(
        RobinhoodKeys(tokens=tokens, account=given[ACCOUNT_FIELD]),
        clock=conditions.clock,
        origin=conditions.origin,
        deadline=conditions.deadline,
        metrics=conditions.metrics,
        keeping=conditions.keeping,
    )
    names = Names(access)
    research = RobinhoodResearch(access, names)
    account = RobinhoodAccount(access, names, clock=conditions.clock)
    return VendorSource(
        market=RobinhoodMarket(access, names, research),
        research=research,
        account=account,
        broker=RobinhoodBroker(access, names, account, clock=conditions.clock),
        check=access.check,
        health=access.gate.health,
        account_number=access.account_number,
        close=access.close,
    )


def _start(conditions: Conditions) -> Login:
    from connectors.vendors.robinhood.login import RobinhoodLogin  # noqa: PLC0415 - at first use

    return RobinhoodLogin(conditions)


_ACCOUNT: Final = CredentialField(
    name=ACCOUNT_FIELD,
    label="Account number",
    secret=False,
    optional=True,
    help="Left empty, it is the first account that is active.",
)
DOOR: Final = VendorDoor(
    vendor="robinhood",
    title="Robinhood",
    provides=frozenset({"market", "research", "account"}),
    fields=(
        CredentialField(
            name="access_token",
            label="Access token",
            help="From a browser that is signed in. It is good for about a day.",
        ),
        CredentialField(
            name="refresh_token",
            label="Refresh token",
            optional=True,
            help="With it, Magnus stays signed in.",
        ),
        CredentialField(name="device_token", label="Device token", optional=True),
        _ACCOUNT,
    ),
    open=_open,
    login=LoginDoor(
        fields=(
            CredentialField(name="username", label="User name or e-mail address", secret=False),
            CredentialField(
                name="password", label="Password", help="Used for this sign-in; never stored."
            ),
            CredentialField(
                name="totp_secret",
                label="Authenticator's secret",
                optional=True,
                help="Only if your account uses an authenticator app, and you want Magnus to make "
                "its codes. It is stored encrypted.",
            ),
            _ACCOUNT,
        ),
        start=_start,
    ),
    note=(
        "Robinhood has no public interface for stocks and options. Magnus uses the private "
        "one of its app: that may break any day, Robinhood's terms of service do not provide "
        "for it, and Robinhood may close an account that uses it. An order is sent only when you "
        "confirm its card. History can also be imported from a file, without this risk."
    ),
    reads_real_money=True,
)
