"""What is offered when a message is not clear, and how a person picks from it or says it was wrong.

The offer is text, so that every door can show it and every door's answer can pick it: a click on a
page, a number typed in a terminal, words spoken. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from mfa.language.catalogue import DIALOGUE_ONLY, Catalogue
from mfa.language.understanding import UNKNOWN, Understanding

NOT_OFFERED: Final = frozenset({"greeting", "help", UNKNOWN}) | DIALOGUE_ONLY
_I_MEANT: Final = (
    r"(?:what )?i (?:actually |really |only )?meant"
    r"(?: (?:was|is|to (?:ask|say)(?: (?:for|about))?)\b)?[,.;: ]*"
)
_NOT_MEANT: Final = r"(?:(?:that|it)(?:'?s| is| was) )?not what i meant?\b[,.!;: ]+"
_MEANT: Final = re.compile(
    r"\s*(?:(?:no+|nope|nah|wrong|sorry|oops|actually|well)\b[,.!;: ]+)*"
    rf"(?:{_NOT_MEANT}(?:{_I_MEANT})?|{_I_MEANT})(?=\S)",
    re.IGNORECASE,
)
_PLACES: Final[Mapping[str, int]] = {
    "1": 0, "first": 0, "the first": 0, "the first one": 0, "one": 0, "number one": 0,
    "2": 1, "second": 1, "the second": 1, "the second one": 1, "two": 1, "number two": 1,
    "the other": 1, "the other one": 1, "the latter": 1, "the former": 0,
}  # fmt: skip


def guesses(catalogue: Catalogue, understood: Understanding) -> dict[str, str]:
    """The two best readings of an unclear message: what picks each, and its intent."""
    names = (understood.intent, understood.runner_up)
    return {
        f"I meant: {_inside(catalogue.intents[name].definition)}": name
        for name in names
        if name is not None and name in catalogue.intents and name not in NOT_OFFERED
    }


def picked(offer: Mapping[str, str], text: str) -> str | None:
    """The intent that an answer to `offer` picks, if it picks any."""
    plain = _plain(text)
    by_words = {_plain(label): intent for label, intent in offer.items()}
    if plain in by_words:
        return by_words[plain]
    place = _PLACES.get(plain)
    return None if place is None or place >= len(offer) else list(offer.values())[place]


def meant_instead(text: str) -> str | None:
    """What follows 'no, I meant ...', where a message begins so."""
    plain = text.replace("’", "'")
    match = _MEANT.match(plain)
    return None if match is None else plain[match.end() :]


def _inside(definition: str) -> str:
    """A definition within a sentence: without its full stop and its capital."""
    keeps = definition[1:2].isupper()
    return (definition if keeps else definition[:1].lower() + definition[1:]).rstrip(".")


def _plain(text: str) -> str:
    return " ".join(text.lower().split()).strip(" .!?\"'“”")
