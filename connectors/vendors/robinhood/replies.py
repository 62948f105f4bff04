"""What came back from Robinhood, and what it means when it is no success."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from connectors.vendors.ground.client import said
from connectors.vendors.ground.terms import Terms
from connectors.vendors.ground.trouble import Trouble, refusal

_AVAILABLE_IN: Final = re.compile(r"available in (\d+) second")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came, whatever its status. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def refused(terms: Terms, reply: Reply) -> Trouble:
    """The trouble that a status outside 2xx means. A throttled answer tells its pause in words."""
    text, headers = said(reply.body), dict(reply.headers)
    pause = _AVAILABLE_IN.search(text)
    if pause is not None:
        headers.setdefault("retry-after", pause.group(1))
    return refusal(terms, reply.status, headers, text)
