"""Closed vocabularies in a message: strategies, sectors, teams, outcomes, views.

A team whose name is an ordinary word or a city counts only beside a word of the game.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from typing import Final

from mfa.language.catalogue import read_toml
from mfa.language.gazetteer import Gazetteer
from mfa.language.spans import Reading
from mfa.language.text import Text

_CITIES: Final = re.compile(
    r"\b(?:game|nfl|odds|vs|versus|at|beat|win|play|match\w*|favou?red|score|against|analy\w+|break ?down|predict\w*|pick\w*|football|cover|spread|@|-)(?!\w)"
)
_STOCKS: Final = " stocks"
_AMBIGUOUS_TEAMS: Final = frozenset(read_toml("words.toml")["ambiguous_teams"])


def read_vocabularies(reading: Reading, gazetteer: Gazetteer) -> None:
    """Strategies, sectors, teams and the other closed lists."""
    named = {v for _, _, v in gazetteer.vocabularies["team"].matches(reading.text.lower)}
    for name, table in gazetteer.vocabularies.items():
        for start, end, value in table.matches(reading.text.lower):
            if name == "team":
                if reading.free(start, end) and (
                    len(named) > 1 or _team_meant(reading.text, start, end)
                ):
                    reading.add(start, end, "team", value, "_team_")
            elif name == "sector":
                last = _sector_end(reading, start, end)
                if reading.free(start, last):
                    reading.add(start, last, "sector", value, "_sector_")
            else:
                reading.note(start, end, name, value)


def _sector_end(reading: Reading, start: int, end: int) -> int:
    """In 'tech stocks under 50' the word 'stocks' belongs to the price, which was read before."""
    words = reading.text.lower[start:end]
    taken = words.endswith(_STOCKS) and not reading.free(start, end)
    return end - len(_STOCKS) if taken else end


def _team_meant(text: Text, start: int, end: int) -> bool:
    word = text.lower[start:end]
    if word in _AMBIGUOUS_TEAMS:
        return bool(_CITIES.search(text.lower))
    return True
