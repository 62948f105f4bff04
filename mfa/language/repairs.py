"""Numbers that a speaker takes back: 'for sixty cents, no wait, sixty five' is 'for 65 cents'.

Only a number directly after words that take something back, and only where there is one before it
to be replaced; whatever else is taken back is seen from the values that were read.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from typing import Final

_AMOUNT: Final = r"\$?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_AGAIN: Final = re.compile(
    rf",? ?\b(?:no,? wait|wait,? no|no,? sorry|sorry,? no|no,? actually|actually,? no|scratch that|i mean|no,? i meant?|correction|no,? make (?:it|that)|wait,? make (?:it|that))\b[,.:]* (?:no,? )?(?:make (?:it|that) |i meant? |it'?s |it was |say )?(?P<new>{_AMOUNT})(?![\w/-]|\.\d)(?! (?:put|call|strike|delta|dte|weeks?|days?|months?|more)\b)(?P<unit> (?:cents?|dollars?|bucks|percent|contracts?|shares?)\b|%)?",
    re.IGNORECASE,
)
_BEFORE: Final = re.compile(rf"(?<![\w./-]){_AMOUNT}(?![\w/-]|\.\d)")
_CUES: Final = ("wait", "sorry", "actually", "scratch", "mean", "correction", "no make", "no, make")
_FAR: Final = 60
"""Characters back in which the number that is taken back must stand."""


def repaired(plain: str, spoken: set[int]) -> tuple[str, set[int]]:
    """`plain` with each number taken back replaced; `spoken` are places of spoken pairs."""
    lower = plain.lower()
    if not any(cue in lower for cue in _CUES):
        return plain, spoken
    for _ in range(_MOST):
        match = _AGAIN.search(plain)
        if match is None:
            break
        earlier = list(_BEFORE.finditer(plain, max(0, match.start() - _FAR), match.start()))
        if not earlier:
            break
        old, new = earlier[-1], match.group("new")
        tail = plain[old.end() : match.start()]
        unit = (match.group("unit") or "").strip()
        if unit and unit.rstrip("s") not in tail:
            tail = f" {unit}{tail}"
        moved = len(old.group()) - len(new)
        cut = match.end() - (old.start() + len(new) + len(tail))
        said = {at for at in spoken if at < old.start()}
        said |= {at - moved for at in spoken if old.end() <= at < match.start()}
        said |= {at - cut for at in spoken if at >= match.end()}
        if match.start("new") in spoken:
            said.add(old.start())
        plain = plain[: old.start()] + new + tail + plain[match.end() :]
        spoken = said
    return plain, spoken


_MOST: Final = 3
