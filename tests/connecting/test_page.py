"""The page of connections, run as Streamlit runs it, in PAPER over the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mfa.assistant import close_assistant, get_assistant
from mfa.kernel.logs import configure_logs
from mfa.kernel.mode import Mode
from mfa.kernel.settings import load_settings
from mfa.security.vault import Vault
from tests.servers import tradier as tradier_server
from tests.servers.robinhood import CODE, PASSWORD, USER, RobinhoodServer

PAGE = Path(__file__).resolve().parents[2] / "pages" / "connect.py"


@pytest.fixture
def home_vault(magnus_home: Path) -> Vault:
    return Vault(magnus_home)


@pytest.fixture
def page(magnus_home: Path, origins: dict[str, str]) -> Iterator[AppTest]:
    settings = load_settings(home=magnus_home, mode=Mode.PAPER, vendor_origins=origins)
    get_assistant(settings)
    yield AppTest.from_file(str(PAGE), default_timeout=60).run()
    close_assistant()


def texts(page: AppTest) -> str:
    """Everything that stands on the page."""
    parts = [*page.markdown, *page.caption, *page.success, *page.error, *page.warning, *page.info]
    return "\n".join([*(str(part.value) for part in parts), *vendors(page)])


def vendors(page: AppTest) -> list[str]:
    """Each vendor's name and state, from top to bottom."""
    boxes: Any = page.get("expander")
    return [box.label for box in boxes]


def fill(page: AppTest, **fields: str) -> None:
    """Fields by the beginning of their keys: the end changes with each step."""
    for name, text in fields.items():
        start = name.replace("__", "-") + "-"
        (each,) = [w for w in page.text_input if str(w.key).startswith(start)]
        each.set_value(text)


def press(page: AppTest, label: str, place: int = 0) -> None:
    [each for each in page.button if each.label == label][place].click()
    page.run()


def session(page: AppTest) -> str:
    """All that the session holds, as text."""
    return repr(page.session_state)


def place_of(page: AppTest, vendor_title: str) -> int:
    """Which of the 'Test and store' buttons is this vendor's."""
    no_form = ("needs no key", "Robinhood")
    with_form = [label for label in vendors(page) if not any(no in label for no in no_form)]
    return next(i for i, label in enumerate(with_form) if vendor_title in label)


def test_every_vendor_stands_there_with_its_state_and_its_risk(page: AppTest) -> None:
    assert not page.exception
    said = texts(page)
    assert "**Robinhood** · not connected" in said
    assert "**Yahoo** · needs no key" in said
    assert "terms of service do not provide" in said


def test_a_key_is_tested_stored_taken_up_at_once_and_forgotten_by_the_page(
    page: AppTest, home_vault: Vault
) -> None:
    fill(page, field__tradier__token=tradier_server.TOKEN)
    press(page, "Test and store", place_of(page, "Tradier"))
    assert not page.exception
    said = texts(page)
    assert "Tradier answers and takes the credentials. The account is ••••0001." in said
    assert "**Tradier** · connected today" in said
    assert tradier_server.TOKEN not in said
    assert tradier_server.TOKEN not in session(page)
    assert home_vault.vendors() == ("tradier",)
    outside = get_assistant().outside
    assert outside is not None
    assert "tradier" in outside.shelf.connected, "without a new start"
    press(page, "Disconnect")
    assert home_vault.vendors() == ()
    assert "is disconnected" in texts(page)
    assert "tradier" not in outside.shelf.connected


def test_a_wrong_key_is_told_and_nothing_is_stored(page: AppTest, home_vault: Vault) -> None:
    fill(page, field__tradier__token="another-wrong-one")
    press(page, "Test and store", place_of(page, "Tradier"))
    said = texts(page)
    assert "refused the credentials" in said
    assert "Nothing was stored." in said
    assert home_vault.vendors() == ()
    assert "another-wrong-one" not in said
    assert "another-wrong-one" not in session(page)


def sign_in(page: AppTest, password: str = PASSWORD) -> None:
    fill(page, login__robinhood__username=USER, login__robinhood__password=password)
    press(page, "Sign in")
    assert not page.exception


def test_a_sign_in_by_code_is_led_step_by_step(
    page: AppTest, home_vault: Vault, robinhood: RobinhoodServer, capfd: Any
) -> None:
    configure_logs("debug")
    robinhood.challenge = "sms"
    sign_in(page)
    assert "sent a code to your phone by SMS" in texts(page)
    page.run()
    assert "sent a code to your phone by SMS" in texts(page), "a reload finds it again"
    fill(page, code__robinhood="000000")
    press(page, "Send the code")
    assert "2 tries are left" in texts(page)
    fill(page, code__robinhood=CODE)
    press(page, "Send the code")
    said = texts(page)
    assert "Robinhood answers and takes the credentials. The account is ••••0001." in said
    assert home_vault.vendors() == ("robinhood",)
    out, err = capfd.readouterr()
    assert "robinhood.sign_in" in out + err
    secrets = (PASSWORD, CODE, robinhood.access, robinhood.refresh)
    assert [s for s in secrets if s in out + err + said + session(page)] == []
    assert "login-of" not in session(page)


def test_an_approval_on_the_phone_is_looked_for_by_a_button(
    page: AppTest, home_vault: Vault, robinhood: RobinhoodServer
) -> None:
    robinhood.challenge = "prompt"
    sign_in(page)
    assert "approve this sign-in" in texts(page)
    press(page, "I have approved it")
    assert "approve this sign-in" in texts(page)
    robinhood.status = "validated"
    press(page, "I have approved it")
    assert "**Robinhood** · connected today" in texts(page)
    assert home_vault.vendors() == ("robinhood",)


def test_a_wrong_password_may_be_entered_again(
    page: AppTest, home_vault: Vault, robinhood: RobinhoodServer
) -> None:
    sign_in(page, "not this one")
    assert "Unable to log in with provided credentials" in texts(page)
    sign_in(page)
    assert home_vault.vendors() == ("robinhood",)


def test_a_sign_in_can_be_given_up(page: AppTest, robinhood: RobinhoodServer) -> None:
    robinhood.challenge = "sms"
    sign_in(page)
    press(page, "Give up")
    assert [b for b in page.button if b.label == "Sign in"]
    assert "login-of" not in session(page)


def test_another_account_wants_a_click(
    page: AppTest, home_vault: Vault, robinhood: RobinhoodServer
) -> None:
    robinhood.number = "5QR00007"
    sign_in(page)
    robinhood.number = "5QR00008"
    sign_in(page)
    assert "open the account ••••0008. The one connected before is ••••0007." in texts(page)
    press(page, "Keep what is connected")
    kept = home_vault.get("robinhood")
    assert kept is not None
    assert kept.fields["account"].get_secret_value() == "5QR00007"
    sign_in(page)
    press(page, "Store the other account")
    kept = home_vault.get("robinhood")
    assert kept is not None
    assert kept.fields["account"].get_secret_value() == "5QR00008"
