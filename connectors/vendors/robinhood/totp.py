"""The code that an authenticator app shows (RFC 6238: HMAC-SHA-1, six digits, thirty seconds).

Written out, because pyotp refuses secrets of less than 112 bits and Robinhood's have 80.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime
from typing import Final

from pydantic import SecretStr

from mfa.kernel.errors import InputError

_SECONDS: Final = 30
_DIGITS: Final = 6


def totp(secret: SecretStr, at: datetime) -> str:
    """The code of the moment `at`. `InputError` when the secret is not base 32."""
    text = "".join(secret.get_secret_value().split()).upper().rstrip("=")
    try:
        key = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error:
        raise InputError(
            "The authenticator's secret is none.", "It is letters A-Z and digits 2-7."
        ) from None
    counter = int(at.timestamp()) // _SECONDS
    digest = hmac.new(key, counter.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}d}"
