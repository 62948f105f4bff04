"""The audit is append-only, chained, and proves that nothing in it was touched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr

from actions.audit import Audit, AuditKind, SecretRefused, plainly
from actions.audit_head import HeadNote
from actions.audit_proof import prove
from mfa.kernel.canonical import canonical_json
from mfa.kernel.mode import Mode
from mfa.security.credential import Credential
from mfa.security.files import VaultError
from mfa.store.audit import BEGINNING, AuditRepository, Head, chained
from mfa.store.database import Database
from tests.actions.house import MOMENT, Wall


@pytest.fixture
def repository(database: Database) -> AuditRepository:
    return AuditRepository(database, Wall())


@pytest.fixture
def note(tmp_path: Path) -> HeadNote:
    return HeadNote(tmp_path)


@pytest.fixture
def audit(repository: AuditRepository, note: HeadNote) -> Audit:
    return Audit(repository, note)


def _fill(audit: Audit, entries: int = 4) -> None:
    for number in range(entries):
        audit.record(
            AuditKind.PROPOSAL, user="ada", door="page", card=UUID(int=number), number=number
        )


@contextmanager
def _unguarded(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """As somebody who owns the database and switches its triggers off."""
    with database.owner_connection() as conn:
        conn.execute("ALTER TABLE magnus.audit DISABLE TRIGGER ALL")
        yield conn
        conn.execute("ALTER TABLE magnus.audit ENABLE TRIGGER ALL")


def test_the_first_hashes_are_those_that_sha256_gives(
    audit: Audit, repository: AuditRepository
) -> None:
    """printf 'magnus audit 1' | sha256sum; then sha256 over it, a line end and the text."""
    assert BEGINNING == "2755b95728bf219150e810b75f1757c42528469ee99fa6af6c49c50327a2fbbc"
    _fill(audit, 1)
    begun, first = repository.rows()
    assert json.loads(begun.entry)["kind"] == "begun"
    assert UUID(json.loads(begun.entry)["installation"])
    assert first.hash == chained(begun.hash, first.entry)
    assert first.entry == canonical_json(json.loads(first.entry))
    assert json.loads(first.entry) == {
        "seq": 2,
        "at": "2026-03-02T15:00:00+00:00",
        "kind": "proposal",
        "user": "ada",
        "door": "page",
        "card": str(UUID(int=0)),
        "number": 0,
    }


def test_an_untouched_chain_holds(
    audit: Audit, repository: AuditRepository, note: HeadNote
) -> None:
    assert prove(repository, note).holds
    _fill(audit, 30)
    proof = prove(repository, note)
    assert (proof.problems, proof.head.count, proof.unnoted) == ((), 31, 0)
    assert note.path.stat().st_mode & 0o777 == 0o600


def test_nothing_is_changed_or_removed_through_the_database(
    audit: Audit, database: Database
) -> None:
    _fill(audit)
    for statement in (
        "UPDATE magnus.audit SET user_name = 'bob'",
        "DELETE FROM magnus.audit",
        "TRUNCATE magnus.audit",
    ):
        with (
            pytest.raises(psycopg.errors.RaiseException, match="append-only"),
            database.owner_connection() as conn,
        ):
            conn.execute(statement)


def test_any_changed_byte_of_any_column_is_detected(
    audit: Audit, repository: AuditRepository, note: HeadNote, database: Database
) -> None:
    """Each character of the third entry's text and hash, and each other column."""
    _fill(audit)
    third = list(repository.rows())[2]

    def detected(column: str, value: object) -> None:
        with _unguarded(database) as conn:
            conn.execute(f"UPDATE magnus.audit SET {column} = %s WHERE seq = 3", (value,))
        proof = prove(repository, note)
        assert not proof.holds, (column, value)
        with _unguarded(database) as conn:
            conn.execute(
                "UPDATE magnus.audit SET at = %s, user_name = %s, kind = %s, card = %s,"
                " entry = %s, hash = %s WHERE seq = 3",
                (third.at, third.user, third.kind, third.card, third.entry, third.hash),
            )

    for place, character in enumerate(third.entry):
        changed = "x" if character != "x" else "y"
        detected("entry", third.entry[:place] + changed + third.entry[place + 1 :])
    for place, character in enumerate(third.hash):
        changed = "0" if character != "0" else "1"
        detected("hash", third.hash[:place] + changed + third.hash[place + 1 :])
    detected("entry", third.entry + " ")
    detected("at", datetime(2026, 3, 2, 15, 0, 0, 1, tzinfo=UTC))
    detected("user_name", "bob")
    detected("kind", "result")
    detected("card", uuid4())
    detected("card", None)
    assert prove(repository, note).holds


