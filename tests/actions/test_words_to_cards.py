"""What a person says becomes an exact card, or a question; what a card may not do is refused, in
the whole house of PRACTICE."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from mfa.answers.blocks import NoticeBlock
from mfa.kernel.cards import Card, ResultStatus, Verdict
from tests.actions.whole_house import House, opened

CALLS = ("AMD   210716C00085000", "AMD   210716C00090000")


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with opened() as built:
        yield built


def params(house: House, text: str) -> dict[str, Any]:
    card = house.assistant.acting.desk.cards.card(house.ask(text).card, house.who)
    read: dict[str, Any] = json.loads(card.params)
    return read


def notice(house: House, text: str) -> str:
    (block,) = house.blocks(text)
    assert isinstance(block, NoticeBlock), block
    return block.text


def told(card: Card) -> tuple[ResultStatus, str]:
    assert card.receipt is not None
    return card.receipt.status, card.receipt.refused_by


def order(*legs: tuple[str, str, str, int], quantity: int = 1, limit: str) -> dict[str, Any]:
    return {
        "legs": [
            {"instrument": name, "side": side, "effect": effect, "ratio": ratio}
            for name, side, effect, ratio in legs
        ],
        "quantity": quantity,
        "limit": limit,
    }


def at_once(house: House, *legs: tuple[str, str, str, int]) -> str:
    """The net price at which these trade now."""
    asked = {**order(*legs, limit="0"), "order_type": "market", "limit": None}
    found: Any = house.assistant.data.query("trade_preview", "preview", asked, user=house.user)
    return str(found.value.natural)


def below(house: House, share: str) -> Decimal:
    return (house.quote("PEP", "bid") * Decimal(share)).quantize(Decimal("0.01"))


@pytest.mark.parametrize(
    ("text", "quantity"), [("Close my KO put", "2"), ("Close half of my KO puts", "1")]
)
def test_all_or_a_part_of_what_is_held_is_closed(house: House, text: str, quantity: str) -> None:
    said = params(house, text)
    assert (said["quantity"], said["legs"][0]["effect"]) == (quantity, "close")


def test_the_shares_or_their_option_are_closed_as_was_said(house: House) -> None:
    assert [leg["instrument"] for leg in params(house, "Sell all my JPM shares")["legs"]] == ["JPM"]
    put = params(house, "Close my JPM put")["legs"][0]["instrument"]
    assert put.startswith("JPM   210716P")
    assert notice(house, "Close my JPM position").startswith("Which one? You hold 30 long JPM")


def test_what_was_taken_in_place_of_what_was_said_stands_on_the_card(house: House) -> None:
    card = house.ask("Sell a put on KO at 52.5 for July 16")
    assert card.facts.title.startswith("Sell 1 KO 52 put 16 Jul 2021 to open")
    assert card.facts.reason == "There is no strike 52.5; taken is 52."


def test_a_market_order_says_why_it_is_riskier(house: House) -> None:
    card = house.ask("Sell a KO 52 put for July 16 at market")
    assert card.facts.title.endswith("at the market")
    assert any("takes whatever price is there" in said for said in card.facts.warnings)
    verdicts = {check.name: check.verdict for check in card.facts.checks}
    assert verdicts["price"] is Verdict.WARNED


def test_a_roll_is_one_order_with_both_legs(house: House) -> None:
    said = params(house, "Roll my CVX 100 put to August 20")
    assert [(leg["side"], leg["effect"]) for leg in said["legs"]] == [
        ("buy", "close"),
        ("sell", "open"),
    ]


def test_which_order_is_meant_is_asked_where_more_than_one_works(house: House) -> None:
    assert notice(house, "Cancel my order") == "No order is working."
    first = house.do(f"buy 3 shares of PEP at {below(house, '0.95')}")
    second = house.do(f"buy 4 shares of PEP at {below(house, '0.94')}")
    ids = [str(each.receipt.details["orders"][0]) for each in (first, second) if each.receipt]
    asked = notice(house, "Cancel my order")
    assert asked.startswith("2 orders are working: ")
    assert all(each[:8] in asked for each in ids)
    done = [house.decide(card) for card in house.cards("Cancel all my PEP orders")]
    assert {told(card)[0] for card in done} == {ResultStatus.DONE}
    assert house.assistant.acting.orders.working(house.user) == ()


def test_a_ratio_spread_that_hides_a_naked_call_is_refused(house: House) -> None:
    legs = ((CALLS[0], "buy", "open", 1), (CALLS[1], "sell", "open", 2))
    card = house.propose("submit_order", **order(*legs, limit=at_once(house, *legs)))
    refused = house.confirm(card)
    assert told(refused) == (ResultStatus.REFUSED, "limits")
    assert refused.receipt is not None
    # one of the two is covered by the call bought; the shares cover the call sold before
    assert "It would leave 1 short call that neither" in refused.receipt.message


def test_shares_that_are_only_ordered_cover_no_call(house: House) -> None:
    resting = house.propose(
        "submit_order", **order(("AMD", "buy", "open", 1), quantity=100, limit="78")
    )
    assert told(house.confirm(resting))[0] is ResultStatus.UNDER_WAY
    leg = (CALLS[1], "sell", "open", 1)
    card = house.propose("submit_order", **order(leg, limit=at_once(house, leg)))
    assert told(house.confirm(card)) == (ResultStatus.REFUSED, "limits")
    assert told(house.confirm(house.propose("cancel_working_orders")))[0] is ResultStatus.DONE


def test_shares_are_not_sold_short(house: House) -> None:
    card = house.ask(f"Sell short 10 shares of PFE at {house.quote('PFE', 'bid')}")
    refused = house.decide(card)
    assert told(refused) == (ResultStatus.REFUSED, "limits")
    assert refused.receipt is not None
    assert "The greatest loss has no bound." in refused.receipt.message


def test_the_same_order_is_asked_about_and_one_of_two_old_cards_is_refused(house: House) -> None:
    house.do(
        "/update_preferences name=limit_repeat_seconds value=3600"
    )  # whatever the machine does
    text = f"buy 5 shares of PG at {house.quote('PG')}"
    first, second = house.ask(text), house.ask(text)
    assert told(house.decide(first))[0] is ResultStatus.DONE
    assert told(house.decide(second)) == (ResultStatus.REFUSED, "limits")
    third = house.ask(text)
    (same,) = [check for check in third.facts.checks if check.name == "same order"]
    assert same.verdict is Verdict.WARNED
    assert same.sentence.endswith("Is this a second one?")
    assert told(house.decide(third))[0] is ResultStatus.DONE
