"""Real money asks for the second factor: a LIVE session over a loopback broker, on the page and at
the terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr
from streamlit.testing.v1 import AppTest

from actions.action import Who
from actions.confirm import Confirmed
from actions.proposal import ActionProposal
from mfa.assistant import Assistant, close_assistant, get_assistant
from mfa.cli import cli
from mfa.commands.session import guard as opened_guard
from mfa.data.events import DataEvent
from mfa.kernel.cards import Card, CardState
from mfa.kernel.clock import RealClock, exchange_date
from mfa.kernel.mode import Mode
from mfa.kernel.settings import load_settings
from mfa.security.guard import Guard
from mfa.security.vault import Vault
from tests.security.people import Wall
from tests.servers.robinhood import NOW
from tests.servers.robinhood_account import ACCOUNT
from tests.servers.robinhood_orders import RobinhoodTrading

APP = Path(__file__).resolve().parents[2] / "app.py"
NEEDED = "This needs your second factor. Enter it, then confirm again."
SHARE = {
    "legs": [{"instrument": "KO", "side": "buy", "effect": "open"}],
    "quantity": 1, "limit": "70.50", "strategy": "stock",
}  # fmt: skip


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    """The real time of this process, moved by hand: the broker's day, while its market is open."""
    moved = Wall(NOW)
    monkeypatch.setattr(RealClock, "now", lambda _: moved.at)
    monkeypatch.setattr(RealClock, "today", lambda _: exchange_date(moved.at))
    return moved


