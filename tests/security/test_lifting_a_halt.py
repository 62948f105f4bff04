"""Anybody may halt. Lifting it is the installation's own person's, with the second factor where
one is enrolled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner, Result

from actions.halt import Halt
from mfa.cli import cli
from mfa.commands.session import guard as opened_guard
from mfa.kernel.errors import InputError
from mfa.store.database import Database
from tests.actions.house import ADA, House

Typed = Callable[..., Result]
SURE = "--yes-send-orders-again"


@pytest.fixture
def typed(magnus_home: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    monkeypatch.setenv("MAGNUS_HOME", str(magnus_home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return lambda *arguments, entered=None: CliRunner().invoke(cli, arguments, input=entered)


@pytest.mark.parametrize(("session", "lifts"), [("s-1", False), ("s-2", False), ("s-3", True)])
def test_every_level_halts_and_the_highest_alone_lifts(
    database: Database, tmp_path: Path, session: str, lifts: bool
) -> None:
    house = House.build(database, tmp_path)
    who = replace(ADA, session=session)
    house.desk.halt("fire", who)
    if lifts:
        assert house.desk.resume(who) is not None
    else:
        with pytest.raises(InputError, match="own person"):
            house.desk.resume(who)
    assert (house.desk.halted.standing() is None) is lifts
    assert ("resume" in house.told()) is lifts


def test_the_command_asks_for_the_second_factor_once_there_is_one(
    typed: Typed, magnus_home: Path
) -> None:
    with opened_guard() as guard:
        totp = pyotp.TOTP(guard.factor.enrol(guard.owner, guard.owner).secret)
        backup, other, *_ = guard.factor.confirm(guard.owner, totp.at(datetime.now(UTC)))
    halt = Halt(magnus_home)
    halt.set("fire", by="ada")
    wrong = typed("resume", SURE, entered="000-000\n")
    assert wrong.exit_code == 1
    assert "It stays halted" in wrong.output
    assert typed("resume", SURE).exit_code != 0  # nobody there to enter one
    assert halt.standing() is not None
    right = typed("resume", SURE, entered=f"{backup}\n")
    assert "Orders can be sent again." in right.output
    assert halt.standing() is None
    halt.set("again", by="ada")
    assert typed("resume", SURE).exit_code == 0  # shown within 15 minutes
    with opened_guard() as guard:
        assert guard.factor.verify(guard.owner, other)
        assert not guard.factor.verify(guard.owner, backup)
