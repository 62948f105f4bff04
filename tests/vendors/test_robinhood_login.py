"""Signing in to Robinhood: every way in, every way it ends, and the library itself as a witness."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.vendors.ground.door import Conditions, Keeping
from connectors.vendors.ground.login import Wants
from connectors.vendors.robinhood.login import RobinhoodLogin
from connectors.vendors.robinhood.totp import totp
from mfa.kernel.clock import FrozenClock
from mfa.kernel.errors import InputError
from mfa.kernel.metrics import Metrics
from tests.servers import faults
from tests.servers.robinhood import (
    CODE,
    NOW,
    PASSWORD,
    TOTP_CODE,
    TOTP_SECRET,
    USER,
    RobinhoodServer,
)


class Watch:
    """A clock that is moved."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at

    def today(self) -> Any:
        return FrozenClock(self.at).today()


@pytest.fixture
def server() -> Iterator[RobinhoodServer]:
    with RobinhoodServer() as fake:
        yield fake


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def login(server: RobinhoodServer, watch: Watch) -> Iterator[RobinhoodLogin]:
    made = RobinhoodLogin(Conditions(clock=watch, metrics=Metrics(), origin=server.url))
    yield made
    made.close()


def entered(password: str = PASSWORD, **more: str) -> dict[str, SecretStr]:
    plain = {"username": USER, "password": password, **more}
    return {name: SecretStr(text) for name, text in plain.items()}


def holds(login: RobinhoodLogin, text: str) -> bool:
    """Whether the object still has `text` anywhere inside."""
    held = login._entered
    return held is not None and text in {
        secret.get_secret_value() for secret in (held.username, held.password)
    }


def test_a_known_machine_is_let_in_at_once(login: RobinhoodLogin, server: RobinhoodServer) -> None:
    step = login.begin(entered())
    assert (step.state, step.wants, step.trouble) == ("signed_in", Wants.NOTHING, False)
    assert step.tokens is not None
    assert step.tokens["access_token"].get_secret_value() == server.access
    assert step.tokens["refresh_token"].get_secret_value() == server.refresh
    assert len(step.tokens["device_token"].get_secret_value()) == 36
    assert not holds(login, PASSWORD)
    assert login.poll() == step


def test_a_wrong_password_is_said_in_robinhoods_words_and_may_be_entered_again(
    login: RobinhoodLogin,
) -> None:
    step = login.begin(entered("not this one"))
    assert (step.state, step.wants, step.trouble) == ("refused", Wants.CREDENTIALS, True)
    assert "Unable to log in with provided credentials" in step.sentence
    assert not holds(login, "not this one")
    assert login.begin(entered()).state == "signed_in"


def test_the_phone_is_asked_until_it_has_approved(
    login: RobinhoodLogin, server: RobinhoodServer
) -> None:
    server.challenge = "prompt"
    step = login.begin(entered())
    assert (step.state, step.wants) == ("approval", Wants.APPROVAL)
    assert "approve" in step.sentence
    assert login.poll().state == "approval"
    assert holds(login, PASSWORD), "it is needed once more"
    server.status = "validated"
    step = login.poll()
    assert step.state == "signed_in"
    assert not holds(login, PASSWORD)


def test_a_sign_in_that_the_phone_denies_is_over(
    login: RobinhoodLogin, server: RobinhoodServer
) -> None:
    server.challenge = "prompt"
    login.begin(entered())
    server.status = "failed"
    step = login.poll()
    assert (step.state, step.wants) == ("expired", Wants.CREDENTIALS)
    assert "not approved" in step.sentence


@pytest.mark.parametrize(("way", "state"), [("sms", "sms_code"), ("email", "email_code")])
def test_a_code_that_was_sent_lets_in_and_a_wrong_one_may_be_corrected(
    login: RobinhoodLogin, server: RobinhoodServer, way: str, state: str
) -> None:
    server.challenge = way
    step = login.begin(entered())
    assert (step.state, step.wants) == (state, Wants.CODE)
    step = login.answer(SecretStr("000000"))
    assert (step.state, step.trouble) == (state, True)
    assert "2 tries are left" in step.sentence
    step = login.answer(SecretStr(f" {CODE[:3]} {CODE[3:]} "))
    assert step.state == "signed_in"


