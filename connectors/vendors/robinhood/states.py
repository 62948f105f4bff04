"""The states of a sign-in, as data: what each wants, what it says, and which are ends."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from connectors.vendors.ground.login import Wants


class State(StrEnum):
    NEW = "new"
    REFUSED = "refused"
    """Name or password are wrong, or Robinhood does not let this sign-in through."""
    LIMITED = "limited"
    """Too many tries: Robinhood wants a pause."""
    EXPIRED = "expired"
    """What was asked for was not given in time, or too often wrongly."""
    PREPARING = "preparing"
    """Robinhood has not said yet how it wants to be sure."""
    APPROVAL = "approval"
    SMS_CODE = "sms_code"
    EMAIL_CODE = "email_code"
    TOTP_CODE = "totp_code"
    CONFIRMING = "confirming"
    """The person has done their part; Robinhood's own check goes on."""
    SIGNED_IN = "signed_in"


WANTS: Final[Mapping[State, Wants]] = MappingProxyType(
    {
        State.NEW: Wants.CREDENTIALS,
        State.REFUSED: Wants.CREDENTIALS,
        State.LIMITED: Wants.CREDENTIALS,
        State.EXPIRED: Wants.CREDENTIALS,
        State.PREPARING: Wants.PATIENCE,
        State.APPROVAL: Wants.APPROVAL,
        State.SMS_CODE: Wants.CODE,
        State.EMAIL_CODE: Wants.CODE,
        State.TOTP_CODE: Wants.CODE,
        State.CONFIRMING: Wants.PATIENCE,
        State.SIGNED_IN: Wants.NOTHING,
    }
)

SENTENCES: Final[Mapping[State, str]] = MappingProxyType(
    {
        State.NEW: "Enter your Robinhood user name and password.",
        State.REFUSED: "Robinhood refused the sign-in. Check what you entered, then try again.",
        State.LIMITED: "Robinhood wants a pause after so many tries. Try again in a few minutes.",
        State.EXPIRED: "The time for this sign-in is over. Enter name and password again.",
        State.PREPARING: "Robinhood is preparing its check. Go on in a few seconds.",
        State.APPROVAL: "Open the Robinhood app on your phone and approve this sign-in; then go "
        "on.",
        State.SMS_CODE: "Robinhood sent a code to your phone by SMS. Enter it.",
        State.EMAIL_CODE: "Robinhood sent a code to your e-mail address. Enter it.",
        State.TOTP_CODE: "Enter the code that your authenticator app shows for Robinhood.",
        State.CONFIRMING: "Robinhood is finishing its check. Go on in a few seconds.",
        State.SIGNED_IN: "Signed in.",
    }
)

OVER: Final = frozenset({State.REFUSED, State.LIMITED, State.EXPIRED, State.SIGNED_IN})
"""No answer and no waiting leads on from here; `begin` does, but for `SIGNED_IN`."""

CHALLENGES: Final[Mapping[str, State]] = MappingProxyType(
    {"prompt": State.APPROVAL, "sms": State.SMS_CODE, "email": State.EMAIL_CODE}
)
"""Robinhood's names of the ways to be sure."""
