"""Orders before they are sent, on the account of `conftest`: each figure worked out beside it.

KO stands at 55.00 (54.99 to 55.01). Held: 2 short KO 52.5 puts at 0.50 to 0.60 (basis -158.70), 100
AAPL with a short 125 call (5.00 to 5.20) on them, a PEP call calendar. Cash 87,000.00; tied up:
2 x 5,250 = 10,500.00, and the PEP call by its long one.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from mfa.kernel.account import EquityPoint
from mfa.kernel.orders import OrderType
from mfa.kernel.outcome import Absent, Found
from tests.connectors.coca_cola import stocked
from tests.connectors.conftest import (
    ACCOUNT,
    Desk,
    at,
    option,
    option_quote,
    position,
    stock_quote,
)
from tests.connectors.fakes import MARKET

JULY = date(2021, 7, 16)
PUT_50 = option("KO", 7, 16, "50", "put")
PUT_52 = option("KO", 7, 16, "52.5", "put")
CALL_57 = option("KO", 7, 16, "57.5", "call")
CALL_60 = option("KO", 7, 16, "60", "call")
USD = Decimal


@pytest.fixture
def market(desk: Desk) -> Desk:
    stocked(desk)
    for contract, bid, ask in (
        (PUT_50, "0.20", "0.24"),
        (CALL_57, "0.80", "0.90"),
        (CALL_60, "0.30", "0.34"),
    ):
        quote = option_quote(contract, bid, ask, "55.00")
        desk.market.options[contract] = Found(quote, MARKET)
    desk.market.reports["KO"] = Absent("No report of KO is known.")
    return desk


def opens(market: Desk, **said: Any) -> Any:
    return market.found("trade_preview", "open_order", **{"symbols": ["KO"], **said})


def test_a_put_sold_to_open(market: Desk) -> None:
    found = opens(market, side="sell", option_type="put", strike="50", expiration="2021-07-16")
    (leg,) = found.legs
    assert (leg.instrument, leg.quantity, leg.effect) == (PUT_50.occ, USD(-1), "open")
    assert (found.natural, found.midpoint, found.price) == (
        USD("-0.20"),
        USD("-0.22"),
        USD("-0.22"),
    )
    assert found.order.order_type is OrderType.LIMIT
    assert (found.cash, found.fees) == (USD("22.00"), USD("0.65"))
    assert found.max_loss == USD("4978.00")  # 100 x 50 less the premium, with KO at nothing
    assert found.max_profit == USD("22.00")
    assert found.buying_power_effect == USD("4978.00")  # 5,000 tied up, 22 received
    # beside 2 short 52.5 puts at 0.55: +100 x (0.22 + max(11.00 - 5.00, 5.00)) = 622, less 22
    assert found.regulation_t == USD("600.00")
    assert found.committed == USD("4978.00")
    assert found.obligations == ("If assigned, you buy 100 KO at $50.00 for $5,000.00.",)
    assert found.naked_calls == 0
    assert found.strategy == "csp"
    assert found.earnings is None


def test_two_at_a_price_that_was_said(market: Desk) -> None:
    found = opens(
        market, side="sell", option_type="put", strike="50", expiration="2021-07-16",
        quantity=2, limit_price="0.30", time_in_force="gtc",
    )  # fmt: skip
    assert found.order.limit == USD("-0.30")
    assert (found.cash, found.fees) == (USD("60.00"), USD("1.30"))
    assert found.max_loss == USD("9940.00")


def test_a_put_spread_ties_up_its_width(market: Desk) -> None:
    found = opens(
        market, side="sell", option_type="put", strikes=["50", "52.5"], expiration="2021-07-16",
        strategy="vertical",
    )  # fmt: skip
    sold, bought = sorted(found.legs, key=lambda leg: leg.quantity)
    assert (sold.instrument, bought.instrument) == (PUT_52.occ, PUT_50.occ)
    # sold at 0.55, bought at 0.22: 0.33 received in the middle, 0.50 - 0.24 = 0.26 at once
    assert (found.midpoint, found.natural) == (USD("-0.33"), USD("-0.26"))
    assert found.cash == USD("33.00")
    assert found.max_loss == USD("217.00")  # 2.50 wide less 0.33
    assert found.buying_power_effect == USD("217.00")
    assert found.fees == USD("1.30")


def test_a_call_without_shares_is_naked_and_has_no_bound(market: Desk) -> None:
    found = opens(market, side="sell", option_type="call", strike="60", expiration="2021-07-16")
    assert found.naked_calls == 1
    assert found.max_loss is None
    assert found.max_loss_words.startswith("without bound")
    assert found.obligations == (
        "If assigned, you sell 100 KO at $60.00 for $6,000.00; you hold none.",
    )


def test_a_call_on_shares_held_can_lose_what_the_shares_can(market: Desk) -> None:
    market.hold(position("KO", 100, "50.00", "5000.00", at(5, 21), "stock"))
    found = opens(market, strategy="covered_call", strike="60", expiration="2021-07-16")
    assert found.naked_calls == 0
    assert found.max_loss == USD("5468.00")  # 100 x 55.00 less the 0.32 received
    assert found.max_loss_words == "at most at expiration, with the 100 shares that cover it"
    assert found.buying_power_effect == USD("-32.00")  # nothing more is tied up


def test_shares_that_an_order_already_covers_cover_no_second_one(market: Desk) -> None:
    market.hold(position("KO", 100, "50.00", "5000.00", at(5, 21), "stock"))
    exact = {
        "legs": [{"instrument": CALL_60.occ, "side": "sell", "effect": "open"}],
        "quantity": "1",
        "limit": "-0.30",
    }
    alone = market.found("trade_preview", "preview", **exact)
    beside = market.found(
        "trade_preview", "preview", **exact,
        pending=[{"instrument": CALL_57.occ, "quantity": "-1"}],
    )  # fmt: skip
    assert (alone.naked_calls, beside.naked_calls) == (0, 1)


def test_what_is_held_is_closed_and_not_opened_again(market: Desk) -> None:
    found = opens(
        market, side="buy", option_type="put", strike="52.5", expiration="2021-07-16", quantity=2
    )
    assert found.legs[0].effect == "close"
    assert not found.is_opening
    assert found.notes == ("This closes the KO 52.5 put 16 Jul 2021 that you hold.",)
    assert found.committed == USD("0.00")


def test_closing_a_put_tells_its_profit(market: Desk) -> None:
    found = market.found("trade_preview", "close_order", symbols=["KO"])
    assert found.legs[0].quantity == USD(2)
    assert found.price == USD("0.55")
    assert found.cash == USD("-110.00")
    assert found.realized == USD("48.70")  # received 158.70, paid 110.00
    assert found.max_loss is None
    assert found.max_loss_words == "none: it only closes"
    assert found.buying_power_effect == USD("-10390.00")  # 10,500 set free, 110 paid


def test_half_of_it(market: Desk) -> None:
    found = market.found("trade_preview", "close_order", symbols=["KO"], share=0.5)
    assert found.legs[0].quantity == USD(1)
    assert found.realized == USD("24.35")


def test_the_shares_are_closed_beside_their_option_where_that_is_said(market: Desk) -> None:
    found = market.found("trade_preview", "close_order", symbols=["AAPL"], only_stock=True)
    assert [(leg.instrument, leg.quantity) for leg in found.legs] == [("AAPL", USD(-100))]
    assert found.naked_calls == 1


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"symbols": ["PFE"]}, "You hold nothing of PFE."),
        ({"symbols": ["KO"], "quantity": 3}, "You hold 2 of it, so 3 cannot be closed."),
        ({"symbols": ["KO"], "strike": "40"},
         "You hold no such position. Of KO you hold 2 short KO 52.5 put 16 Jul 2021."),
        ({"symbols": ["PEP"]},
         "Which one? You hold 1 short PEP 145 call 16 Jul 2021, 1 long PEP 145 call 20 Aug 2021."),
    ],
)  # fmt: skip
def test_what_cannot_be_closed_is_said(market: Desk, said: Any, sentence: str) -> None:
    assert market.ask("trade_preview", "close_order", **said) == Absent(sentence)


def test_a_roll_is_one_order_of_two_legs(market: Desk) -> None:
    found = market.found("trade_preview", "roll_order", symbols=["KO"], strike="50")
    assert [(leg.instrument, leg.quantity, leg.effect) for leg in found.legs] == [
        (PUT_52.occ, USD(2), "close"),
        (PUT_50.occ, USD(-2), "open"),
    ]
    assert found.midpoint == USD("0.33")  # 0.55 paid, 0.22 received
    assert found.cash == USD("-66.00")
    assert found.realized == USD("48.70")
    # 2 x 250 of strike set free, 66 paid
    assert found.buying_power_effect == USD("-434.00")
    assert found.max_loss == USD("9956.00")  # of the 50 puts at 0.22


def test_a_roll_to_itself_is_none(market: Desk) -> None:
    asked = market.ask("trade_preview", "roll_order", symbols=["KO"])
    assert asked == Absent("Roll the KO 52.5 put 16 Jul 2021 to which expiration or strike?")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"side": "buy"}, "How many shares of KO?"),
        ({"option_type": "put", "strike": "50"}, "Do you want to buy or to sell the KO option?"),
        ({"side": "sell", "option_type": "put"},
         "Which strike of KO? Say for example 'sell the 120 put'."),
        ({"side": "sell", "option_type": "put", "strike": "50"},
         "Which expiration? KO has 16 Jul 2021."),
    ],
)  # fmt: skip
def test_what_is_open_is_asked_for(market: Desk, said: Any, sentence: str) -> None:
    asked = market.ask("trade_preview", "open_order", symbols=["KO"], **said)
    assert asked == Absent(sentence)


def test_shares_bought_cost_their_price(market: Desk) -> None:
    found = opens(market, side="buy", quantity=100)
    assert found.price == USD("55.00")
    assert (found.cash, found.fees) == (USD("-5500.00"), USD("0.00"))
    assert found.max_loss == USD("5500.00")
    assert found.max_profit is None
    assert found.committed == USD("5500.00")
    assert found.fees_words == "Shares trade without commission."


def test_selling_more_than_is_held_opens_a_short(market: Desk) -> None:
    market.market.quotes["AAPL"] = Found(stock_quote("AAPL", "129.9", "130.1", "128.5"), MARKET)
    held = opens(market, symbols=["AAPL"], side="sell", quantity=100)
    more = opens(market, symbols=["AAPL"], side="sell", quantity=200)
    assert (held.legs[0].effect, more.legs[0].effect) == ("close", "open")
    assert more.max_loss is None
    assert held.naked_calls == 1  # the call that those shares covered stands alone


def test_a_market_order_says_what_it_risks(market: Desk) -> None:
    found = opens(
        market, side="sell", option_type="put", strike="50", expiration="2021-07-16",
        order_type="market",
    )  # fmt: skip
    assert (found.order.limit, found.price) == (None, USD("-0.20"))
    assert found.warnings[0].startswith("A market order takes whatever price is there")
    assert "costs $2.00 against the midpoint" in found.warnings[0]


@pytest.mark.parametrize(
    ("bid", "ask", "sentence"),
    [
        ("0", "0.05", "Nobody bids for KO 50 put 16 Jul 2021 now, so it cannot be sold."),
        ("0.30", "0.24", "The quote of KO 50 put 16 Jul 2021 is crossed (0.30 to $0.24)"),
        ("NaN", "0.24", "KO 50 put 16 Jul 2021 has no two-sided quote now"),
    ],
)
def test_what_has_no_usable_quote_has_no_price(
    market: Desk, bid: str, ask: str, sentence: str
) -> None:
    market.market.options[PUT_50] = Found(option_quote(PUT_50, bid, ask, "55.00"), MARKET)
    asked = market.ask(
        "trade_preview", "open_order", symbols=["KO"], side="sell", option_type="put",
        strike="50", expiration="2021-07-16",
    )  # fmt: skip
    assert isinstance(asked, Absent)
    assert asked.reason.startswith(sentence)


def test_the_account_stands_where_its_past_says(market: Desk) -> None:
    """Worth 99,570 with 100,000 paid in; 101,000 yesterday, 50,500 before another 50,000 came."""
    market.account.points = Found(
        tuple(
            EquityPoint(day=date(2021, 6, day), equity=USD(equity), cash=USD(0), deposits=USD(paid))
            for day, equity, paid in ((10, 55000, 50000), (14, 101000, 100000))
        ),
        ACCOUNT,
    )
    found = opens(market, side="buy", quantity=1)
    assert found.day_change_pct == pytest.approx(100 * (99570 / 101000 - 1))
    assert found.drawdown_pct == pytest.approx(100 * (1 - 99570 / 105000))


def test_closing_what_is_not_held_is_no_order(market: Desk) -> None:
    asked = market.ask(
        "trade_preview", "preview", quantity="1", limit="0.20",
        legs=[{"instrument": PUT_50.occ, "side": "buy", "effect": "close"}],
    )  # fmt: skip
    assert asked == Absent("You do not hold 1 KO 50 put 16 Jul 2021 to close.")
