"""What is set while running is kept as it was given."""

from __future__ import annotations

import pytest

from mfa.kernel.errors import InputError
from mfa.store.database import Database
from mfa.store.settings import SettingRepository


def test_a_setting_comes_back_as_it_was_put_and_the_last_put_wins(database: Database) -> None:
    settings = SettingRepository(database)
    settings.put("log_level", "debug")
    settings.put("limits", {"orders": 5, "symbols": ["KO", "PG"]})
    settings.put("log_level", "info")
    assert settings.all() == {"limits": {"orders": 5, "symbols": ["KO", "PG"]}, "log_level": "info"}


def test_removing_says_whether_there_was_something(database: Database) -> None:
    settings = SettingRepository(database)
    settings.put("user", "ada")
    assert settings.remove("user") is True
    assert settings.remove("user") is False
    assert settings.all() == {}


def test_a_setting_without_a_name_is_refused(database: Database) -> None:
    with pytest.raises(InputError, match="needs a name"):
        SettingRepository(database).put("", 1)
