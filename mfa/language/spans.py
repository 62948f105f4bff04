"""Places in a message that carry a value: what the readers of slots hand to each other.

A span claims its characters; a later reader never reads them again, so the order of readers is
the order of certainty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from mfa.language.text import Text

_WORD: Final = re.compile(r"[^\W_]+(?:[.'&/-][^\W_]+)*|\$")


@dataclass(frozen=True, slots=True)
class Span:
    """`slot` may be carried by `value` at [start, end); `mask` stands for it to the classifier.

    An empty `mask` leaves the words to be seen; `slot` may name an intermediate value ('date')
    whose slot only the intent decides.
    """

    start: int
    end: int
    slot: str
    value: Any
    mask: str = ""


@dataclass(slots=True)
class Reading:
    """A message while it is being read: its text, the spans so far, the characters claimed."""

    text: Text
    spans: list[Span] = field(default_factory=list)
    counts: bool = False
    """Whether a digit stands anywhere: most patterns need one, and most messages have none."""
    _claimed: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self._claimed = bytearray(len(self.text.plain))
        self.counts = any(map(str.isdigit, self.text.lower))

    def free(self, start: int, end: int) -> bool:
        return not any(self._claimed[start:end])

    def add(self, start: int, end: int, slot: str, value: Any, mask: str = "") -> bool:
        """Claim [start, end) for `slot`. False, and nothing done, when part of it is taken."""
        if start < end and not self.free(start, end):
            return False
        self._claimed[start:end] = b"\x01" * (end - start)
        self.spans.append(Span(start, end, slot, value, mask))
        return True

    def note(self, start: int, end: int, slot: str, value: Any) -> None:
        """A value whose words stay readable for others and for the classifier."""
        self.spans.append(Span(start, end, slot, value))

    def find(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Matches of `pattern` in the lower-case text that touch nothing claimed."""
        for match in pattern.finditer(self.text.lower):
            if self.free(match.start(), match.end()):
                yield match

    def words(self) -> Iterator[re.Match[str]]:
        """Unclaimed words, in the text's own case."""
        for match in _WORD.finditer(self.text.plain):
            if self.free(match.start(), match.end()):
                yield match

    def masked(self, also: frozenset[str] = frozenset()) -> str:
        """The lower-case text with every masked span replaced by its mask.

        `also`: slots whose words are masked too, though the classifier sees them.
        """
        pieces: list[str] = []
        at = 0
        hidden = [s for s in self.spans if s.mask or (s.slot in also and s.start < s.end)]
        for span in sorted(hidden, key=lambda s: s.start):
            if span.start < at:
                continue
            pieces += [self.text.lower[at : span.start], f" {span.mask or '_said_'} "]
            at = span.end
        pieces.append(self.text.lower[at:])
        return " ".join("".join(pieces).split())