TAMPERINGS: dict[str, Callable[[psycopg.Connection[Any]], object]] = {
    "removed in the middle": lambda c: c.execute("DELETE FROM magnus.audit WHERE seq = 3"),
    "removed and renumbered": lambda c: c.execute(
        "DELETE FROM magnus.audit WHERE seq = 3;UPDATE magnus.audit SET seq = seq - 1 WHERE seq > 3"
    ),
    "removed at the beginning": lambda c: c.execute("DELETE FROM magnus.audit WHERE seq = 1"),
    "cut off at the end": lambda c: c.execute("DELETE FROM magnus.audit WHERE seq = 5"),
    "all cut off": lambda c: c.execute("DELETE FROM magnus.audit"),
    "two in another order": lambda c: c.execute(
        "UPDATE magnus.audit SET seq = -seq + 100 WHERE seq IN (3, 4);"
        "UPDATE magnus.audit SET seq = 100 - seq + CASE seq WHEN 97 THEN 1 ELSE -1 END"
        " WHERE seq > 50"
    ),
    "one inserted twice": lambda c: c.execute(
        "UPDATE magnus.audit SET seq = 6 WHERE seq = 5;"
        "INSERT INTO magnus.audit SELECT 5, at, user_name, kind, card, entry, hash"
        " FROM magnus.audit WHERE seq = 4"
    ),
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_tampering_with_the_chain_s_shape_is_detected(
    audit: Audit, repository: AuditRepository, note: HeadNote, database: Database, how: str
) -> None:
    _fill(audit)
    with _unguarded(database) as conn:
        TAMPERINGS[how](conn)
    assert not prove(repository, note).holds


def test_a_chain_forged_anew_is_not_the_one_that_was_noted(
    audit: Audit, repository: AuditRepository, note: HeadNote, database: Database, tmp_path: Path
) -> None:
    """Whoever can hash can make a chain that fits in itself; the note is not in the database."""
    _fill(audit)
    with _unguarded(database) as conn:
        conn.execute("DELETE FROM magnus.audit")
    forger = Audit(repository, HeadNote(tmp_path / "elsewhere"))
    _fill(forger, 4)
    assert prove(repository, forger._note).holds
    assert prove(repository, note).problems == ("Entry 5 is not the one that was noted.",)


def test_entries_cut_off_are_missed_also_after_new_ones_came(
    audit: Audit, repository: AuditRepository, note: HeadNote, database: Database
) -> None:
    _fill(audit)
    with _unguarded(database) as conn:
        conn.execute("DELETE FROM magnus.audit WHERE seq > 3")
    assert prove(repository, note).problems == ("2 entries are missing at the end: 5 were noted.",)
    _fill(audit, 5)
    assert prove(repository, note).problems == ("Entry 5 is not the one that was noted.",)


def test_a_crash_between_entry_and_note_is_no_tampering(
    audit: Audit, repository: AuditRepository, note: HeadNote
) -> None:
    _fill(audit)
    repository.append({"kind": "result", "user": "ada"})
    proof = prove(repository, note)
    assert (proof.holds, proof.unnoted) == (True, 1)
    _fill(audit, 1)
    assert prove(repository, note).unnoted == 0


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"count": "x", "hash": ""}'])
def test_a_missing_or_damaged_note_is_told(
    audit: Audit, repository: AuditRepository, note: HeadNote, content: bytes
) -> None:
    _fill(audit)
    note.path.unlink()
    assert "is missing" in prove(repository, note).problems[0]
    note.path.write_bytes(content)
    note.path.chmod(0o600)
    assert "is damaged" in prove(repository, note).problems[0]
    note.path.chmod(0o644)
    with pytest.raises(VaultError, match="Others may read"):
        note.read()
    assert not prove(repository, note).holds


def test_the_note_never_goes_back_by_itself(note: HeadNote) -> None:
    heads = [Head(n, chained("", str(n))) for n in range(1, 41)]
    with ThreadPoolExecutor(8) as pool:
        by_number = {head.count: head.hash for head in heads}
        list(pool.map(lambda head: note.advance(head, by_number.get), reversed(heads)))
    assert note.read() == heads[-1]
    note.accept(heads[3])
    assert note.read() == heads[3]


def test_forty_who_write_at_once_make_one_chain(
    audit: Audit, repository: AuditRepository, note: HeadNote
) -> None:
    def write(number: int) -> None:
        audit.record(AuditKind.RESULT, user=f"u{number % 3}", door="page", number=number)

    with ThreadPoolExecutor(40) as pool:
        list(pool.map(write, range(40)))
    proof = prove(repository, note)
    assert (proof.problems, proof.head.count, proof.unnoted) == ((), 41, 0)
    assert len(repository.latest(100, user="u0")) == 14


class Holder(BaseModel):
    token: SecretStr


@pytest.mark.parametrize(
    "secret",
    [
        SecretStr("hunter2"),
        {"deep": [SecretStr("hunter2")]},
        Holder(token=SecretStr("hunter2")),
        Credential(vendor="tradier", fields={"token": SecretStr("hunter2")}, since=MOMENT),
        Credential(vendor="tradier", fields={}, since=MOMENT).masked(),
        b"hunter2",
        {SecretStr("hunter2"): 1},
        object(),
        {1, 2},
    ],
)
def test_what_may_be_secret_is_refused_by_its_type(
    audit: Audit, repository: AuditRepository, secret: object
) -> None:
    with pytest.raises(SecretRefused):
        audit.record(AuditKind.RESULT, user="ada", door="page", details=secret)
    assert list(repository.rows()) == []


def test_plain_values_are_written_as_they_are() -> None:
    said = {"a": Decimal("1.10"), "b": Mode.LIVE, "c": (MOMENT, None), "d": float("nan"), "e": 1.5}
    assert plainly(said) == {
        "a": "1.10",
        "b": "live",
        "c": ["2026-03-02T15:00:00+00:00", None],
        "d": "nan",
        "e": 1.5,
    }


def test_the_audit_says_itself_when_and_which(audit: Audit) -> None:
    with pytest.raises(ValueError, match="seq"):
        audit.record(AuditKind.RESULT, user="ada", door="page", seq=3)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(first=JSON, second=JSON, previous=st.sampled_from(["", BEGINNING]))
def test_a_link_is_one_text_s_alone(first: Any, second: Any, previous: str) -> None:
    texts = [canonical_json(plainly(each)) for each in (first, second)]
    links = [chained(previous, text) for text in texts]
    assert (links[0] == links[1]) == (texts[0] == texts[1])
    assert canonical_json(json.loads(texts[0])) == texts[0]
