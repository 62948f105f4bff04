"""The assistant of PAPER opens without a network, and the doctor says what cannot be reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from mfa.assistant import Assistant
from mfa.commands.health import Check, Verdict, of_the_house
from mfa.commands.source_health import of_the_sources
from mfa.kernel.clock import FrozenClock, RealClock
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Failed
from mfa.kernel.settings import Settings
from mfa.security.vault import Vault
from mfa.store.database import Database
from tests.servers import tradier
from tests.servers.faults import WRONG_KEY
from tests.servers.tradier import TradierServer
from tests.sources.conftest import NOWHERE

Opener = Callable[..., Assistant]


@pytest.fixture
def opened(database: Database, tmp_path: Path) -> Iterator[Opener]:
    """Opens the assistant of a mode over the test's database."""
    assistants: list[Assistant] = []

    def make(mode: Mode, **origins: str) -> Assistant:
        settings = Settings(
            home=tmp_path, mode=mode, database_url=SecretStr(database.conninfo),
            vendor_origins=origins, query_deadline=5.0,
        )  # fmt: skip
        assistants.append(Assistant.open(settings))
        return assistants[-1]

    yield make
    for assistant in assistants:
        assistant.close()


def checks(assistant: Assistant, *, ask: bool = False) -> dict[str, list[Check]]:
    found: dict[str, list[Check]] = {}
    for check in of_the_sources(assistant, ask=ask):
        found.setdefault(check.subject, []).append(check)
    return found


def connect(home: Path, *, days_ago: int = 0, token: str = tradier.TOKEN) -> None:
    clock = FrozenClock(RealClock().now() - timedelta(days=days_ago))
    fields = {"token": token, "house": "sandbox", "account": tradier.ACCOUNT}
    Vault(home, clock=clock).put("tradier", {n: SecretStr(t) for n, t in fields.items()})


def test_paper_opens_and_answers_where_nobody_can_be_reached(opened: Opener) -> None:
    assistant = opened(Mode.PAPER, yahoo=NOWHERE)
    quote = assistant.data.query("ai_research", "get_quote", {"symbols": ["KO"]})
    assert isinstance(quote, Failed)
    assert "Yahoo cannot be reached" in quote.message
    found = checks(assistant)
    assert found["yahoo"][0].verdict is Verdict.BROKEN
    assert "Check the network" in found["yahoo"][0].sentence
    assert [c.sentence for c in found["sources"]] == [
        "For prices and options: Yahoo.", "For companies: Yahoo.",
    ]  # fmt: skip
    assert found["account"][0].sentence == "The account shown is: paper account."
    broken = [c for c in of_the_house(assistant) if c.verdict is Verdict.BROKEN]
    assert {c.subject for c in broken} <= {"calendar_spreads", "opportunities", "earnings"}


def test_each_source_is_told_with_its_limits_and_the_chain_in_order(
    opened: Opener, tmp_path: Path
) -> None:
    connect(tmp_path)
    with TradierServer() as server:
        found = checks(opened(Mode.PAPER, tradier=server.url, yahoo=NOWHERE))
    (told,) = found["tradier"]
    assert told.verdict is Verdict.OK
    assert told.sentence.startswith("Tradier sandbox answers;")
    assert "of 60 requests are free" in told.sentence
    assert found["sources"][0].sentence == "For prices and options: Tradier, then Yahoo."
    assert "not connected" in found["alpaca"][0].sentence


def test_refused_credentials_and_old_ones_are_told(opened: Opener, tmp_path: Path) -> None:
    connect(tmp_path, days_ago=91)
    with TradierServer() as server:
        server.inject(WRONG_KEY)
        found = checks(opened(Mode.PAPER, tradier=server.url, yahoo=NOWHERE))
    assert found["tradier"][0].verdict is Verdict.BROKEN
    assert "refused the credentials" in found["tradier"][0].sentence
    assert found["vault"][0].verdict is Verdict.CAREFUL
    assert "91 days old" in found["vault"][0].sentence


def test_in_practice_nobody_is_asked_but_on_request(opened: Opener, tmp_path: Path) -> None:
    connect(tmp_path)
    with TradierServer() as server:
        assistant = opened(Mode.PRACTICE, tradier=server.url, yahoo=NOWHERE)
        quiet = checks(assistant)
        assert server.requests == []
        asked = checks(assistant, ask=True)
        assert server.requests
    assert "not asked in practice" in quiet["tradier"][0].sentence
    assert {c.verdict for some in quiet.values() for c in some} == {Verdict.OK}
    assert asked["tradier"][0].sentence.startswith("Tradier sandbox answers;")


def test_live_without_a_broker_opens_and_says_so(opened: Opener) -> None:
    (told,) = checks(opened(Mode.LIVE, yahoo=NOWHERE))["account"]
    assert told.verdict is Verdict.BROKEN
    assert "No broker is connected" in told.sentence
