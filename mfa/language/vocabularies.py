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
_AMBIGUOUS_TEAMS: Final = frozenset(read_toml("words.toml")["ambiguous_teams"])


def read_vocabularies(reading: Reading, gazetteer: Gazetteer) -> None:
    """Strategies, sectors, teams and the other closed lists."""
    for name, table in gazetteer.vocabularies.items():
        for start, end, value in table.matches(reading.text.lower):
            if (
                name == "team"
                and reading.free(start, end)
                and _team_meant(reading.text, start, end)
            ):
                reading.add(start, end, "team", value, "_team_")
            elif name == "sector" and reading.free(start, end):
                reading.add(start, end, "sector", value, "_sector_")
            elif name not in {"team", "sector"}:
                reading.note(start, end, name, value)


def _team_meant(text: Text, start: int, end: int) -> bool:
    word = text.lower[start:end]
    if word in _AMBIGUOUS_TEAMS:
        return bool(_CITIES.search(text.lower))
    return True
