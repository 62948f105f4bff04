"""Settings: precedence environment > file > database > default, and refusals in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from mfa.kernel.errors import ConfigurationError
from mfa.kernel.home import default_home
from mfa.kernel.mode import Mode
from mfa.kernel.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "MAGNUS_DATABASE_URL", "MAGNUS_CONFIG", "MAGNUS_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MAGNUS_HOME", str(tmp_path))


def write(home: Path, text: str) -> None:
    (home / "magnus.toml").write_text(text, encoding="utf-8")


def test_nothing_set_gives_the_defaults(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.home == tmp_path
    assert settings.mode is Mode.PRACTICE
    assert (settings.port, settings.address, settings.practice_seed) == (8501, "127.0.0.1", 7)
    assert settings.database_url is None


def test_environment_beats_file_beats_database_beats_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAGNUS_PORT", "9001")
    write(tmp_path, 'port = 9002\nuser = "ann"\n')
    rows = {"port": 9003, "user": "bob", "query_deadline": 1.5}
    settings = load_settings().with_database(rows)
    assert settings.port == 9001
    assert settings.user == "ann"
    assert settings.query_deadline == 1.5
    assert settings.log_level == "info"


def test_a_commands_option_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGNUS_PORT", "9001")
    settings = load_settings(port=9000)
    assert settings.port == 9000
    assert settings.with_database({"port": 9003}).port == 9000


def test_the_overridden_homes_file_is_read(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write(other, "port = 9005")
    settings = load_settings(home=other)
    assert (settings.home, settings.port) == (other, 9005)
    assert settings.with_database({}) == settings


def test_database_url_is_secret_and_read_under_its_usual_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hunter2@db/magnus")
    settings = load_settings()
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql://u:hunter2@db/magnus"
    assert "hunter2" not in repr(settings)
    assert settings.with_database({}).database_url == settings.database_url


def test_a_commands_database_url_beats_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://shared")
    url = load_settings(database_url="postgresql://given").database_url
    assert url is not None
    assert url.get_secret_value() == "postgresql://given"


def test_the_files_database_url_yields_to_the_environments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 'database_url = "postgresql://file"')
    filed = load_settings().database_url
    assert filed is not None
    assert filed.get_secret_value() == "postgresql://file"
    monkeypatch.setenv("DATABASE_URL", "postgresql://shared")
    shared = load_settings().database_url
    assert shared is not None
    assert shared.get_secret_value() == "postgresql://shared"


def test_magnus_database_url_beats_the_shared_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://shared")
    monkeypatch.setenv("MAGNUS_DATABASE_URL", "postgresql://own")
    url = load_settings().database_url
    assert url is not None
    assert url.get_secret_value() == "postgresql://own"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("prot = 9000", "there is no setting named 'prot'"),
        ("port = 70000", "port: "),
        ('mode = "real"', "mode: "),
        ("port = ", "is not TOML"),
        ('home = "/elsewhere"', "MAGNUS_HOME"),
    ],
)
def test_a_wrong_file_is_refused_in_words(tmp_path: Path, text: str, sentence: str) -> None:
    write(tmp_path, text)
    with pytest.raises(ConfigurationError, match=sentence):
        load_settings()


def test_a_wrong_secret_is_not_shown(tmp_path: Path) -> None:
    write(tmp_path, 'database_url = ["hunter2"]')
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


def test_a_named_file_that_is_missing_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAGNUS_CONFIG", str(tmp_path / "absent.toml"))
    with pytest.raises(ConfigurationError, match="does not exist"):
        load_settings()


@pytest.mark.parametrize("name", ["home", "database_url"])
def test_the_database_cannot_say_where_the_database_is(name: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        load_settings().with_database({name: "x"})


def test_unknown_database_rows_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="no setting named 'colour'"):
        load_settings().with_database({"colour": "red"})


def test_mode_is_read_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGNUS_MODE", "PAPER")
    assert load_settings().mode is Mode.PAPER


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1  # type: ignore[misc] # the point of the test


def test_roots_data_is_not_in_roots_own_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert default_home() == Path("/var/lib/magnus")


def test_other_users_data_is_under_their_data_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert default_home().name == "magnus"
    assert isinstance(Settings().home, Path)


@pytest.mark.parametrize("given", ["tradier, yahoo", "Tradier yahoo tradier", "tradier,yahoo"])
def test_sources_are_vendors_in_order_each_once(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAGNUS_SOURCES", given)
    assert load_settings().sources == ("tradier", "yahoo")
    assert load_settings(sources=["yahoo"]).sources == ("yahoo",)


@pytest.mark.parametrize(
    "origin",
    ["http://example.com:80", "https://127.0.0.1:80", "http://127.0.0.1.example.com", "file:///x",
     "http://user@127.0.0.1"],
)  # fmt: skip
def test_only_this_machine_may_stand_in_for_a_vendor(origin: str) -> None:
    with pytest.raises(ConfigurationError, match="vendor_origins"):
        load_settings(vendor_origins={"tradier": origin})
    assert load_settings(vendor_origins={"tradier": "http://127.0.0.1:8"}).vendor_origins


def test_where_vendors_are_cannot_come_from_the_database() -> None:
    with pytest.raises(ConfigurationError, match="vendor_origins"):
        load_settings().with_database({"vendor_origins": {"tradier": "http://127.0.0.1:8"}})
