"""What lets Magnus in, and its exchange for new ones when Robinhood does not take it any more.

An access token lives for about a day; the refresh token buys the next pair and is spent by it. So
the new pair is kept at once, and before a refresh is tried the kept one is looked at: another
process may have bought it already. When neither helps, the person has to sign in again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Final

from pydantic import SecretStr

from connectors.vendors.ground.door import Keeping, Secrets
from connectors.vendors.ground.reading import Wire, parse
from connectors.vendors.ground.terms import Terms
from connectors.vendors.ground.trouble import Trouble
from connectors.vendors.robinhood.replies import Reply, refused
from mfa.kernel.logs import get_logger
from mfa.kernel.outcome import FailureKind

CLIENT_ID: Final = "c82SH0WZOsabOXGP2sxqcj34FxkvfnWRZBKlBjFS"
"""Robinhood's web page and the library call themselves so; it is no secret."""
SCOPE: Final = "internal"
DAY: Final = 86400
_NO: Final = frozenset({400, 401, 403})

ACCESS: Final = "access_token"
REFRESH: Final = "refresh_token"
DEVICE: Final = "device_token"
TOTP: Final = "totp_secret"

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """`refresh` and `device` are None where a person pasted an access token alone."""

    access: SecretStr
    refresh: SecretStr | None = None
    device: SecretStr | None = None

    @classmethod
    def of(cls, secrets: Secrets) -> Tokens | None:
        access = secrets.get(ACCESS)
        if access is None or not access.get_secret_value():
            return None
        return cls(access=access, refresh=secrets.get(REFRESH), device=secrets.get(DEVICE))

    def secrets(self) -> dict[str, SecretStr]:
        named = {ACCESS: self.access, REFRESH: self.refresh, DEVICE: self.device}
        return {name: secret for name, secret in named.items() if secret is not None}


class TokenDocument(Wire):
    """A successful answer of `/oauth2/token/`."""

    access_token: SecretStr
    refresh_token: SecretStr | None = None


def granted(terms: Terms, reply: Reply, device: SecretStr | None) -> Tokens:
    """The tokens in a 200 answer. `Trouble` when there are none to be read."""
    document = parse(terms, TokenDocument, reply.body)
    return Tokens(access=document.access_token, refresh=document.refresh_token, device=device)


class TokenBook:
    """The tokens in force. `send` posts a form to `/oauth2/token/`. Thread-safe."""

    def __init__(self, tokens: Tokens, *, terms: Terms, keeping: Keeping | None) -> None:
        self._tokens, self._terms, self._keeping = tokens, terms, keeping
        self._lock = Lock()
        self._spent = False

    def access(self) -> SecretStr:
        return self._tokens.access

    def renew(self, refused: SecretStr, send: Callable[[Mapping[str, Any]], Reply]) -> bool:
        """Whether there is another access token than the `refused` one now."""
        with self._lock:
            if self._tokens.access != refused or self._adopted():
                return True
            if self._tokens.refresh is None or self._spent:
                return False
            try:
                fresh = self._bought(send)
            except Trouble as trouble:
                if trouble.failure.kind is not FailureKind.BAD_DATA:
                    raise
                fresh = None  # the refresh token is spent, and what it bought cannot be read
            if fresh is None:
                self._spent = not self._adopted()
                return not self._spent
            self._tokens = replace(fresh, refresh=fresh.refresh or self._tokens.refresh)
            self._keep()
            log.info("robinhood.renewed")
            return True

    def _bought(self, send: Callable[[Mapping[str, Any]], Reply]) -> Tokens | None:
        refresh, device = self._tokens.refresh, self._tokens.device
        form: dict[str, Any] = {
            "grant_type": "refresh_token",
            "refresh_token": refresh.get_secret_value() if refresh is not None else "",
            "scope": SCOPE,
            "client_id": CLIENT_ID,
            "expires_in": DAY,
        }
        if device is not None:
            form["device_token"] = device.get_secret_value()
        reply = send(form)
        if reply.status == 200:
            return granted(self._terms, reply, device)
        if reply.status in _NO:
            return None
        raise refused(self._terms, reply)

    def _adopted(self) -> bool:
        """Whether somebody else has kept a newer pair, which is ours from now on."""
        kept = self._kept()
        found = Tokens.of(kept) if kept else None
        if found is None or found.access == self._tokens.access:
            return False
        self._tokens, self._spent = found, False
        return True

    def _kept(self) -> Secrets | None:
        return None if self._keeping is None else self._keeping.read()

    def _keep(self) -> None:
        if self._keeping is not None:
            self._keeping.write({**(self._kept() or {}), **self._tokens.secrets()})
