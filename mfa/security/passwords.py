"""Passwords as argon2id hashes (RFC 9106's second choice: 64 MiB, three passes, four lanes).

Verifying takes the same time whether somebody is known or not: for an unknown name a hash is
verified that no password belongs to.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mfa.kernel.errors import InputError

HASHER: Final = PasswordHasher(
    time_cost=3, memory_cost=65_536, parallelism=4, hash_len=32, salt_len=16
)
SHORTEST: Final = 10
LONGEST: Final = 1024


def hashed(password: str, hasher: PasswordHasher = HASHER) -> str:
    """`InputError` for one that is too short, or longer than anybody types."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"A password has {SHORTEST} to {LONGEST} characters.")
    return hasher.hash(password)


def matches(stored: str | None, password: str, hasher: PasswordHasher = HASHER) -> bool:
    """Whether it is the password; never for None, in the same time."""
    tried = password[:LONGEST]
    try:
        right = hasher.verify(_nobodys(hasher) if stored is None else stored, tried)
    except (VerificationError, InvalidHashError):
        return False
    return right and stored is not None


def is_outdated(stored: str, hasher: PasswordHasher = HASHER) -> bool:
    """Whether it was made with other parameters than today's."""
    return hasher.check_needs_rehash(stored)


@lru_cache(maxsize=4)
def _nobodys(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_urlsafe(32))
