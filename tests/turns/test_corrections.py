"""What a person corrects is kept, and the same message is understood so from then on."""

from __future__ import annotations

from datetime import date

import pytest

from mfa.language.guesses import guesses
from mfa.store.corrections import CorrectionRepository
from mfa.store.database import Database
from mfa.store.turn_records import Earlier
from mfa.turns.hearing import Ear, understanding_of
from tests.turns.house import LANGUAGE, UNSURE, house, notices, understood

TODAY = date(2021, 6, 15)


def kept(database: Database, user: str = "local") -> list[tuple[str, str]]:
    return [(c.masked, c.intent) for c in CorrectionRepository(database).standing(user)]


def test_a_picked_reading_answers_the_message_it_was_offered_for_and_is_kept(
    database: Database,
) -> None:
    asked = "Give me a summary of my account"
    with house(database, language=UNSURE) as here:
        first, events = here.ask(asked)
        (told,) = notices(events)
        assert kept(database) == []
        _, events = here.ask(told["suggestions"][0], conversation=first.conversation)
        heard = understood(events)
        assert (heard["text"], heard["intent"]) == (asked, "portfolio_status")
        assert "$105,123.45" in "".join(e.payload["text"] for e in events if e.kind == "text")
        assert kept(database) == [(LANGUAGE.masked(asked, today=TODAY), "portfolio_status")]
        _, events = here.ask(asked)  # another conversation
        heard = understood(events)
        assert (heard["intent"], heard["confidence"]) == ("portfolio_status", 1.0)
        _, events = here.ask(asked, user="bob")
        assert understood(events)["confidence"] < 0.45  # it was not his word


def test_a_reading_is_picked_by_its_place_and_takes_the_messages_values_along(
    database: Database,
) -> None:
    with house(database, language=UNSURE) as here:
        first, events = here.ask("what would somebody have to pay me for one share of KO by now")
        offer = guesses(LANGUAGE.catalogue, understanding_of(understood(events)))
        assert tuple(offer) == tuple(notices(events)[0]["suggestions"])
        intent = list(offer.values())[-1]
        place = "the second one" if len(offer) == 2 else "the first one"
        _, events = here.ask(place, conversation=first.conversation)
    heard = understood(events)
    assert heard["intent"] == intent
    if "symbols" in LANGUAGE.catalogue.intents[intent].slots:
        assert heard["slots"]["symbols"] == ["KO"]
    assert [meant for _, meant in kept(database)] == [intent]


def test_no_i_meant_is_kept_for_the_message_before(database: Database) -> None:
    with house(database) as here:
        first, _ = here.ask("What's the price of KO?")
        _, events = here.ask(
            "No, I meant when does KO report earnings?", conversation=first.conversation
        )
        heard = understood(events)
        assert (heard["intent"], heard["slots"]["symbols"]) == ("check_earnings", ["KO"])
        _, events = here.ask("what's the price of PEP")
        heard = understood(events)
        assert (heard["intent"], heard["slots"]["symbols"]) == ("check_earnings", ["PEP"])


@pytest.mark.parametrize(
    "turns",
    [
        ("What's the price of KO?", "no, I meant PEP"),
        ("What's the price of KO?", "no, I meant the price of PEP"),
        ("tesla", "no, I meant when does KO report earnings?"),
        ("What's the price of KO?", "what about PEP?", "no, I meant when does it report earnings?"),
        ("What's the price of KO?", "when does KO report earnings?"),
    ],
    ids=["a slot", "a slot, said in full", "a lone value", "an echo", "another question"],
)
def test_what_teaches_nothing_is_not_kept(turns: tuple[str, ...]) -> None:
    ear = Ear(language=LANGUAGE, meaning=lambda _: None, today=TODAY)
    earlier: list[Earlier] = []
    for text in turns:
        heard = ear.hear(text, earlier)
        earlier.append(Earlier(text=text, understood=heard.understanding.to_dict()))
    assert heard.corrects is None


def test_an_earlier_message_that_was_never_understood_is_heard_now() -> None:
    ear = Ear(language=LANGUAGE, meaning=lambda _: None, today=TODAY)
    heard = ear.hear("what about PEP?", [Earlier(text="price of KO", understood=None)])
    assert heard.understanding.intent == "price_quote"
    assert heard.understanding.slots == {"symbols": ["PEP"]}


def test_a_meaning_that_the_catalogue_has_lost_changes_nothing() -> None:
    text = "What's the price of KO?"
    plain = Ear(language=LANGUAGE, meaning=lambda _: None, today=TODAY).hear(text, [])
    lost = Ear(language=LANGUAGE, meaning=lambda _: "gone_intent", today=TODAY).hear(text, [])
    assert lost == plain
