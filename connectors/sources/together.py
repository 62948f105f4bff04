"""What went wrong with many companies, in few sentences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_NAMED: Final = 5
"""Companies that one sentence names; of more it says how many."""


def in_few_sentences(faults: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """(symbol, sentence) pairs as one sentence for all companies that share it, in order."""
    by_sentence: dict[str, list[str]] = {}
    for symbol, sentence in faults:
        by_sentence.setdefault(sentence, []).append(symbol)
    return tuple(
        f"{', '.join(symbols) if len(symbols) <= _NAMED else f'{len(symbols)} companies'}: {said}"
        for said, symbols in by_sentence.items()
    )


def still_being_read(missing: int, of: int, source: str) -> str:
    """That a sweep has not come to all companies yet."""
    return (
        f"{missing} of {of} companies are still being read from {source}, as fast as its limits "
        "allow: ask again in a minute."
    )
