"""`magnus connect` and `disconnect`, typed at and piped into, over the loopback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mfa.cli import cli
from mfa.kernel.errors import InputError
from mfa.security.vault import Vault
from tests.servers import tradier as tradier_server
from tests.servers.robinhood import CODE, PASSWORD, USER, RobinhoodServer
from tests.servers.tradier import TradierServer

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, origins: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("MAGNUS_HOME", str(tmp_path))
    monkeypatch.setenv("MAGNUS_VENDOR_ORIGINS", json.dumps(origins))
    monkeypatch.delenv("MAGNUS_CONFIG", raising=False)

    def run(*arguments: str, typed: str = "", **environment: str) -> Result:
        return CliRunner().invoke(cli, list(arguments), input=typed, env=environment)

    return run


@pytest.fixture
def home_vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path)


def test_without_a_name_it_lists_every_vendor_and_its_state(run: Run) -> None:
    said = run("connect").output
    assert "yahoo        needs no key" in said
    assert "robinhood    not connected" in said


def test_a_key_is_typed_unseen_tested_and_stored(run: Run, home_vault: Vault) -> None:
    done = run("connect", "tradier", typed=f"sandbox\n{tradier_server.TOKEN}\n\n")
    assert done.exit_code == 0, done.output
    assert "Tradier answers and takes the credentials. The account is ••••0001." in done.output
    assert tradier_server.TOKEN not in done.output
    assert home_vault.vendors() == ("tradier",)
    listed = run("connect").output
    assert "tradier      connected today" in listed
    assert tradier_server.TOKEN not in listed


def test_a_script_pipes_json_or_sets_the_environment(run: Run, home_vault: Vault) -> None:
    piped = json.dumps({"house": "sandbox", "token": tradier_server.TOKEN})
    assert run("connect", "tradier", "--stdin", typed=piped).exit_code == 0
    assert run("disconnect", "tradier", "--yes").exit_code == 0
    assert home_vault.vendors() == ()
    done = run("connect", "tradier", "--stdin", typed='{"house": "sandbox"}',
               MAGNUS_CONNECT_TOKEN=tradier_server.TOKEN)  # fmt: skip
    assert done.exit_code == 0, done.output
    assert home_vault.vendors() == ("tradier",)


def test_no_secret_is_an_argument() -> None:
    for name in ("connect", "disconnect"):
        command = cli.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        taken = {p.name for p in command.params}
        assert taken <= {"vendor", "from_stdin", "paste", "other_account", "yes"}


def test_what_fails_is_one_sentence_and_stores_nothing(
    run: Run, home_vault: Vault, tradier: TradierServer
) -> None:
    wrong = json.dumps({"house": "sandbox", "token": "another"})
    done = run("connect", "tradier", "--stdin", typed=wrong)
    assert isinstance(done.exception, InputError)
    assert "refused the credentials" in str(done.exception)
    assert "Nothing was stored." in str(done.exception)
    assert home_vault.vendors() == ()


@pytest.mark.parametrize("typed", ["", "[1]", '{"token": 5}', "token=abc"])
def test_what_is_no_json_object_is_refused(run: Run, typed: str) -> None:
    done = run("connect", "tradier", "--stdin", typed=typed)
    assert isinstance(done.exception, InputError)
    assert "JSON object" in str(done.exception)


def test_a_sign_in_with_a_code_is_led_in_the_terminal(
    run: Run, home_vault: Vault, robinhood: RobinhoodServer
) -> None:
    robinhood.challenge = "sms"
    typed = f"{USER}\n{PASSWORD}\n\n\nwhat?\n000000\n{CODE}\n"
    done = run("connect", "robinhood", typed=typed)
    assert done.exit_code == 0, done.output
    for sentence in (
        "terms of service",
        "sent a code to your phone by SMS",
        "That is no code.",
        "2 tries are left",
        "Signed in.",
        "The account is ••••0001.",
    ):
        assert sentence in done.output
    assert home_vault.vendors() == ("robinhood",)
    for secret in (PASSWORD, CODE, robinhood.access, robinhood.refresh):
        assert secret not in done.output


def test_an_approval_on_the_phone_is_waited_for(
    run: Run, home_vault: Vault, robinhood: RobinhoodServer
) -> None:
    robinhood.challenge = "prompt"
    real, looks = robinhood.prompt, []

    def approved_at_the_second_look(request: object) -> object:
        looks.append(1)
        if len(looks) == 2:
            robinhood.status = "validated"
        return real(request)  # type: ignore[arg-type]

    robinhood._routes = [
        (m, p, approved_at_the_second_look if h == real else h) for m, p, h in robinhood._routes
    ]
    done = run("connect", "robinhood", typed=f"{USER}\n{PASSWORD}\n\n\n\n\n")
    assert done.exit_code == 0, done.output
    assert done.output.count("approve this sign-in") == 2
    assert home_vault.vendors() == ("robinhood",)


def test_a_script_cannot_answer_for_the_person(
    run: Run, home_vault: Vault, robinhood: RobinhoodServer
) -> None:
    robinhood.challenge = "sms"
    piped = json.dumps({"username": USER, "password": PASSWORD})
    done = run("connect", "robinhood", "--stdin", typed=piped)
    assert "A person has to do this" in str(done.exception)
    assert home_vault.vendors() == ()


def test_a_pasted_token_needs_no_sign_in(
    run: Run, home_vault: Vault, robinhood: RobinhoodServer
) -> None:
    done = run("connect", "robinhood", "--stdin",
               typed=json.dumps({"access_token": robinhood.access}))  # fmt: skip
    assert done.exit_code == 0, done.output
    assert home_vault.vendors() == ("robinhood",)
    assert "/oauth2/token/" not in robinhood.paths()


def test_another_account_is_asked_about(
    run: Run, home_vault: Vault, robinhood: RobinhoodServer
) -> None:
    robinhood.number = "5QR00007"
    piped = json.dumps({"access_token": robinhood.access})
    assert run("connect", "robinhood", "--stdin", typed=piped).exit_code == 0
    robinhood.number = "5QR00008"
    refused = run("connect", "robinhood", "--stdin", typed=piped)
    assert "••••0008" in str(refused.exception)
    said = run("connect", "robinhood", "--paste", typed=f"{robinhood.access}\n\n\n\nn\n")
    assert said.exit_code == 1
    kept = home_vault.get("robinhood")
    assert kept is not None
    assert kept.fields["account"].get_secret_value() == "5QR00007"
    assert run("connect", "robinhood", "--stdin", "--other-account", typed=piped).exit_code == 0


def test_a_vendor_without_a_key_needs_no_connecting(run: Run) -> None:
    assert "needs no key" in run("connect", "yahoo").output


def test_disconnecting_asks_first(run: Run, home_vault: Vault) -> None:
    piped = json.dumps({"house": "sandbox", "token": tradier_server.TOKEN})
    run("connect", "tradier", "--stdin", typed=piped)
    assert run("disconnect", "tradier", typed="n\n").exit_code == 1
    assert home_vault.vendors() == ("tradier",)
    assert "is disconnected" in run("disconnect", "tradier", typed="y\n").output
    assert home_vault.vendors() == ()
