"""Connecting: what is tested is kept, what fails is not, and another account is never taken."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mfa.connecting.connections import Connections
from mfa.kernel.errors import InputError
from mfa.kernel.logs import configure_logs
from mfa.security.vault import Vault
from tests.connecting.conftest import Watch, secret
from tests.servers import alpaca as alpaca_server
from tests.servers import faults
from tests.servers import tradier as tradier_server
from tests.servers.alpaca import AlpacaServer
from tests.servers.base import Answer
from tests.servers.robinhood import NOW, PASSWORD, USER, RobinhoodServer
from tests.servers.robinhood_account import ACCOUNT
from tests.servers.tradier import TradierServer

TOKEN = secret(house="sandbox", token=tradier_server.TOKEN)


def test_what_works_is_kept_with_the_brokers_own_account_number(
    connections: Connections, vault: Vault
) -> None:
    tried = connections.test("tradier", TOKEN)
    assert tried.passed
    assert tried.sentence == ("Tradier answers and takes the credentials. The account is ••••0001.")
    assert vault.vendors() == (), "a test keeps nothing"
    connections.keep(tried)
    kept = vault.get("tradier")
    assert kept is not None
    assert kept.fields["account"].get_secret_value() == tradier_server.ACCOUNT
    assert kept.fields["token"].get_secret_value() == tradier_server.TOKEN


def test_wrong_credentials_are_told_and_not_kept(connections: Connections, vault: Vault) -> None:
    tried = connections.test("tradier", secret(house="sandbox", token="another"))
    assert not tried.passed
    assert "refused the credentials" in tried.sentence
    with pytest.raises(InputError, match="Nothing was stored"):
        connections.keep(tried)
    assert vault.vendors() == ()


@pytest.mark.parametrize("fault", [faults.BROKEN, faults.LIMITED, faults.CUT_OFF, faults.FORBIDDEN])
def test_a_vendor_that_cannot_answer_now_keeps_nothing(
    connections: Connections, tradier: TradierServer, fault: faults.Fault
) -> None:
    tradier.inject(fault)
    tried = connections.test("tradier", TOKEN)
    assert not tried.passed
    assert tried.sentence.endswith(".")


def test_a_failed_test_leaves_what_worked_before(connections: Connections, vault: Vault) -> None:
    connections.keep(connections.test("tradier", TOKEN))
    tried = connections.test("tradier", secret(house="sandbox", token="another"))
    with pytest.raises(InputError):
        connections.keep(tried)
    kept = vault.get("tradier")
    assert kept is not None
    assert kept.fields["token"].get_secret_value() == tradier_server.TOKEN


def test_another_account_than_before_wants_a_persons_word(
    connections: Connections, vault: Vault, tradier: TradierServer
) -> None:
    connections.keep(connections.test("tradier", TOKEN))
    real = tradier._answer

    def moved(request: Any) -> Answer:
        answer = real(request)
        if request.path != "/user/profile":
            return answer
        account = {"account_number": "VA00000002", "type": "margin", "status": "active"}
        return Answer({"profile": {"id": "id-1", "account": account}}, 200)

    tradier._answer = moved  # type: ignore[method-assign]
    tried = connections.test("tradier", TOKEN)
    assert (tried.passed, tried.another) == (True, True)
    assert (tried.account, tried.before) == ("••••0002", "••••0001")
    with pytest.raises(InputError, match=r"••••0002.*••••0001"):
        connections.keep(tried)
    connections.keep(tried, another=True)
    kept = vault.get("tradier")
    assert kept is not None
    assert kept.fields["account"].get_secret_value() == "VA00000002"


def test_new_credentials_of_the_same_account_are_a_rotation(
    connections: Connections, watch: type[Watch]
) -> None:
    connections.keep(connections.test("tradier", TOKEN))
    watch.moved = NOW + timedelta(days=91)
    (row, *_) = [row for row in connections.every() if row.door.vendor == "tradier"]
    assert row.state() == "connected 91 days ago"
    assert "91 days old" in row.reminder
    tried = connections.test("tradier", TOKEN)
    assert not tried.another
    connections.keep(tried)
    (row, *_) = [row for row in connections.every() if row.door.vendor == "tradier"]
    assert (row.state(), row.reminder) == ("connected today", "")


def test_an_account_number_that_the_credentials_do_not_open_is_refused(
    connections: Connections,
) -> None:
    tried = connections.test("tradier", {**TOKEN, **secret(account="VA99999999")})
    assert not tried.passed
    assert "no account of that number" in tried.sentence


def test_two_keys_make_one_connection(connections: Connections, alpaca: AlpacaServer) -> None:
    keys = secret(house="paper", key=alpaca_server.KEY, secret=alpaca_server.SECRET)
    tried = connections.test("alpaca", keys)
    assert tried.passed, tried.sentence
    assert alpaca.requests


def test_what_cannot_be_right_is_refused_before_anybody_is_asked(
    connections: Connections, tradier: TradierServer
) -> None:
    for vendor, entered, sentence in (
        ("tradier", secret(token="x", house="castle"), "one of sandbox, production"),
        ("tradier", secret(house="sandbox"), "needs 'Access token'"),
        ("tradier", secret(token="x", tokn="y"), "no field 'tokn'"),
        ("yahoo", {}, "needs no key"),
        ("nobody", {}, "no vendor 'nobody'"),
    ):
        with pytest.raises(InputError, match=sentence):
            connections.test(vendor, entered)
    assert tradier.requests == []


def test_the_list_shows_no_secret(connections: Connections) -> None:
    connections.keep(connections.test("tradier", TOKEN))
    rows = {row.door.vendor: row for row in connections.every()}
    assert rows["tradier"].fields["token"].startswith("••••")
    assert tradier_server.TOKEN not in repr(rows)
    assert rows["yahoo"].state() == "needs no key"
    assert rows["alpaca"].state() == "not connected"
    assert rows["robinhood"].door.reads_real_money
    assert "terms of service" in rows["robinhood"].door.note
    states = [row.connected for row in connections.every()]
    assert states == sorted(states, reverse=True), "connected ones come first"


def test_disconnecting_forgets_and_says_what_stays(connections: Connections, vault: Vault) -> None:
    connections.keep(connections.test("tradier", TOKEN))
    assert "until you end them at Tradier" in connections.disconnect("tradier")
    assert vault.vendors() == ()
    with pytest.raises(InputError, match="not connected"):
        connections.disconnect("tradier")


def test_a_sign_in_ends_in_tokens_that_are_tested_and_kept(
    connections: Connections, vault: Vault, robinhood: RobinhoodServer
) -> None:
    login = connections.login("robinhood")
    step = login.begin(secret(username=USER, password=PASSWORD))
    login.close()
    assert step.tokens is not None
    tried = connections.test("robinhood", step.tokens)
    connections.keep(tried)
    kept = vault.get("robinhood")
    assert kept is not None
    assert {name: s.get_secret_value() for name, s in kept.fields.items()} == {
        "access_token": robinhood.access,
        "refresh_token": robinhood.refresh,
        "device_token": step.tokens["device_token"].get_secret_value(),
        "account": ACCOUNT,
    }
    assert PASSWORD not in str(sorted(s.get_secret_value() for s in kept.fields.values()))
    with pytest.raises(InputError, match="has no sign-in"):
        connections.login("tradier")


def test_the_account_that_is_meant_may_be_said_at_the_sign_in(
    connections: Connections, robinhood: RobinhoodServer
) -> None:
    who = secret(username=USER, password=PASSWORD, account="5QR00002")
    for number, passed in (("5QR00002", True), ("5QR00003", False)):
        robinhood.number = number
        login = connections.login("robinhood")
        step = login.begin(who)
        login.close()
        assert step.tokens is not None
        assert connections.test("robinhood", step.tokens).passed is passed


def test_the_machine_of_an_earlier_sign_in_is_known_again(
    connections: Connections, robinhood: RobinhoodServer
) -> None:
    robinhood.challenge, robinhood.status = "sms", "validated"
    for _ in range(2):
        login = connections.login("robinhood")
        step = login.begin(secret(username=USER, password=PASSWORD))
        assert step.tokens is not None
        connections.keep(connections.test("robinhood", step.tokens))
        login.close()
    assert robinhood.paths().count("/pathfinder/user_machine/") == 1


def test_a_pasted_token_that_has_expired_is_exchanged_in_the_test_and_the_new_one_kept(
    connections: Connections, vault: Vault, robinhood: RobinhoodServer
) -> None:
    pasted = secret(access_token="expired", refresh_token=robinhood.refresh)
    connections.keep(connections.test("robinhood", pasted))
    kept = vault.get("robinhood")
    assert kept is not None
    assert kept.fields["access_token"].get_secret_value() == robinhood.access
    assert kept.fields["refresh_token"].get_secret_value() == "loopback-refresh-1"


def test_nothing_secret_is_in_the_logs_or_in_a_file_in_plain(
    connections: Connections,
    robinhood: RobinhoodServer,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    configure_logs("debug")
    login = connections.login("robinhood")
    step = login.begin(secret(username=USER, password=PASSWORD))
    login.close()
    assert step.tokens is not None
    connections.keep(connections.test("robinhood", step.tokens))
    connections.keep(connections.test("tradier", TOKEN))
    connections.test("tradier", secret(house="sandbox", token="a-wrong-one"))
    out, err = capfd.readouterr()
    written = out + err + "".join(f.read_text() for f in tmp_path.iterdir() if f.is_file())
    secrets = (PASSWORD, robinhood.access, robinhood.refresh, tradier_server.TOKEN, "a-wrong-one")
    assert "vendor.connected" in written
    assert [s for s in secrets if s in written] == []
