"""An order of a pair before it is sent: every figure worked out by hand at a quote of 59,990 to
60,000, fees of 0.1 % for who waits and 0.2 % for who takes, 50,000 dollars free."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

from connectors.base import Sources
from connectors.coins.floor import PaperCoinFloor
from connectors.coins.house import CoinHouse, simulated
from connectors.preview.results import OrderPreview
from mfa.data.service import DataIntegrationService
from mfa.kernel.account import AccountSource
from mfa.kernel.clock import FrozenClock
from mfa.kernel.market import MarketSource
from mfa.kernel.mode import Mode
from mfa.kernel.orders import TimeInForce
from mfa.kernel.outcome import Absent, Failed, Found
from mfa.store.database import Database
from tests.coins.stage import ScriptedPairs, order, taken

CLOCK = FrozenClock(datetime(2026, 11, 20, 18, tzinfo=UTC))
BUY = {"instrument": "BTC/USD", "side": "buy", "effect": "open"}
SELL = {"instrument": "BTC/USD", "side": "sell", "effect": "close"}


class Desk:
    def __init__(self, house: CoinHouse) -> None:
        self.house = house
        nothing = cast("Any", None)
        sources = Sources(
            mode=Mode.PAPER, clock=CLOCK, market=cast("MarketSource", nothing),
            account=cast("AccountSource", _NoRevision()), venue=house.venue,
        )  # fmt: skip
        self.data = DataIntegrationService(sources)

    def ask(self, query: str, **params: Any) -> Any:
        return self.data.query("trade_preview", query, params, user="ada")

    def priced(self, query: str, **params: Any) -> OrderPreview:
        outcome = self.ask(query, **params)
        assert isinstance(outcome, Found), outcome
        assert isinstance(outcome.value, OrderPreview)
        return outcome.value

    def buy(self, amount: str) -> None:
        broker = self.house.broker()
        assert isinstance(broker, Found)
        taken(broker.value.submit(order(amount)))


class _NoRevision:
    name = "nobody's account"

    def revision(self) -> str:
        return "none"


@pytest.fixture
def desk(new_database: Callable[[], Database]) -> Iterator[Desk]:
    database = new_database()
    floor = PaperCoinFloor(market=ScriptedPairs(CLOCK), clock=CLOCK, title="the paper exchange")
    made = Desk(simulated(floor, database))
    yield made
    made.data.close()
    database.close()


def test_a_purchase_at_a_limit_that_waits(desk: Desk) -> None:
    """0.05 at 59,000 is 2,950; the maker's 0.1 % is 2.95: 2,952.95 can be lost."""
    found = desk.priced("pair_order", pair="BTC", side="buy", amount="0.05", limit_price="59000")
    assert (found.natural, found.midpoint, found.price) == (
        Decimal(60000), Decimal(59995), Decimal(59000),
    )  # fmt: skip
    assert (found.cash, found.fees) == (Decimal("-2950.00"), Decimal("2.95"))
    assert found.fees_words == "0.1 % as maker (schedule: scripted)"
    assert found.max_loss == found.buying_power_effect == found.committed == Decimal("2952.95")
    assert (found.buying_power, found.positions_after) == (Decimal("50000.00"), 1)
    assert found.order.time_in_force is TimeInForce.GOOD_TILL_CANCELLED
    assert found.market_open
    assert found.pair is not None
    assert (found.pair.venue, found.pair.symbol) == ("paper exchange", "XBTUSD")


def test_a_purchase_that_crosses_pays_the_takers_fee(desk: Desk) -> None:
    """0.05 at 60,500 is 3,025, of which 0.2 % is 6.05."""
    found = desk.priced(
        "pair_order", pair="BTC/USD", side="buy", amount="0.05", limit_price="60500"
    )
    assert (found.fees, found.max_loss) == (Decimal("6.05"), Decimal("3031.05"))


def test_without_a_limit_one_begins_at_the_midpoint_on_the_grid(desk: Desk) -> None:
    found = desk.priced("pair_order", pair="BTC", side="buy", amount="0.05")
    assert found.order.limit == Decimal(59995)


def test_money_buys_what_it_buys_in_the_exchanges_steps(desk: Desk) -> None:
    """1,000 dollars at 60,000 are 0.01666...: 0.0166 in steps of 0.0001, for 996.00."""
    found = desk.priced(
        "pair_order", pair="BTC", side="buy", max_capital="1000", limit_price="60000"
    )
    assert found.order.quantity == Decimal("0.0166")
    assert found.cash == Decimal("-996.00")
    assert "0.0166 BTC" in found.notes[0]


