"""Every action, from a message in chat to its receipt, and undone where it says that it can be.

The whole house in PRACTICE: its database, its market, its broker. An action without a story here
fails, and so does one that says it can be undone and leaves anything behind.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import pytest

from actions.action import CompensatingOrder, ReversibleFor
from actions.registry import ActionRegistry
from connectors.coins.results import CoinHoldings
from mfa.answers.blocks import Offer
from mfa.kernel.cards import Card, CardState, ResultStatus
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Found
from mfa.store.imports import ImportRepository
from mfa.store.memories import MemoryRepository
from mfa.store.settings import SettingRepository
from mfa.store.stocks import StockRepository
from mfa.store.watchlists import WatchlistRepository
from tests.actions.whole_house import DOOR, House, opened

ACTIONS: Final = ActionRegistry.discover().actions
HISTORY: Final = (
    "date,kind,symbol,quantity,price,fees,amount,memo\n"
    "2021-03-01,deposit,,0,,0,5000.00,start\n"
    "2021-03-02,trade,KO,10,50.00,0,-500.00,bought\n"
)
LISTS: Final = [{"name": "From afar", "symbols": ["KO", "PEP"], "origin": "list-1"}]


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with opened() as built:
        yield built


def _lists(house: House) -> object:
    found = WatchlistRepository(house.assistant.database).watchlists(house.user)
    assert isinstance(found, Found)
    return [(each.name, each.symbols) for each in found.value]


def _stocks(house: House) -> object:
    stocks = StockRepository(house.assistant.database).stocks(house.user, Mode.PRACTICE.value)
    assert isinstance(stocks, Found)
    return {each.symbol for each in stocks.value}


def _imported(house: House) -> object:
    return ImportRepository(house.assistant.database).movements(house.user)


def _settings(house: House) -> object:
    return SettingRepository(house.assistant.database).all()


def _files(house: House) -> object:
    folders = (house.home / "reports", house.home / "exports")
    return {path for folder in folders for path in folder.glob("*")}


def _memories(house: House) -> object:
    kept = MemoryRepository(house.assistant.database).memories(house.user, Mode.PRACTICE.value)
    assert isinstance(kept, Found)
    return {each.text for each in kept.value}


def _held(house: House) -> object:
    found = house.assistant.data.sources.account.positions()
    assert isinstance(found, Found)
    return {each.instrument: each.quantity for each in found.value}


def _coins(house: House) -> object:
    found = house.assistant.data.query("crypto", "get_holdings", {}, user=house.user)
    assert isinstance(found, Found)
    assert isinstance(found.value, CoinHoldings)
    return {row.pair: row.quantity for row in found.value.rows}


def _coins_to_sell(house: House) -> str:
    house.do(f"buy 0.04 bitcoin at {house.coin('ask')}")
    return f"sell half my bitcoin at {house.coin('bid')}"


def _working(house: House) -> object:
    return [each.client_id for each in house.assistant.acting.orders.working(house.user)]


def _resting(house: House, quantity: int = 3) -> str:
    """An order that works and does not fill: five per cent under the market."""
    price = (house.quote("PEP", "bid") * Decimal("0.95")).quantize(Decimal("0.01"))
    card = house.do(f"buy {quantity} shares of PEP at {price}")
    assert card.receipt is not None
    assert card.receipt.status is ResultStatus.UNDER_WAY
    return str(card.receipt.details["orders"][0])


def _replacement(house: House) -> str:
    order = _resting(house, 7)
    who = house.assistant.acting.who(house.user, DOOR)
    limit = (house.quote("PEP", "bid") * Decimal("0.96")).quantize(Decimal("0.01"))
    asked = house.assistant.acting.replacement(order, who, limit=limit, quantity=Decimal(6))
    said = " ".join(f"{name}='{json.dumps(value)}'" for name, value in asked.params.items())
    return f"/replace_order {said}"


def _history(house: House) -> str:
    file = house.home / "history.csv"
    file.write_text(HISTORY)
    return f"/import_history file={file}"


def _remembered(house: House) -> str:
    repository = MemoryRepository(house.assistant.database)
    kept = repository.remember(
        house.user, "I avoid airlines", kind="preference", said_at=house.assistant.clock.now()
    )
    assert isinstance(kept, Found)
    return f"/forget_memory number={kept.value.id}"


def _unfollowed(house: House) -> str:
    """Practice follows everything that it lists: one company is let go first."""
    stocks = StockRepository(house.assistant.database)
    assert isinstance(stocks.remove_stocks(house.user, "practice", ["RRC"]), Found)
    return "Add RRC to the database"


def _cancelled(house: House) -> str:
    return f"/cancel_order order_id={_resting(house, 4)}"


def _all_cancelled(house: House) -> str:
    _resting(house, 5)
    return "/cancel_working_orders"


@dataclass(frozen=True)
class Story:
    """`asks` makes the message; `changes` reads what the action changes, None where nothing is."""

    asks: Callable[[House], str]
    changes: Callable[[House], object] | None = None


def _says(text: str) -> Callable[[House], str]:
    return lambda _: text


STORIES: Final[Mapping[str, Story]] = {
    "add_to_watchlist": Story(_says("Add XOM to my High IV list"), _lists),
    "remove_from_watchlist": Story(_says("Remove AMD from my High IV list"), _lists),
    "create_watchlist": Story(_says("Create a watchlist called Energy with XOM and CVX"), _lists),
    "sync_tradingview": Story(_says(f"/sync_tradingview lists='{json.dumps(LISTS)}'"), _lists),
    "run_csp_scan": Story(_says("/run_csp_scan max_capital=6000")),
    "run_premium_scan": Story(_says("/run_premium_scan symbols=KO")),
    "run_calendar_scan": Story(_says("/run_calendar_scan symbols=KO")),
    "add_stock": Story(_unfollowed, _stocks),
    "remove_stock": Story(_says("Remove XOM from the database"), _stocks),
    "record_manual_trade": Story(
        _says("Record a trade: sold 1 KO 52.5 put jan 21 2022 at 1.20"), _imported
    ),
    "import_history": Story(_history, _imported),
    "update_preferences": Story(_says("Set my profit target to 60%"), _settings),
    "generate_report": Story(_says("/generate_report format=html"), _files),
    "export_data": Story(_says("Export my trades as json"), _files),
    "forget_memory": Story(_remembered, _memories),
    "submit_order": Story(lambda house: f"Buy 10 shares of KO at {house.quote('KO')}", _held),
    "close_position": Story(_says("Close my JPM put at 4"), _held),
    "roll_position": Story(_says("Roll my CVX 100 put to August 20")),
    "replace_order": Story(_replacement, _working),
    "cancel_order": Story(_cancelled),
    "cancel_working_orders": Story(_all_cancelled),
}


COINS: Final[Mapping[str, Story]] = {
    "submit_order": Story(lambda house: f"buy 0.05 bitcoin at {house.coin('ask')}", _coins),
    "close_position": Story(_coins_to_sell, _coins),
}
"""The orders that trade crypto currencies too, at an exchange of their own."""


def test_every_action_has_a_story_and_every_story_an_action() -> None:
    assert set(STORIES) == set(ACTIONS)


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_an_action_from_chat_to_receipt_and_undone(house: House, name: str) -> None:
    _told(house, name, STORIES[name])


@pytest.mark.parametrize("name", sorted(COINS))
def test_an_order_of_a_coin_from_chat_to_receipt_and_undone(house: House, name: str) -> None:
    shares = _held(house)
    card = _told(house, name, COINS[name])
    assert card.facts.account == "practice exchange practice-coins"
    assert card.receipt is not None
    assert card.receipt.details["broker"] == "practice exchange"
    assert _held(house) == shares, "the broker of shares has nothing to do with coins"


def _told(house: House, name: str, story: Story) -> Card:
    action = ACTIONS[name]
    message = story.asks(house)
    before = story.changes(house) if story.changes else None
    block = house.ask(message)
    assert block.action == name
    assert (block.offer is Offer.CONFIRM) is action.needs_card
    if story.changes is not None:
        assert story.changes(house) == before, "proposing has done something"
    card = house.decide(block)
    receipt = card.receipt
    assert card.state is CardState.CONFIRMED
    assert receipt is not None
    assert receipt.status.has_effect, receipt.message
    if story.changes is not None and name != "close_position":
        assert story.changes(house) != before
    who = house.assistant.acting.who(house.user, DOOR)
    again = house.assistant.acting.desk.confirmations.confirm(card.id, who)
    assert not again.carried_out
    _undone(house, card, action.undoing, before, story)
    return card


def _undone(house: House, card: Card, undoing: Any, before: object, story: Story) -> None:
    acting = house.assistant.acting
    who = acting.who(house.user, DOOR)
    match undoing:
        case ReversibleFor():
            assert acting.can_undo(card)
            undone = acting.desk.undoing.undo(who, card.id).card
            assert undone.undone is not None
            assert undone.undone.status is ResultStatus.DONE, undone.undone.message
            assert story.changes is not None
            assert story.changes(house) == before
            assert not acting.can_undo(undone)
        case CompensatingOrder():
            proposed = acting.desk.undoing.undo(who, card.id).proposed
            assert proposed is not None
            assert proposed.undoes == card.id
            done = acting.desk.confirmations.confirm(proposed.id, who).card
            assert done.receipt is not None
            assert done.receipt.status.has_effect, done.receipt.message
        case _:
            assert not acting.can_undo(card)


def test_undo_that_takes_back_what_was_done_last(house: House) -> None:
    before = _lists(house)
    house.do("Add XOM to my Wheel list")
    assert _lists(house) != before
    block = house.ask("Undo that")
    assert block.offer is Offer.UNDO_NOW
    assert house.decide(block).undone is not None
    assert _lists(house) == before