def test_after_the_last_wrong_code_the_sign_in_is_over(
    login: RobinhoodLogin, server: RobinhoodServer
) -> None:
    server.challenge = "sms"
    login.begin(entered())
    states = [login.answer(SecretStr("000000")).state for _ in range(3)]
    assert states == ["sms_code", "sms_code", "expired"]
    assert not holds(login, PASSWORD)
    assert login.answer(SecretStr(CODE)).state == "expired", "nothing is sent any more"


def test_a_code_that_is_none_is_not_sent(login: RobinhoodLogin, server: RobinhoodServer) -> None:
    server.challenge = "sms"
    login.begin(entered())
    before = len(server.requests)
    with pytest.raises(InputError, match="no code"):
        login.answer(SecretStr("what code?"))
    assert len(server.requests) == before


def test_an_expired_challenge_wants_a_new_sign_in(
    login: RobinhoodLogin, server: RobinhoodServer
) -> None:
    server.challenge = "sms"
    login.begin(entered())
    server.status = "expired"
    assert login.answer(SecretStr(CODE)).state == "expired"
    server.status = "issued"
    assert login.begin(entered()).state == "sms_code"


def test_an_authenticators_code_goes_with_the_password(
    login: RobinhoodLogin, server: RobinhoodServer
) -> None:
    server.wants_totp = True
    step = login.begin(entered())
    assert (step.state, step.wants) == ("totp_code", Wants.CODE)
    wrong = login.answer(SecretStr("000000"))
    assert (wrong.state, wrong.trouble) == ("totp_code", True)
    step = login.answer(SecretStr(TOTP_CODE))
    assert step.state == "signed_in"


def test_a_stored_secret_makes_the_authenticators_code(server: RobinhoodServer) -> None:
    """Entered once, it comes back with the tokens; kept, it need not be entered again."""
    server.wants_totp = True
    clock = FrozenClock(NOW)
    first = RobinhoodLogin(Conditions(clock=clock, metrics=Metrics(), origin=server.url))
    step = first.begin(entered(totp_secret=TOTP_SECRET))
    assert step.state == "signed_in"
    assert step.tokens is not None
    kept = dict(step.tokens)
    keeping = Keeping(read=lambda: kept, write=kept.update)
    conditions = Conditions(clock=clock, metrics=Metrics(), origin=server.url, keeping=keeping)
    second = RobinhoodLogin(conditions)
    again = second.begin(entered())
    assert again.state == "signed_in"
    assert again.tokens is not None
    assert again.tokens["device_token"] == step.tokens["device_token"], "the same machine"
    first.close()
    second.close()


def test_codes_are_those_of_the_standard_for_short_secrets_too() -> None:
    """RFC 6238, appendix B, the last six of its eight digits; pyotp refuses the shorter secret."""
    key = SecretStr(TOTP_SECRET)
    for second, code in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        assert totp(key, datetime.fromtimestamp(second, UTC)) == code
    assert totp(SecretStr("jbsw y3dp ehpk 3pxp"), datetime.fromtimestamp(0, UTC)) == "282760"


def test_a_secret_that_makes_no_codes_is_refused(
    login: RobinhoodLogin, server: RobinhoodServer
) -> None:
    server.wants_totp = True
    step = login.begin(entered(totp_secret="not base 32!"))
    assert step.trouble
    assert "letters A-Z" in step.sentence
    assert server.requests == []


def test_authenticator_and_phone_may_both_be_asked_for(
    login: RobinhoodLogin, server: RobinhoodServer
) -> None:
    server.wants_totp, server.challenge = True, "prompt"
    assert login.begin(entered(totp_secret=TOTP_SECRET)).state == "approval"
    server.status = "validated"
    assert login.poll().state == "signed_in"


def test_robinhood_may_take_its_time(login: RobinhoodLogin, server: RobinhoodServer) -> None:
    server.challenge, server.polls_until_issued = "prompt", 2
    step = login.begin(entered())
    assert (step.state, step.wants) == ("preparing", Wants.PATIENCE)
    assert [login.poll().state, login.poll().state] == ["preparing", "approval"]


def test_approval_that_robinhood_has_not_taken_in_yet_is_waited_for(
    login: RobinhoodLogin, server: RobinhoodServer
) -> None:
    server.challenge, server.status = "sms", "issued"
    login.begin(entered())
    pending = {"verification_workflow": {"workflow_status": "workflow_status_internal_pending"}}
    server.mutate = lambda d: pending if "type_context" in d else d
    assert login.answer(SecretStr(CODE)).state == "confirming"
    assert login.poll().state == "confirming"
    server.mutate = None
    assert login.poll().state == "signed_in"