class Broker(RobinhoodTrading):
    """Its quotes are of the moment."""

    def __init__(self, wall: Wall) -> None:
        super().__init__()
        self.wall = wall

    def quote(self, symbol: str) -> dict[str, Any] | None:
        row = super().quote(symbol)
        at = (self.wall.at - timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return None if row is None else {**row, "updated_at": at}


@pytest.fixture
def broker(wall: Wall) -> Iterator[RobinhoodTrading]:
    with Broker(wall) as server:
        yield server


@pytest.fixture
def home(
    magnus_home: Path, broker: RobinhoodTrading, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """LIVE at the loopback, by the environment, with the broker's tokens in the vault."""
    tokens = {"access_token": broker.access, "refresh_token": broker.refresh, "account": ACCOUNT}
    Vault(magnus_home, clock=RealClock()).put(
        "robinhood", {name: SecretStr(text) for name, text in tokens.items()}
    )
    for name, value in {
        "HOME": str(magnus_home), "MODE": "live", "ACCOUNT": "robinhood",
        "SOURCES": "robinhood", "VENDOR_ORIGINS": f'{{"robinhood": "{broker.url}"}}',
        "QUERY_DEADLINE": "60",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"MAGNUS_{name}", value)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return magnus_home


def enrolled(guard: Guard, wall: Wall) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    totp = pyotp.TOTP(guard.factor.enrol(guard.owner, guard.owner).secret)
    codes = guard.factor.confirm(guard.owner, totp.at(wall.at))
    wall.move(minutes=1)
    return totp, codes


# -- the page


@pytest.fixture
def house(home: Path) -> Iterator[Assistant]:
    settings = load_settings()
    assert settings.mode is Mode.LIVE
    yield get_assistant(settings)
    close_assistant()


class Page:
    """The page of this machine, and cards made and confirmed at it."""

    def __init__(self, house: Assistant) -> None:
        self.house = house
        self.drawn = AppTest.from_file(str(APP), default_timeout=120).run()
        assert not self.drawn.exception

    @property
    def who(self) -> Who:
        return self.house.acting.who(self.house.user, "page")

    def card(self) -> Card:
        """One of a fresh quote: answers are kept by a clock that no test moves."""
        assert self.house.outside is not None
        self.house.outside.refresh()
        self.house.data.invalidate(DataEvent.ALL)
        proposal = ActionProposal(action="submit_order", params=SHARE)
        return self.house.acting.desk.cards.propose(proposal, self.who)

    def confirm(self, card: Card) -> Confirmed:
        return self.house.acting.desk.confirmations.confirm(card.id, self.who)

    def show(self, code: str) -> str:
        """Type a code into the box of the sidebar; what it says."""
        self.drawn.text_input(key="second-factor-code").set_value(code)
        [button] = [each for each in self.drawn.button if "Verify" in each.label]
        button.click().run()
        return str([*self.drawn.success, *self.drawn.error][0].value)


def test_without_a_second_factor_the_own_machine_sends_and_the_page_has_no_box(
    house: Assistant, broker: RobinhoodTrading
) -> None:
    page = Page(house)
    assert not [each for each in page.drawn.expander if each.label == "Second factor"]
    assert page.confirm(page.card()).carried_out
    assert len(broker.sent) == 1


def test_the_page_sends_real_orders_within_15_minutes_of_a_code_and_no_code_counts_twice(
    house: Assistant, broker: RobinhoodTrading, wall: Wall
) -> None:
    totp, codes = enrolled(house.guard, wall)
    page = Page(house)
    card = page.card()
    assert card.facts.account == f"robinhood {ACCOUNT}"
    refused = page.confirm(card)
    assert (refused.sentence, refused.card.state) == (NEEDED, CardState.OPEN)
    assert broker.sent == []

    assert page.show("12345x") == "That code is wrong, or was used before."
    code = totp.at(wall.at)
    assert page.show(code) == "Verified for 15 minutes."
    assert page.confirm(card).carried_out
    assert len(broker.sent) == 1
    assert page.show(code) == "That code is wrong, or was used before."

    wall.move(minutes=14, seconds=30)
    assert page.confirm(page.card()).carried_out
    assert len(broker.sent) == 2
    wall.move(seconds=31)
    late = page.card()
    assert page.confirm(late).sentence == NEEDED
    assert page.show(codes[0]) == "Verified for 15 minutes."
    assert page.confirm(late).carried_out
    assert len(broker.sent) == 3
    wall.at += timedelta(minutes=16)
    assert page.show(codes[0]) == "That code is wrong, or was used before."
    assert page.confirm(page.card()).sentence == NEEDED
    assert len(broker.sent) == 3


def test_a_code_shown_at_the_page_does_not_verify_the_terminal(
    house: Assistant, wall: Wall
) -> None:
    totp, _ = enrolled(house.guard, wall)
    page = Page(house)
    assert page.show(totp.at(wall.at)) == "Verified for 15 minutes."
    levels = house.acting.desk.permissions
    assert levels.level(page.who).name == "ADMIN"
    assert levels.level(house.acting.who(house.user, "shell")).name == "USER"


# -- the terminal


@pytest.fixture
def typed(home: Path) -> Callable[..., Result]:
    def run(*arguments: str, entered: str | None = None) -> Result:
        return CliRunner().invoke(cli, arguments, input=entered)

    return run


def proposed(typed: Callable[..., Result]) -> str:
    """The number of a card that a typed order made."""
    legs = '[{"instrument": "KO", "side": "buy", "effect": "open"}]'
    told = typed("ask", f"/submit_order legs='{legs}' quantity=1 limit=70.50 strategy=stock")
    found = re.search(r"magnus confirm ([0-9a-f-]{36})", told.output)
    assert found is not None, told.output
    return found[1]


def test_the_command_sends_a_real_order_once_the_terminal_showed_a_code(
    typed: Callable[..., Result], broker: RobinhoodTrading, wall: Wall
) -> None:
    with opened_guard() as guard:
        totp, codes = enrolled(guard, wall)
    card = proposed(typed)
    refused = typed("confirm", card, "--yes")
    assert (refused.exit_code, NEEDED in refused.output) == (1, True)
    verify: Any = lambda code: typed("user", "2fa", "--verify", entered=f"{code}\n")  # noqa: E731
    assert "wrong, or was used before" in verify("00000x").output
    code = totp.at(wall.at)
    assert "Verified for 15 minutes." in verify(code).output
    assert broker.sent == []
    assert typed("confirm", card, "--yes").exit_code == 0
    assert len(broker.sent) == 1
    assert "wrong, or was used before" in verify(code).output

    wall.move(minutes=16)
    later = proposed(typed)
    assert NEEDED in typed("confirm", later, "--yes").output
    assert "Verified" in verify(codes[0].upper()).output
    assert typed("confirm", later, "--yes").exit_code == 0
    assert len(broker.sent) == 2
    assert "wrong, or was used before" in verify(codes[0]).output
