"""Vendors' credentials at rest: AES-256-GCM in a file of the home, decrypted only in memory.

Each entry is sealed on its own, with its vendor and date as authenticated data, so that an entry
can be neither read, changed nor moved to another vendor without the key. The key is a file of mode
0600, or the setting of whoever keeps keys elsewhere. Whoever can read both files as this user can
read the credentials: what is kept out are copies, backups and other users. Never in the database,
never in a log, and no method gives plain text.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from mfa.kernel.clock import Clock, RealClock
from mfa.kernel.errors import InputError
from mfa.security.credential import Credential, Masked
from mfa.security.files import VaultError, private_bytes, replace_private

FILE: Final = "vault.json"
KEY_FILE: Final = "vault.key"
LOCK_FILE: Final = "vault.lock"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_LARGEST: Final = 1 << 20
_LONGEST_SECRET: Final = 16 << 10


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    since: datetime
    nonce: str
    sealed: str


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: int = 1
    entries: dict[str, _Entry] = {}


class Vault:
    """The credentials of one home. Safe between processes; a key given here is used, not stored.

    Methods raise `VaultError` when the files cannot be used as they are.
    """

    def __init__(
        self, home: Path, *, clock: Clock | None = None, key: SecretStr | None = None
    ) -> None:
        self._file, self._key_file = home / FILE, home / KEY_FILE
        self._lock_file = home / LOCK_FILE
        self._clock = clock if clock is not None else RealClock()
        self._given = key

    def put(self, vendor: str, fields: Mapping[str, SecretStr]) -> Masked:
        """Keep a vendor's credentials in place of earlier ones."""
        _check(vendor, fields)
        with self._locked():
            document = self._read()
            cipher = self._ciphers(make=not document.entries)[0]
            credential = Credential(vendor=vendor, fields=fields, since=self._clock.now())
            document.entries[vendor] = _seal(cipher, credential)
            self._write(document)
        return credential.masked()

    def get(self, vendor: str) -> Credential | None:
        """A vendor's credentials, or None when there are none."""
        entry = self._read().entries.get(vendor)
        return None if entry is None else _open(self._ciphers(), vendor, entry)

    def remove(self, vendor: str) -> bool:
        """Forget a vendor; whether there was one. Needs no key."""
        with self._locked():
            document = self._read()
            there = document.entries.pop(vendor, None) is not None
            if there:
                self._write(document)
        return there

    def vendors(self) -> tuple[str, ...]:
        """Whose credentials are kept. Needs no key."""
        return tuple(sorted(self._read().entries))

    def shown(self) -> tuple[Masked, ...]:
        """Every credential, masked, by vendor."""
        entries = self._read().entries
        if not entries:
            return ()
        ciphers = self._ciphers()
        return tuple(_open(ciphers, vendor, entries[vendor]).masked() for vendor in sorted(entries))

    def reminders(self) -> tuple[str, ...]:
        """A sentence for each credential that is 90 days old or older. Needs no key."""
        now = self._clock.now()
        entries = self._read().entries
        masked = (Masked(vendor=v, fields={}, since=entries[v].since) for v in sorted(entries))
        return tuple(sentence for m in masked if (sentence := m.reminder(now)))

    def rekey(self) -> int:
        """Seal everything anew under a new key file; how many entries that were.

        The new key stands beside the old one until the entries are written, so a crash between
        loses nothing.
        """
        if self._given is not None:
            raise VaultError(
                "The vault's key was given by a setting.", "Change it there, then connect again."
            )
        with self._locked():
            document = self._read()
            old = self._keys(make=not document.entries)
            new, ciphers = os.urandom(_KEY_BYTES), [AESGCM(key) for key in old]
            opened = {v: _open(ciphers, v, entry) for v, entry in document.entries.items()}
            document.entries = {v: _seal(AESGCM(new), c) for v, c in opened.items()}
            self._write_keys([new, *old])
            self._write(document)
            self._write_keys([new])
        return len(opened)

    # -- files ----------------------------------------------------------------------------------

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._lock_file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise VaultError(f"The vault cannot be locked: {error}.") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _read(self) -> _Document:
        content = private_bytes(self._file, largest=_LARGEST)
        if content is None:
            return _Document()
        try:
            document = _Document.model_validate_json(content)
        except ValidationError:
            raise VaultError(
                f"{self._file} is damaged.", "Delete it, then connect your vendors again."
            ) from None
        if document.version != 1:
            raise VaultError(f"{self._file} was written by a newer Magnus.", "Use that one.")
        return document

    def _write(self, document: _Document) -> None:
        replace_private(self._file, document.model_dump_json(indent=1).encode())

    def _ciphers(self, *, make: bool = False) -> list[AESGCM]:
        return [AESGCM(key) for key in self._keys(make=make)]

    def _keys(self, *, make: bool = False) -> list[bytes]:
        """The key that seals, then one that an interrupted `rekey` may have left.

        A fresh one is made when `make` and there is none.
        """
        if self._given is not None:
            return [_decoded(self._given.get_secret_value().encode(), "The vault's key setting")]
        content = private_bytes(self._key_file, largest=_LARGEST)
        if content is None:
            if not make:
                raise VaultError(
                    f"The vault's key {self._key_file} is missing.",
                    f"Put it back, or delete {self._file} and connect your vendors again.",
                )
            fresh = os.urandom(_KEY_BYTES)
            self._write_keys([fresh])
            return [fresh]
        lines = content.split() or [b""]
        return [_decoded(line, str(self._key_file)) for line in lines]

    def _write_keys(self, keys: Sequence[bytes]) -> None:
        replace_private(self._key_file, b"".join(base64.b64encode(key) + b"\n" for key in keys))