def test_a_workflow_that_is_denied_is_refused(
    login: RobinhoodLogin, server: RobinhoodServer
) -> None:
    server.challenge = "prompt"
    login.begin(entered())
    server.status, server.workflow = "validated", "workflow_status_denied"
    step = login.poll()
    assert (step.state, step.wants) == ("refused", Wants.CREDENTIALS)


def test_a_kind_of_proof_that_is_new_is_said_with_the_way_out(
    login: RobinhoodLogin, server: RobinhoodServer
) -> None:
    server.challenge = "retina"
    step = login.begin(entered())
    assert step.state == "refused"
    assert "paste an access token" in step.sentence


def test_a_throttled_sign_in_says_for_how_long(
    login: RobinhoodLogin, server: RobinhoodServer
) -> None:
    server.throttled = True
    step = login.begin(entered())
    assert (step.state, step.wants) == ("limited", Wants.CREDENTIALS)
    assert "33 seconds" in step.sentence


def test_what_was_entered_is_forgotten_after_ten_minutes(
    login: RobinhoodLogin, server: RobinhoodServer, watch: Watch
) -> None:
    server.challenge = "prompt"
    login.begin(entered())
    watch.at += timedelta(minutes=11)
    before = len(server.requests)
    assert login.poll().state == "expired"
    assert not holds(login, PASSWORD)
    assert len(server.requests) == before


@pytest.mark.parametrize("fault", [faults.BROKEN, faults.CUT_OFF, faults.MALFORMED])
def test_a_fault_on_the_way_leaves_the_sign_in_where_it_is_and_sends_nothing_twice(
    login: RobinhoodLogin, server: RobinhoodServer, fault: faults.Fault
) -> None:
    server.challenge = "sms"
    login.begin(entered())
    before = len(server.requests)
    server.inject(fault, times=1)
    step = login.answer(SecretStr("000000"))
    assert (step.state, step.wants, step.trouble) == ("sms_code", Wants.CODE, True)
    assert len(server.requests) == before + 1
    assert login.answer(SecretStr(CODE)).state == "signed_in"


def test_when_the_network_fails_after_the_code_it_is_not_asked_for_again(
    login: RobinhoodLogin, server: RobinhoodServer
) -> None:
    server.challenge = "sms"
    login.begin(entered())
    real = server.respond

    def then_breaks(request: Any) -> Any:
        server.inject(faults.BROKEN, times=1)
        return real(request)

    server._routes = [
        (m, p, then_breaks if handler == real else handler) for m, p, handler in server._routes
    ]
    step = login.answer(SecretStr(CODE))
    assert (step.state, step.trouble) == ("confirming", True)
    assert login.poll().state == "signed_in"


def test_nothing_entered_is_not_sent(login: RobinhoodLogin, server: RobinhoodServer) -> None:
    with pytest.raises(InputError, match="user name and a password"):
        login.begin(entered(password=""))
    assert server.requests == []


def test_no_secret_is_logged_or_shown(
    login: RobinhoodLogin, server: RobinhoodServer, capfd: pytest.CaptureFixture[str]
) -> None:
    server.challenge = "sms"
    shown = [repr(login.begin(entered())), repr(login.answer(SecretStr("000000")))]
    shown.append(repr(login.answer(SecretStr(CODE))))
    written = "".join((*shown, *capfd.readouterr()))
    for secret in (PASSWORD, CODE, USER, server.access, server.refresh):
        assert secret not in written


def test_the_librarys_own_sign_in_reads_the_loopback(
    server: RobinhoodServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The witness: what this server says is what robin-stocks expects, challenge and all."""
    from robin_stocks.robinhood import authentication, helper

    from connectors.vendors.robinhood.access import TERMS
    from connectors.vendors.robinhood.courier import SESSION, Courier

    server.challenge, server.status = "prompt", "validated"
    monkeypatch.setattr(authentication.time, "sleep", lambda _seconds: None)
    courier = Courier(TERMS, origin=server.url)
    try:
        with courier.passage(time.monotonic() + 30):
            answer = authentication.login(USER, PASSWORD, pickle_path=str(tmp_path))
        assert answer["access_token"] == server.access
    finally:
        helper.set_login_state(False)
        SESSION.headers.pop("Authorization", None)
        courier.close()
