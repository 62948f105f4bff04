"""The vault keeps credentials from everybody but this user, and says so when it cannot."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from mfa.kernel.errors import InputError
from mfa.kernel.logs import redact
from mfa.security.files import VaultError, replace_private
from mfa.security.vault import Vault

START = datetime(2026, 1, 1, tzinfo=UTC)
TOKEN = SecretStr("sandbox-token-0123456789abcd")


@dataclass
class Hands:
    """A clock that is moved by hand."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def today(self) -> object:
        return self.at.date()


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def vault(tmp_path: Path, clock: Hands) -> Vault:
    return Vault(tmp_path, clock=clock)  # type: ignore[arg-type]


def test_what_was_put_is_got_by_another_process_and_no_file_shows_it(
    vault: Vault, tmp_path: Path
) -> None:
    vault.put("tradier", {"token": TOKEN})
    script = (
        "import sys; from pathlib import Path; from mfa.security.vault import Vault; "
        "c = Vault(Path(sys.argv[1])).get('tradier'); print(c.secret('token').get_secret_value())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == TOKEN.get_secret_value()
    for path in tmp_path.iterdir():
        assert b"0123456789" not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0


def test_an_unknown_vendor_has_no_credentials(vault: Vault) -> None:
    assert vault.get("alpaca") is None
    assert not vault.vendors()
    assert not vault.shown()
    assert not vault.remove("alpaca")


def test_a_new_credential_takes_the_place_of_the_old(vault: Vault) -> None:
    vault.put("alpaca", {"key": SecretStr("old"), "secret": SecretStr("old")})
    vault.put("alpaca", {"key": SecretStr("new")})
    credential = vault.get("alpaca")
    assert credential is not None
    assert {n: s.get_secret_value() for n, s in credential.fields.items()} == {"key": "new"}
    assert vault.remove("alpaca")
    assert vault.get("alpaca") is None


def test_on_a_screen_only_the_end_of_a_long_secret_shows(vault: Vault) -> None:
    masked = vault.put("tradier", {"token": TOKEN, "pin": SecretStr("123456")})
    assert dict(masked.fields) == {"pin": "••••", "token": "••••abcd"}
    assert vault.shown() == (masked,)
    assert "0123456789" not in repr(vault.get("tradier"))


def test_a_log_line_shows_no_credential_whatever_its_name(vault: Vault) -> None:
    vault.put("tradier", {"colour": TOKEN})
    credential = vault.get("tradier")
    assert credential is not None
    event = redact(None, "info", {"event": "x", "anything": credential.fields, "who": credential})
    assert "0123456789" not in str(event)
    assert event["anything"] == {"colour": "[redacted]"}


def test_a_credential_of_ninety_days_is_reminded_of(vault: Vault, clock: Hands) -> None:
    vault.put("tradier", {"token": TOKEN})
    clock.at = START + timedelta(days=89)
    assert not vault.reminders()
    clock.at = START + timedelta(days=90)
    (sentence,) = vault.reminders()
    assert sentence == (
        "The credentials of tradier are 90 days old. Make new ones there, "
        "then run `magnus connect tradier`."
    )


def test_an_entry_does_not_open_under_another_name(vault: Vault, tmp_path: Path) -> None:
    vault.put("tradier", {"token": TOKEN})
    file = tmp_path / "vault.json"
    document = json.loads(file.read_text())
    document["entries"]["alpaca"] = document["entries"]["tradier"]
    replace_private(file, json.dumps(document).encode())
    with pytest.raises(VaultError, match="cannot be opened"):
        vault.get("alpaca")
    assert vault.get("tradier") is not None


def test_a_changed_byte_or_date_is_noticed(vault: Vault, tmp_path: Path) -> None:
    vault.put("tradier", {"token": TOKEN})
    file = tmp_path / "vault.json"
    whole = json.loads(file.read_text())
    entry = whole["entries"]["tradier"]
    sealed = bytearray(base64.b64decode(entry["sealed"]))
    sealed[0] ^= 1
    for change in ({"sealed": base64.b64encode(sealed).decode()}, {"since": "2026-06-01T00:00Z"}):
        changed = {"version": 1, "entries": {"tradier": {**entry, **change}}}
        replace_private(file, json.dumps(changed).encode())
        with pytest.raises(VaultError, match="cannot be opened"):
            vault.get("tradier")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": 2, "entries": {}}'])
def test_a_damaged_file_is_told_and_left_alone(
    vault: Vault, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "vault.json"
    replace_private(file, content)
    with pytest.raises(VaultError):
        vault.put("tradier", {"token": TOKEN})
    assert file.read_bytes() == content


@pytest.mark.parametrize("name", ["vault.json", "vault.key"])
def test_a_file_that_others_may_read_is_refused_with_the_remedy(
    vault: Vault, tmp_path: Path, name: str
) -> None:
    vault.put("tradier", {"token": TOKEN})
    (tmp_path / name).chmod(0o644)
    with pytest.raises(VaultError, match="chmod 600"):
        vault.get("tradier")


def test_a_link_in_the_keys_place_is_refused(vault: Vault, tmp_path: Path) -> None:
    vault.put("tradier", {"token": TOKEN})
    key = tmp_path / "vault.key"
    key.rename(tmp_path / "elsewhere")
    key.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(VaultError, match="cannot be read"):
        vault.get("tradier")


def test_a_lost_key_is_told_and_no_new_one_hides_the_loss(vault: Vault, tmp_path: Path) -> None:
    vault.put("tradier", {"token": TOKEN})
    (tmp_path / "vault.key").unlink()
    with pytest.raises(VaultError, match="is missing"):
        vault.put("alpaca", {"key": TOKEN})
    assert not (tmp_path / "vault.key").exists()


def test_a_given_key_is_used_and_never_stored(tmp_path: Path) -> None:
    key = SecretStr(base64.b64encode(os.urandom(32)).decode())
    Vault(tmp_path, key=key).put("tradier", {"token": TOKEN})
    assert not (tmp_path / "vault.key").exists()
    credential = Vault(tmp_path, key=key).get("tradier")
    assert credential is not None
    other = SecretStr(base64.b64encode(os.urandom(32)).decode())
    with pytest.raises(VaultError, match="cannot be opened"):
        Vault(tmp_path, key=other).get("tradier")
    with pytest.raises(VaultError, match="no key of 32 bytes"):
        Vault(tmp_path, key=SecretStr("short")).get("tradier")


def test_a_new_key_opens_everything_and_the_old_one_nothing(vault: Vault, tmp_path: Path) -> None:
    vault.put("tradier", {"token": TOKEN})
    vault.put("alpaca", {"key": TOKEN})
    old = (tmp_path / "vault.key").read_bytes()
    before = {v: vault.get(v).since for v in vault.vendors()}  # type: ignore[union-attr]
    assert vault.rekey() == 2
    assert {v: vault.get(v).since for v in vault.vendors()} == before  # type: ignore[union-attr]
    replace_private(tmp_path / "vault.key", old)
    with pytest.raises(VaultError, match="cannot be opened"):
        vault.get("tradier")


@pytest.mark.parametrize("stop_at", [1, 2, 3])
def test_a_new_key_cut_off_anywhere_loses_nothing(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, stop_at: int
) -> None:
    vault.put("tradier", {"token": TOKEN})
    writes = 0

    def cut_off(path: Path, content: bytes) -> None:
        nonlocal writes
        writes += 1
        if writes == stop_at:
            raise KeyboardInterrupt
        replace_private(path, content)

    monkeypatch.setattr("mfa.security.vault.replace_private", cut_off)
    with pytest.raises(KeyboardInterrupt):
        vault.rekey()
    credential = vault.get("tradier")
    assert credential is not None
    assert credential.secret("token") == TOKEN


@pytest.mark.parametrize(
    ("vendor", "fields"),
    [("", {"token": TOKEN}), ("../x", {"token": TOKEN}), ("x", {}), ("x", {"t": SecretStr("")})],
)
def test_what_is_no_credential_is_refused(
    vault: Vault, vendor: str, fields: dict[str, SecretStr]
) -> None:
    with pytest.raises(InputError):
        vault.put(vendor, fields)
