"""What a sign-in holds of a person until it is over: nothing here is kept, shown or logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from connectors.vendors.ground.door import ACCOUNT_FIELD
from connectors.vendors.robinhood.tokens import CLIENT_ID, DAY, SCOPE, TOTP


@dataclass(slots=True)
class Entered:
    """`machine` and `challenge` are Robinhood's ids of the check that is under way."""

    username: SecretStr
    password: SecretStr
    totp: SecretStr | None
    account: SecretStr | None
    device: SecretStr
    since: datetime
    machine: str = ""
    challenge: str = ""
    challenges: int = 0

    def form(self, code: str | None) -> dict[str, Any]:
        """What is posted for tokens; `code` is the authenticator's."""
        form: dict[str, Any] = {
            "client_id": CLIENT_ID,
            "expires_in": DAY,
            "grant_type": "password",
            "username": self.username.get_secret_value(),
            "password": self.password.get_secret_value(),
            "scope": SCOPE,
            "device_token": self.device.get_secret_value(),
            "try_passkeys": "false",
            "token_request_path": "/login",
            "create_read_only_secondary_token": "true",
        }
        return form if code is None else {**form, "mfa_code": code}

    def kept(self) -> dict[str, SecretStr]:
        """What is handed over beside the tokens, for the next time."""
        named = {TOTP: self.totp, ACCOUNT_FIELD: self.account}
        return {name: secret for name, secret in named.items() if secret is not None}
