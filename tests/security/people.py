"""A clock that is moved by hand, and how people of these tests sign in and enrol."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyotp

from mfa.kernel.clock import exchange_date
from mfa.security.accounts import Accounts
from mfa.security.guard import Guard

RIGHT = "correct horse battery"


@dataclass
class Wall:
    at: datetime = datetime(2026, 11, 20, 16, 0, 5, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return exchange_date(self.at)

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


def sign_in(accounts: Accounts, login: str = "anna", password: str = RIGHT, **given: Any) -> Any:
    return accounts.sign_in(login, password, door="page", address="10.0.0.9", **given)


def enrolled(guard: Guard, user: str, wall: Wall) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    """Their authenticator, a minute later, and their backup codes."""
    totp = pyotp.TOTP(guard.factor.enrol(user, user).secret)
    codes = guard.factor.confirm(user, totp.at(wall.at))
    wall.move(seconds=60)
    return totp, codes
