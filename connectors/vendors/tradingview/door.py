"""TradingView's door: the cookie of a session that a person opened in their own browser."""

from __future__ import annotations

from typing import Final

from pydantic import SecretStr

from connectors.vendors.ground.door import (
    Conditions,
    CredentialField,
    Secrets,
    VendorDoor,
    VendorSource,
    entered,
)
from mfa.kernel.errors import InputError

_WRONG: Final = frozenset(";, \t\r\n\"'")


def _open(secrets: Secrets, conditions: Conditions) -> VendorSource:
    from connectors.vendors.tradingview.lists import (  # noqa: PLC0415 - at first use
        TradingViewCookies,
        TradingViewLists,
    )

    given = entered(DOOR, secrets)
    signature = given["sessionid_sign"]
    lists = TradingViewLists(
        TradingViewCookies(
            session=_value("sessionid", given["sessionid"]),
            signature=_value("sessionid_sign", signature) if signature else None,
        ),
        clock=conditions.clock,
        origin=conditions.origin,
        deadline=conditions.deadline,
        metrics=conditions.metrics,
    )
    return VendorSource(
        watchlists=lists, check=lists.check, health=lists.gate.health, close=lists.close
    )


def _value(name: str, text: str) -> SecretStr:
    """The cookie's value, with or without 'name=' before it."""
    value = text.removeprefix(f"{name}=").rstrip(";")
    if not value.isascii() or not value.isprintable() or _WRONG & set(value):
        raise InputError(
            f"That is not the value of TradingView's cookie '{name}'.",
            "Copy the value alone, without blanks, quotes or semicolons.",
        )
    return SecretStr(value)


DOOR: Final = VendorDoor(
    vendor="tradingview",
    title="TradingView",
    provides=frozenset({"watchlists"}),
    fields=(
        CredentialField(
            name="sessionid",
            label="Cookie 'sessionid'",
            help="In a browser that is signed in: developer tools, storage, cookies of "
            "TradingView. Who has it is signed in as you: it is kept encrypted.",
        ),
        CredentialField(
            name="sessionid_sign",
            label="Cookie 'sessionid_sign'",
            optional=True,
            help="Beside the other one, where there is one.",
        ),
    ),
    open=_open,
    note="Watchlists only, and best effort: TradingView has no public interface for them, so this "
    "may stop working any day. Its export file, read by `magnus watchlists import FILE`, always "
    "works and needs no cookie.",
)
