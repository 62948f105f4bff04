"""Words as people type them in haste, in the spelling that the rest of this room reads.

'undr' is 'under' and 'calandar' is 'calendar'. Only lower-case words are touched, for a capital
marks a name, and only where the result is a word of the desk: nobody's list, trader or company is
respelt into another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from mfa.language.catalogue import read_toml, word_list

_WORD: Final = re.compile(r"(?<![\w$@'.#&+-])[a-z]{2,15}(?![\w@&+]|'[a-z]|\.\w)")
_SHORTEST: Final = 6
"""Letters that a word of the desk needs for a typing error in it to be recognised."""


@cache
def _written_short() -> Mapping[str, str]:
    return {k: str(v) for k, v in read_toml("words.toml")["written_short"].items()}


@cache
def _candidates() -> Mapping[str, tuple[str, ...]]:
    """Words of the desk by their first letter."""
    found: dict[str, list[str]] = {}
    for word in sorted(word_list("spelled")):
        if len(word) >= _SHORTEST:
            found.setdefault(word[0], []).append(word)
    return {letter: tuple(words) for letter, words in found.items()}


@lru_cache(maxsize=8192)
def respelt(word: str) -> str:
    """`word`, or the one word of the desk that it is a slip of."""
    if (short := _written_short().get(word)) is not None:
        return short
    if len(word) < _SHORTEST - 1 or word in word_list("spelled") or word in word_list("not_slips"):
        return word
    near = [
        w
        for w in _candidates().get(word[0], ())
        if OSA.distance(word, w, score_cutoff=1) <= 1 and not _inflects(word, w)
    ]
    left_out = [w for w in near if len(w) > len(word)]
    best = near if len(near) == 1 else left_out
    return best[0] if len(best) == 1 else word


def _inflects(one: str, other: str) -> bool:
    """'diagonals' is no slip of 'diagonal'."""
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and long[len(short) :] in {"s", "d", "r"}


def corrected(plain: str) -> str:
    """`plain` with its slips put right."""
    return _WORD.sub(lambda match: respelt(match.group()), plain)