def test_half_of_what_is_held_is_sold_with_its_profit(desk: Desk) -> None:
    """0.1 cost 6,012 with its fee; half of it at 61,000 is 3,050, 44 more than its 3,006."""
    desk.buy("+0.1")
    found = desk.priced("pair_order", pair="BTC", side="sell", share="0.5", limit_price="61000")
    assert found.order.quantity == Decimal("0.05")
    assert (found.order.limit, found.cash) == (Decimal(-61000), Decimal("3050.00"))
    assert (found.fees, found.buying_power_effect) == (Decimal("3.05"), Decimal("-3046.95"))
    assert (found.realized, found.max_loss) == (Decimal("44.00"), None)
    assert not found.is_opening
    assert found.committed == 0
    assert found.legs[0].held == Decimal("0.1")


def test_all_is_sold_where_no_part_was_said(desk: Desk) -> None:
    desk.buy("+0.1")
    found = desk.priced("pair_order", pair="BTC", side="sell", order_type="market")
    assert (found.order.quantity, found.positions_after) == (Decimal("0.1"), 0)
    assert found.price == Decimal(-59990)
    assert "crossing the spread costs $0.50" in found.warnings[0]  # half of 10, on 0.1


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"side": "buy"}, "How many BTC, or for how many dollars?"),
        ({"amount": "1"}, "Do you want to buy or to sell BTC?"),
        ({"side": "sell"}, "You hold no BTC at the paper exchange."),
        ({"side": "sell", "amount": "0.01"}, "You hold 0 BTC at the paper exchange"),
        ({"side": "buy", "amount": "0.00015", "limit_price": "60000"}, "least order"),
        ({"side": "buy", "amount": "0.00025", "limit_price": "60000"}, "0.0002 or 0.0003"),
        ({"side": "buy", "amount": "0.05", "limit_price": "60000.3"}, "60000.0 is the next below"),
        ({"side": "buy", "amount": "0.05", "pair": "ETH"}, "no ETH/USD here"),
        ({"side": "buy", "amount": "0.05", "pair": "BTC/EUR"}, "no BTC/EUR here"),
    ],
)
def test_what_is_open_or_not_traded_is_said_in_a_sentence(
    desk: Desk, params: dict[str, Any], why: str
) -> None:
    outcome = desk.ask("pair_order", **{"pair": "BTC", **params})
    assert isinstance(outcome, Absent), outcome
    assert why in outcome.reason


@pytest.mark.parametrize(
    ("legs", "quantity", "why"),
    [
        ([{**BUY, "effect": "close"}], "0.05", "bought to open and sold to close"),
        ([{**SELL, "effect": "open"}], "0.05", "bought to open and sold to close"),
        ([BUY, {"instrument": "KO", "side": "buy", "effect": "open"}], "1", "nothing beside it"),
        ([{**BUY, "instrument": "ETH/BTC"}], "1", "is not in dollars"),
    ],
)
def test_an_exact_order_that_cannot_be_meant_is_refused(
    desk: Desk, legs: list[dict[str, str]], quantity: str, why: str
) -> None:
    outcome = desk.ask("preview", legs=legs, quantity=quantity, order_type="market")
    assert isinstance(outcome, Absent), outcome
    assert why in outcome.reason


def test_coins_that_stand_in_another_sale_are_not_sold_again(desk: Desk) -> None:
    desk.buy("+0.1")
    asked = {"legs": [SELL], "quantity": "0.06", "limit": "-61000"}
    assert isinstance(desk.ask("preview", **asked), Found)
    pending = [{"instrument": "BTC/USD", "quantity": "-0.05"}]
    outcome = desk.ask("preview", **asked, pending=pending)
    assert isinstance(outcome, Absent)
    assert "0.05 of them in other orders" in outcome.reason


def test_without_an_exchange_nothing_is_priced() -> None:
    sources = Sources(
        mode=Mode.PAPER, clock=CLOCK, market=cast("MarketSource", None),
        account=cast("AccountSource", _NoRevision()),
    )  # fmt: skip
    data = DataIntegrationService(sources)
    outcome = data.query("trade_preview", "pair_order", {"pair": "BTC"}, user="ada")
    assert isinstance(outcome, Failed)
    assert "No exchange" in outcome.message
    data.close()
