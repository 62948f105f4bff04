"""What Robinhood's library would do behind one's back, and does not do here: read from the
terminal, keep secrets in a pickle, wait without an end."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.vendors.ground.door import Conditions
from connectors.vendors.robinhood.login import RobinhoodLogin
from mfa.kernel.clock import FrozenClock
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Found
from tests.servers.robinhood import CODE, NOW, PASSWORD, USER, RobinhoodServer
from tests.vendors.robinhood_ground import opened


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's home directory, where a pickle would be, and a terminal at which nobody sits."""

    def never(*_given: Any, **_named: Any) -> Any:
        raise AssertionError("asked at the terminal")

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(builtins, "input", never)
    monkeypatch.setattr("getpass.getpass", never)
    return tmp_path


@pytest.mark.parametrize("challenge", ["", "sms", "prompt"])
def test_signing_in_asks_nothing_at_the_terminal_and_leaves_no_file(
    home: Path, challenge: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with RobinhoodServer() as server:
        server.challenge = challenge
        login = RobinhoodLogin(
            Conditions(clock=FrozenClock(NOW), metrics=Metrics(), origin=server.url)
        )
        wrong = {"username": SecretStr(USER), "password": SecretStr("not this one")}
        assert login.begin(wrong).state == "refused"
        step = login.begin({**wrong, "password": SecretStr(PASSWORD)})
        if challenge == "sms":
            step = login.answer(SecretStr(CODE))
        elif challenge == "prompt":
            assert step.state == "approval"  # it comes back at once; the page asks again
            server.status = "validated"
            step = login.poll()
        assert step.state == "signed_in"
        login.close()
    assert list(home.rglob("*")) == []
    assert PASSWORD not in capfd.readouterr().out


def test_reading_leaves_no_file(home: Path) -> None:
    with RobinhoodServer() as server:
        source = opened(server)
        assert source.account is not None
        assert isinstance(source.account.account(), Found)
        source.close()
    assert list(home.rglob("*")) == []