def _decoded(content: bytes, what: str) -> bytes:
    try:
        key = base64.b64decode(content.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise VaultError(f"{what} is no key of {_KEY_BYTES} bytes in base64.", "Put it back.")
    return key


def _bound_to(vendor: str, since: datetime) -> bytes:
    return f"magnus vault 1|{vendor}|{since.astimezone(UTC).isoformat()}".encode()


def _seal(cipher: AESGCM, credential: Credential) -> _Entry:
    plain = json.dumps({n: s.get_secret_value() for n, s in credential.fields.items()}).encode()
    nonce = os.urandom(_NONCE_BYTES)
    sealed = cipher.encrypt(nonce, plain, _bound_to(credential.vendor, credential.since))
    return _Entry(
        since=credential.since,
        nonce=base64.b64encode(nonce).decode(),
        sealed=base64.b64encode(sealed).decode(),
    )


def _open(ciphers: Sequence[AESGCM], vendor: str, entry: _Entry) -> Credential:
    """The credential, by whichever of the keys opens it."""
    for cipher in ciphers:
        try:
            nonce = base64.b64decode(entry.nonce, validate=True)
            sealed = base64.b64decode(entry.sealed, validate=True)
            plain = cipher.decrypt(nonce, sealed, _bound_to(vendor, entry.since))
            fields: dict[str, Any] = json.loads(plain)
        except (InvalidTag, ValueError):
            continue
        secrets = {name: SecretStr(value) for name, value in fields.items()}
        return Credential(vendor=vendor, fields=secrets, since=entry.since)
    raise VaultError(
        f"The credentials of {vendor} cannot be opened: the key is another one, or they were "
        "changed.",
        f"Put the right key back, or run `magnus connect {vendor}` again.",
    )


def _check(vendor: str, fields: Mapping[str, SecretStr]) -> None:
    if not vendor.isidentifier() or len(vendor) > 64:
        raise InputError(f"{vendor!r} is no name of a vendor.")
    if not fields or not all(secret.get_secret_value() for secret in fields.values()):
        raise InputError(f"The credentials of {vendor} are empty.", "Enter them again.")
    if any(len(secret.get_secret_value()) > _LONGEST_SECRET for secret in fields.values()):
        raise InputError(f"The credentials of {vendor} are too long.", "Enter them again.")
