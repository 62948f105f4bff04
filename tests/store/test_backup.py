"""A backup holds one moment; a restore gives all of it back, or changes nothing."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from mfa.kernel.errors import StoreError
from mfa.store import archive
from mfa.store.backup import backup, restore
from mfa.store.database import Database
from mfa.store.settings import SettingRepository


def test_what_was_backed_up_comes_back_in_another_database(
    new_database: Callable[[], Database], tmp_path: Path
) -> None:
    file = tmp_path / "desk.backup"
    with new_database() as first, new_database() as second:
        SettingRepository(first).put("user", {"name": "ada"})
        SettingRepository(first).put("port", 8600)
        SettingRepository(second).put("port", 1)
        made = backup(first, file)
        assert made.rows["magnus.setting"] == 2
        assert restore(second, file) == made
        assert SettingRepository(second).all() == {"port": 8600, "user": {"name": "ada"}}
        SettingRepository(second).put("more", True)


def test_a_backup_is_private_and_leaves_nothing_beside_it(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "desk.backup"
    backup(database, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["desk.backup"]


def test_a_backup_that_fails_keeps_the_one_before(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "desk.backup"
    backup(database, file)
    before = file.read_bytes()

    def full(_: Path) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "_digest", full)
    with pytest.raises(StoreError, match="could not be written: No space left on device"):
        backup(database, file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["desk.backup"]


def _tamper(source: Path, target: Path, *, dump: bytes | None = None, **changes: object) -> None:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        content = old.read("database.dump") if dump is None else dump
        new.writestr("manifest.json", json.dumps({**manifest, **changes}))
        new.writestr("database.dump", content)


@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x05\x06" + bytes(18)])
def test_garbage_is_refused_by_name(database: Database, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "other.backup"
    file.write_bytes(content)
    with pytest.raises(StoreError, match=r"other\.backup is not a Magnus backup, or is damaged"):
        restore(database, file)


def test_a_missing_file_is_named(database: Database, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no backup at"):
        restore(database, tmp_path / "nowhere")


def test_a_cut_file_is_refused(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "desk.backup"
    backup(database, file)
    file.write_bytes(file.read_bytes()[:-500])
    with pytest.raises(StoreError, match="is not a Magnus backup, or is damaged"):
        restore(database, file)


def test_an_archive_that_its_manifest_does_not_know_is_refused(
    database: Database, tmp_path: Path
) -> None:
    backup(database, tmp_path / "good")
    _tamper(tmp_path / "good", tmp_path / "bad", dump=b"PGDMP and then nothing")
    with pytest.raises(StoreError, match="its content is not what its manifest says"):
        restore(database, tmp_path / "bad")


def test_a_restore_that_fails_on_the_way_leaves_the_books_as_they_were(
    database: Database, tmp_path: Path
) -> None:
    SettingRepository(database).put("user", "ada")
    made = backup(database, tmp_path / "good")
    SettingRepository(database).put("user", "grace")
    rows = {**made.rows, "magnus.setting": 2}  # there is one: the count must not pass
    _tamper(tmp_path / "good", tmp_path / "short", rows=rows)
    with pytest.raises(StoreError, match=r"as it was.*magnus\.setting did not arrive whole"):
        restore(database, tmp_path / "short")
    assert SettingRepository(database).all() == {"user": "grace"}


def test_a_manifest_cannot_smuggle_sql(database: Database, tmp_path: Path) -> None:
    backup(database, tmp_path / "good")
    _tamper(tmp_path / "good", tmp_path / "evil", rows={'magnus.x") FROM y; DROP': 0})
    with pytest.raises(StoreError, match="cannot be ours"):
        restore(database, tmp_path / "evil")


def test_a_backup_of_a_newer_magnus_is_refused_before_anything_is_touched(
    database: Database, tmp_path: Path
) -> None:
    made = backup(database, tmp_path / "good")
    newer = [
        *(one.model_dump() for one in made.migrations),
        {"schema_name": "magnus", "number": 9999, "name": "later", "checksum": "x"},
    ]
    _tamper(tmp_path / "good", tmp_path / "newer", migrations=newer)
    with pytest.raises(StoreError, match="newer Magnus"):
        restore(database, tmp_path / "newer")


def test_a_session_in_the_middle_of_something_is_not_cut_off(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mfa.store.backup._PATIENCE", "100ms")
    backup(database, tmp_path / "good")
    with psycopg.connect(database.conninfo) as busy:
        busy.execute("INSERT INTO magnus.setting (key, value) VALUES ('mine', '1')")
        with pytest.raises(StoreError, match=r"lock timeout.*Close other uses"):
            restore(database, tmp_path / "good")
    assert SettingRepository(database).all() == {"mine": 1}
