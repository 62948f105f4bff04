"""The machine-readable door: JSON lines in, understandings out.

A line is {"text": ...} or {"turns": [...]}; it meets no account, so names of watchlists and
traders are taken as typed. A line that is neither is answered with {"error": ...}.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from mfa.language.language import Language


def understand_lines(
    lines: Iterable[str], today: date, *, language: Language | None = None
) -> Iterator[dict[str, Any]]:
    """One object for each non-empty line, in order."""
    spoken = language or Language.load()
    for line in lines:
        if line.strip():
            yield _answer(line, today, spoken)


def _answer(line: str, today: date, language: Language) -> dict[str, Any]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        return {"error": "not a JSON object"}
    match request:
        case {"text": str(text)}:
            return language.understand(text, today=today).to_dict()
        case {"turns": list(turns)} if all(isinstance(t, str) for t in turns):
            dialogue = language.dialogue(today=today)
            return {"turns": [dialogue.understand(t, today).to_dict() for t in turns]}
    return {"error": 'expected {"text": "..."} or {"turns": ["...", "..."]}'}
