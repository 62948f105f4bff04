"""Where a message that asks for two things can be parted.

Only proposes places; whether both sides are requests of their own is decided by understanding
them. 'Puts and calls' or 'AAPL and KO' is never parted: the right side must begin like a request.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_BEGINS: Final = (
    r"(?:also |then |please |tell me |can you |could you |i want to |i'd like to )*"
    r"(?:what|how|when|where|why|who|which|is|are|am|do|does|did|will|would|should|can|could|show|list|find|give|tell|"
    r"check|get|scan|sell|buy|close|roll|cancel|add|remove|alert|notify|set|analy[sz]e|research|explain|compare|"
    r"any|rate|quote|recommend|suggest|teach|undo|sync|refresh|put|take|let me know|my|remind|hedge|price)\b"
)
_JOINT: Final = re.compile(
    rf"(?:[?!.;]+ (?:and |also |then |plus )*|,? (?:and|then|plus|also|as well as|but|&)(?: (?:then|also))? |, )(?={_BEGINS})",
    re.IGNORECASE,
)
_PLUS: Final = re.compile(r" (?:\+|;|as well as|and also) (?=[a-z])", re.IGNORECASE)


def split_parts(plain: str) -> Iterator[tuple[str, str]]:
    """(left, right) at each place where a second request may begin; each has at least two words."""
    for match in (*_JOINT.finditer(plain), *_PLUS.finditer(plain)):
        left, right = plain[: match.start()], plain[match.end() :]
        if len(left.split()) >= 2 and len(right.split()) >= 2:
            yield left, right
