"""Thresholds and shocks: 'when AAPL drops below 150', 'if the market falls 20%'.

Reads a number only beside a word that says what it bounds; signs follow the words.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from typing import Any, Final

from mfa.language.filters import NUMBER, number

_METRICS: Final = (
    ("iv_rank", re.compile(r"\b(?:iv|implied vol(?:atility)?)[ -]?(?:rank|r|percentile)\b|\bivr\b", re.IGNORECASE)),
    ("iv", re.compile(r"\b(?:iv|implied vol(?:atility)?|volatility)\b", re.IGNORECASE)),
    ("delta", re.compile(r"\bdeltas?\b", re.IGNORECASE)),
    ("theta", re.compile(r"\btheta\b", re.IGNORECASE)),
    ("dte", re.compile(r"\b(?:dte|days? (?:to|from|before|until) (?:expir\w+|exp))\b", re.IGNORECASE)),
    ("profit_pct", re.compile(r"(?:%|\bpercent\b)[^.]{0,25}\b(?:profit|gain)\b|\b(?:profit|gain)s?[^.]{0,25}(?:%|\bpercent\b)", re.IGNORECASE)),
    ("pnl", re.compile(r"\b(?:p&l|pnl|profit|loss|losing|lose|lost|down \$)\b", re.IGNORECASE)),
    ("buying_power", re.compile(r"\bbuying power\b", re.IGNORECASE)),
    ("balance", re.compile(r"\b(?:balance|account|equity|net liq)\b", re.IGNORECASE)),
    ("volume", re.compile(r"\bvolume\b", re.IGNORECASE)),
    ("rsi", re.compile(r"\brsi\b", re.IGNORECASE)),
    ("change_pct", re.compile(r"\b(?:drop|fall|rise|move|gain|jump|up|down|los\w+|crash|rall\w+|decline|increase|decrease)s?(?: more than| by| over| at least)? \d+(?:\.\d+)? ?(?:%|percent)", re.IGNORECASE)),
)  # fmt: skip
_CONDITION: Final = re.compile(
    rf"(?P<op>at or below|at or above|drops? (?:below|under|to)|falls? (?:below|under|to)|dips? (?:below|under|to)|goes (?:below|under|above|over|past)|gets? (?:below|under|above|over|to)|rises? (?:above|over|to|past)|breaks? (?:above|below|through|under|out above)?|crosses(?: above| below| over| under)?|is (?:above|over|below|under|at)|climbs? (?:above|over|to|past)|hits?|reach(?:es)?|touch(?:es)?|exceeds?|trades? (?:above|below|under|over|at)|closes? (?:above|below|under|over)|descends? (?:below|beneath)|stays? (?:above|below|over|under)|(?:below|under|above|over) of|beneath|surpass(?:es)?|tops?|sub|below|under|above|over|less than|more than|greater than|at least|at most|<=|>=|<|>|at|drops?|falls?|rises?|moves?|jumps?|gains?|loses?|lose|(?:is |goes )?(?:up|down)|to) ?(?:more than |at least |over |by )?(?P<minus>-?)\$?{NUMBER} ?(?P<unit>k\b|%|percent)?(?: ?or (?P<way>lower|less|below|under|higher|more|above|over))?",
    re.IGNORECASE,
)  # fmt: skip
_DOWN: Final = re.compile(r"below|beneath|descend|sub|under|drop|fall|dip|less|<|los|down|at most")
_INCLUSIVE: Final = re.compile(
    r"hit|reach|touch|at least|>=|<=|at or|at most|\bat\b|\bto\b|drops?$|falls?$|rises?$|moves?$|jumps?$|gains?$|los|up$|down$"
)
_SIZE: Final = r"\d{1,3}(?:\.\d{1,4})?"
_SHOCK: Final = re.compile(
    rf"\b(?P<verb>drop(?:s|ped)?|fall(?:s|en)?|fell|declin(?:es?|ed)|crash(?:es|ed)?|tank(?:s|ed)?|los(?:es?|t)|plung(?:es?|ed)|sink(?:s)?|dump(?:s|ed)?|goes? down|went down|is down|correct(?:s|ed)?|sell(?:s)? off|ris(?:es?)|rose|rall(?:y|ies|ied)|jump(?:s|ed)?|gain(?:s|ed)?|goes? up|went up|is up|gap(?:s|ped)? (?:up|down)|moves?(?: up| down)?|climb(?:s|ed)?)(?: by| another| about| around| more than)? (?P<by>{_SIZE}) ?(?:%|percent)"
    rf"|\bby (?P<first>{_SIZE}) ?(?:%|percent) (?P<after>falls?|drops?|declines?|sinks?|rises?|climbs?|gains?)\b"
    rf"|(?P<pct>[+-]?)(?P<size>{_SIZE}) ?(?:%|percent) (?P<noun>slide|slump|plunge|drop|fall|decline|crash|correction|sell-?off|drawdown|move down|rally|rise|jump|gain|move up|dip|pullback)",
    re.IGNORECASE,
)  # fmt: skip
_SIGNED: Final = re.compile(rf"(?<![\w.])([+-]) ?{NUMBER} ?(?:%|percent)")
_RISES: Final = re.compile(r"ris|rose|rall|jump|gain|up|climb", re.IGNORECASE)


def condition(plain: str) -> dict[str, Any] | None:
    """{metric, op, value} of an alert, or None when no threshold is said."""
    match = _CONDITION.search(plain)
    if match is None:
        return None
    value = number(match.group(3)) * (1000 if (match.group("unit") or "").lower() == "k" else 1)
    if match.group("minus"):
        value = -value
    metric = next((name for name, pattern in _METRICS if pattern.search(plain)), "price")
    if metric == "pnl" and match.group("unit") in {"%", "percent"}:
        metric = "profit_pct"
    op_words = match.group("op").lower().strip()
    down = bool(_DOWN.search(op_words)) or (metric == "dte")
    if match.group("way"):
        down = match.group("way") in {"lower", "less", "below", "under"}
    op = ("<" if down else ">") + ("=" if _INCLUSIVE.search(op_words) or metric == "dte" else "")
    return {"metric": metric, "op": op, "value": value}


def shock(plain: str, symbols: list[str]) -> dict[str, Any] | None:
    """{symbol or market, pct}: 'if TSLA drops 10%' is -10.0 percent."""
    match = _SHOCK.search(plain)
    if match is None:
        bare = _SIGNED.search(plain)
        if bare is None:
            return None
        signed = number(bare.group(2)) * (-1 if bare.group(1) == "-" else 1)
        return {"symbol": symbols[0], "pct": signed} if symbols else {"market": True, "pct": signed}
    word = match.group("verb") or match.group("noun") or match.group("after")
    size = number(next(match.group(k) for k in ("by", "size", "first") if match.group(k)))
    pct = size if _RISES.search(word) and "down" not in word else -size
    if symbols and not re.search(r"\bmarket\b", plain, re.IGNORECASE):
        return {"symbol": symbols[0], "pct": pct}
    return {"market": True, "pct": pct}
