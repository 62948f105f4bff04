"""Doors: found by discovery, light to import, strict about what was entered."""

from __future__ import annotations

import importlib
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from pydantic import SecretStr

from connectors.vendors.doors import Doors
from connectors.vendors.ground.door import ACCOUNT_FIELD, Conditions
from mfa.kernel.clock import FrozenClock
from mfa.kernel.errors import InputError
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Found
from tests.servers import alpaca, tradier, yahoo
from tests.servers.base import FakeServer

SECRETS: Final = {
    "tradier": {"token": tradier.TOKEN, "house": "sandbox"},
    "alpaca": {"key": alpaca.KEY, "secret": alpaca.SECRET, "house": "paper"},
    "yahoo": {},
}
SERVERS: Final[dict[str, tuple[type[FakeServer], FrozenClock]]] = {
    "tradier": (tradier.TradierServer, FrozenClock(tradier.NOW)),
    "alpaca": (alpaca.AlpacaServer, FrozenClock(alpaca.NOW)),
    "yahoo": (yahoo.YahooServer, FrozenClock(yahoo.NOW)),
}


def _secrets(**texts: str) -> dict[str, SecretStr]:
    return {name: SecretStr(text) for name, text in texts.items()}


def test_every_vendor_package_with_a_door_is_found() -> None:
    doors = Doors.discover()
    assert set(SERVERS) <= set(doors.doors)
    assert doors.failed == ()


def test_discovery_imports_no_client_library() -> None:
    program = (
        "import sys; from connectors.vendors.doors import Doors; Doors.discover(); "
        "print([m for m in ('httpx', 'yfinance', 'robin_stocks', 'numba') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[types.ModuleType]:
    """An importable, empty package `street` in which vendors can be dropped."""
    (tmp_path / "street").mkdir()
    (tmp_path / "street" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    street = importlib.import_module("street")

    yield street
    for name in [name for name in sys.modules if name.split(".")[0] == "street"]:
        del sys.modules[name]


def test_a_door_that_cannot_be_imported_is_named_and_takes_nothing_down(
    package: types.ModuleType,
) -> None:
    for name, text in {
        "good": "from connectors.vendors.yahoo.door import DOOR",
        "broken": "raise RuntimeError('no such library')",
        "wrong": "DOOR = 'a word'",
    }.items():
        folder = Path(package.__path__[0]) / name
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        (folder / "door.py").write_text(text)
    doors = Doors.discover(package)
    assert list(doors.doors) == ["yahoo"]
    assert {f.vendor: f.reason for f in doors.failed} == {
        "broken": "RuntimeError: no such library",
        "wrong": "TypeError: its DOOR is no VendorDoor",
    }
    with pytest.raises(InputError, match="no such library"):
        doors.find("broken")


@pytest.mark.parametrize("vendor", sorted(SERVERS))
def test_a_vendor_opened_through_its_door_answers(vendor: str) -> None:
    kind, clock = SERVERS[vendor]
    door = Doors.discover().find(vendor)
    with kind() as server:
        conditions = Conditions(clock=clock, metrics=Metrics(), origin=server.url)
        source = door.open(_secrets(**SECRETS[vendor]), conditions)
        assert source.market is not None
        assert isinstance(source.market.quote("KO"), Found)
        assert source.check().reachable
        assert ("account" in door.provides) == (source.account is not None)
        source.close()


def test_an_account_that_nobody_named_is_the_owners_first() -> None:
    door = Doors.discover().find("tradier")
    with tradier.TradierServer() as server:
        conditions = Conditions(
            clock=FrozenClock(tradier.NOW), metrics=Metrics(), origin=server.url
        )
        source = door.open(_secrets(**SECRETS["tradier"]), conditions)
        assert source.account is not None
        assert source.account_number is not None
        held = source.account.positions()
        number = source.account_number()
        source.close()
    assert isinstance(held, Found)
    assert isinstance(number, Found)
    assert number.value == tradier.ACCOUNT


def test_an_account_that_the_owner_does_not_have_shows_as_another_number() -> None:
    door = Doors.discover().find("tradier")
    with tradier.TradierServer() as server:
        conditions = Conditions(
            clock=FrozenClock(tradier.NOW), metrics=Metrics(), origin=server.url
        )
        secrets = _secrets(**SECRETS["tradier"], **{ACCOUNT_FIELD: "VA99999999"})
        source = door.open(secrets, conditions)
        assert source.account_number is not None
        number = source.account_number()
        source.close()
    assert isinstance(number, Found)
    assert number.value == tradier.ACCOUNT


@pytest.mark.parametrize(
    ("vendor", "texts", "sentence"),
    [
        ("tradier", {"house": "sandbox"}, "needs 'Access token'"),
        ("tradier", {"token": "x", "house": "hut"}, "one of sandbox, production"),
        ("alpaca", {"key": "x", "house": "paper", "secret": " "}, "needs 'Secret key'"),
    ],
)
def test_what_cannot_be_right_is_refused_without_asking(
    vendor: str, texts: dict[str, str], sentence: str
) -> None:
    door = Doors.discover().find(vendor)
    conditions = Conditions(clock=FrozenClock(tradier.NOW), origin="http://127.0.0.1:1")
    with pytest.raises(InputError, match=sentence):
        door.open(_secrets(**texts), conditions)


@pytest.mark.parametrize(
    ("vendor", "house", "real"),
    [
        ("tradier", "sandbox", False),
        ("tradier", "production", True),
        ("alpaca", "paper", False),
        ("alpaca", "live", True),
    ],
)
def test_the_house_decides_whether_the_money_is_real(
    vendor: str, house: str, *, real: bool
) -> None:
    door = Doors.discover().find(vendor)
    conditions = Conditions(clock=FrozenClock(tradier.NOW), origin="http://127.0.0.1:1")
    source = door.open(_secrets(**SECRETS[vendor] | {"house": house}), conditions)
    assert source.account_is_real is real
    source.close()
