"""How turns are worded: more of the last request, something new, a way back.

Judged by its words alone; what a turn then inherits is the conversation's affair.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from mfa.language.catalogue import word_list
from mfa.language.parts import begins
from mfa.language.understanding import UNKNOWN, Understanding

REPEAT: Final = re.compile(
    r"^(?:and |ok(?:ay)?,? |so |now )*(?:what about|how about|what of|and(?: for| on| with)?|same (?:for|with|on|thing for|thing on)|do the same (?:for|on)|or|try|for|also)\b",
    re.IGNORECASE,
)
REFINE: Final = re.compile(
    r"^(?:same(?: but| thing but)?|make (?:it|that|them)|but\b|only\b|just\b|instead|no,|nope,|not\b|actually|change (?:it|that|the)|use\b|with\b|at\b|in\b|for\b|under\b|over\b|below|above|the\b|sorry|i meant?|rather|let's (?:do|use|make)|(?:order|sort|rank)(?:ed)? by|limit (?:it|that)|sort|show only|exclude|on\b|by\b|since\b|from\b|and (?:in|for|with|under|over|at|from|on|only)\b|what about|how about|and\b)|\binstead\??$|\bonly\??$",
    re.IGNORECASE,
)
LEANS: Final = re.compile(
    r"\b(?:its|it's|it|that one|this one|(?:that|this)(?! (?:week|month|quarter|year|morning|afternoon|evening|friday|monday))|their|they|them|those|these|he|him|his|she|her|the same (?:one|stock|company|position)|the (?:stock|company|position|put|call|option|trade))\b",
    re.IGNORECASE,
)
_RELATIVE: Final = re.compile(
    r"\b(?:the |those |these )?(?:stocks?|compan(?:y|ies)|names?|ones?|those|something|anything|everything|nothing|things?|puts?|calls?|options?|contracts?|spreads?|trades?|positions?|tickers?|symbols?|shares|lists?|watchlists?|sectors?|traders?|etfs?|markets?|orders?|alerts?|ideas?|candidates?|opportunit(?:y|ies)) that\b",
    re.IGNORECASE,
)
"""'A stock that reports' describes; it points at nothing."""
BACK: Final = re.compile(r"\b(?:back to|return(?:ing)? to|again about|as for)\b", re.IGNORECASE)


def points_back(plain: str) -> bool:
    """Whether a word points at what was spoken of."""
    return LEANS.search(_RELATIVE.sub(" ", plain)) is not None


def acts(alone: Understanding, plain: str) -> bool:
    """Whether something else is to be done, and not the last request in another way."""
    if _DOES.match(plain):
        return alone.intent in _ACTS
    if alone.intent == "create_alert" and not _TELLS.search(plain):
        return False
    sure = alone.confidence >= CERTAIN or _LISTS_IT.match(plain) is not None
    return alone.intent in _ACTS - _BY_A_VERB and sure and not NARROWS.match(plain)


def goes_on(topic: Understanding, alone: Understanding, plain: str) -> bool:
    """Whether a message that says a slot of the last request anew is that request again."""
    words = plain.split()
    other = alone.intent not in {topic.intent, UNKNOWN}
    if NARROWS.match(plain) and not (other and alone.confidence >= CERTAIN):
        return True
    if other and stands_alone(plain, alone.confidence):
        return False
    if alone.intent == topic.intent and len(words) <= SHORT and not begins(plain):
        return True
    content = _content_words(plain)
    if REPEAT.match(plain) or REFINE.search(plain):
        return content <= 1 or not other or alone.confidence < DOUBTFUL
    doubtful = not other or alone.confidence < SURE
    return (content == 0 and doubtful) or (len(words) <= 2 and alone.confidence < DOUBTFUL)


def _content_words(plain: str) -> int:
    """Words that neither lead a follow-up nor carry a value."""
    stripped = LEAD.sub(" ", plain)
    return sum(1 for w in re.findall(r"[a-z']+", stripped) if w in REQUEST_WORDS)


def same(plain: str) -> bool:
    return REPEAT.match(plain) is not None or len(plain.split()) <= 2


def asked_anew(rest: str) -> str | None:
    """The question after what is returned to: 'Tesla: where are the supports?'."""
    _, mark, asked = rest.partition(":") if ":" in rest else rest.partition(",")
    asked = _AND.sub("", asked.strip())
    new = mark and not REPEAT.match(asked) and (_ASKS.match(asked) or begins(asked))
    return asked if new and len(asked.split()) > 2 else None


def shocked(topic: Understanding, own: dict[str, Any], plain: str) -> None:
    """'And if it drops 20%?', 'and by thirty percent?': another size of the same move."""
    shock = topic.slots.get("shock")
    if shock is None:
        return
    said = own.get("shock")
    size = _PERCENT.search(plain)
    if said is not None and "market" in said and "market" not in plain.lower():
        own["shock"] = {**shock, "pct": said["pct"]}
    elif said is None and size:
        own["shock"] = {**shock, "pct": math.copysign(float(size.group(1)), shock["pct"])}


def stands_alone(plain: str, confidence: float) -> bool:
    """Whether a message that means something else says so clearly enough to be taken at its word."""
    leans = points_back(plain) and not REFINE.search(plain)
    asides = plain.split(",")[1:]
    if any(_ASKS.match(each.strip()) for each in asides):
        return True
    if confidence >= DOUBTFUL and _ASKS.match(_AND.sub("", plain)):
        return True
    return confidence >= SURE and bool(leans)


REPEATED: Final = 0.75
"""Confidence in a message that only changes the one before."""
CERTAIN: Final = 0.8
ELLIPTIC: Final = 7
LONGEST: Final = 14
SHORT: Final = 6
"""Words of a message that may only change the last one, and of one that needs no more to do so."""
DOUBTFUL: Final = 0.5
SURE: Final = 0.6
CORRECTS: Final = re.compile(
    r"(?:(?:no|nope|sorry|wait|oh|not that)[,.! ]+)*i (?:meant|mean|wanted|said|was asking (?:for|about))(?: to)?\b[,: ]*",
    re.IGNORECASE,
)
OVER: Final = re.compile(r"(?:never ?mind|forget|cancel|scratch)\b")
THAT_LIST: Final = re.compile(r"\b(?:that|this|the same) (?:watch ?)?list\b")
THAT_SECTOR: Final = re.compile(r"\b(?:that|this|the same|in the) sector\b")
_ASKS: Final = re.compile(
    r"(?:(?:at|by|in|on|for|to|with|upon|from) (?:what|which|whom)\b|(?:what|how)(?!'?s? about\b|'?s? if\b)(?:'?s)?\b|(?:when|where|why|who)(?:'?s)?\b|(?:is|are|do|does|did|can|should)\b)"
)
QUESTION: Final = re.compile(
    r"(?:and |so |ok |but )*(?:(?:what|how)(?!'?s? (?:about|if|of)\b)|when|where|why|who|is|are|do|does|did)(?:'?s)?\b"
)
_AND: Final = re.compile(r"^(?:(?:and|so|ok|okay|then|but|now) )+")
_PERCENT: Final = re.compile(r"(\d{1,3}(?:\.\d+)?) ?(?:%|percent)")
NO_TOPIC: Final = frozenset({UNKNOWN, "greeting", "help", "confirm", "decline"})
WITHOUT_A_COMPANY: Final = frozenset(
    {UNKNOWN, "explain_concept", "learn_strategy", "help", "greeting"}
)
IT: Final = re.compile(r"\b(?:it|that one|this one)\b(?!'s\b)", re.IGNORECASE)
ITS: Final = re.compile(r"\bits\b", re.IGNORECASE)
EXCLUDES: Final[Mapping[str, tuple[str, ...]]] = {
    "expiration": ("dte",),
    "dte": ("expiration",),
    "strike": ("delta",),
    "delta": ("strike",),
    "start_date": ("days", "end_date"),
    "end_date": ("days",),
    "days": ("start_date", "end_date"),
}
CARDS: Final = frozenset(
    {"execute_trade", "close_position", "roll_position", "cancel_order", "record_trade",
     "create_alert", "change_setting", "follow_trader", "add_to_watchlist",
     "remove_from_watchlist", "add_stock", "undo_action", "sync_tradingview", "manage_tasks"}
)  # fmt: skip
"""Requests that a card or a question answers, which then waits for a yes or a no."""
ORDER: Final = "execute_trade"
LIKE_AN_ORDER: Final = frozenset(
    {"find_csp_opportunity", "find_covered_call", "evaluate_trade", "recommend_options",
     "get_stock_rating"}
)  # fmt: skip
OF_TRADERS: Final = "check_xtrades_alerts"
OF_GAMES: Final = frozenset({"check_nfl_predictions", "analyze_game"})
OF_THE_GAME: Final = " nfl"
"""In a talk about games 'the bills' are a team."""
OF_A_TRADE: Final = frozenset({"execute_trade", "evaluate_trade", "record_trade"})
OF_A_LIST: Final = frozenset({"add_to_watchlist", "remove_from_watchlist"})
OF_MARKETS: Final = frozenset({"check_kalshi_markets", "find_mispriced_markets"})
OF_A_PLACE: Final = frozenset({"start_date", "end_date", "order_id"})
"""What 'the 3rd' or '#3' would be, were it no place in a list."""
_ACTS: Final = frozenset(
    {"add_to_watchlist", "remove_from_watchlist", "roll_position", "close_position",
     "cancel_order", "undo_action", "create_alert", "follow_trader", "record_trade",
     "suggest_hedges", "sync_tradingview"}
)  # fmt: skip
_BY_A_VERB: Final = frozenset({"cancel_order", "undo_action"})
_TELLS: Final = re.compile(
    r"\b(?:alert|tell|warn|ping|notify|remind|let me know|lmk|text|call|message|advise|inform|say something|shout)\b"
)
_LISTS_IT: Final = re.compile(
    r"(?:(?:and|then|now|ok|okay|please|so|also),? )*(?:add|put|throw|stick|toss|take|remove|drop)\b.* (?:on|to|onto|off|from)\b"
)
_DOES: Final = re.compile(
    r"(?:(?:and|then|now|ok|okay|please|so|also),? )*(?:kill|cancel|withdraw|scrap|pull|roll|close|unwind|undo|reverse|follow|unfollow)\b"
)
NARROWS: Final = re.compile(
    r"(?:(?:and|but|ok|okay|so|please|kindly|actually),? )*(?:only|just|restrict|limit|narrow|confined?|restricted|limited|filter|same|make (?:it|that|them|those)|swap|change (?:it|that|the|to)|change:|(?:order|sort|rank)(?:ed)? by|keep (?:it|them)|nothing (?:over|under|above|below))\b"
)
PLACES: Final = re.compile(
    r"(?:(?:ok|okay|yes|good|great|then|please|alright|fine|now)[,!. ]+)*(?:place|execute|submit|enter|put on) (?:it|that|the trade|the order|this trade|that trade)(?: please| then| now)?[.! ]*"
)
CANCELS: Final = re.compile(
    r"(?:(?:ok|okay|then|please|so|now|well)[,!. ]+)*cancel (?:it|that|them|that one|the order)(?: then| please| now)?[.! ]*"
)
GOES_THROUGH: Final = re.compile(
    r"(?:(?:and|now|then|ok|okay|so|please)[, ]+)*(?:scan|screen|rank|search|check|sweep|go through|run through|look through) (?:it|that one|this one)\b"
)
OF_THEM: Final = re.compile(
    r"\b(?:his|her|their)(?= (?:\w+ )?(?:alerts?|trades?|positions?|plays?|calls|picks)\b)"
)
SAME_PERIOD: Final = re.compile(
    r"\b(?:the )?same (?:period|time ?frame|time|dates?|window|span|stretch|weeks?|months?|quarter)\b"
)
NUMBERED: Final = re.compile(r"(?:(?:and|what about|how about) )?(?:#|number |no\.? )\d[.! ]*")
NAMED_AGAIN: Final = tuple(
    (re.compile(rf"(?:the |my |that |those |our )?(?:{words})\b"), frozenset(intents.split()))
    for words, intents in (
        ("orders?|trade", "execute_trade close_position roll_position record_trade evaluate_trade"),
        (
            r"(?:csps?|cash-secured puts?|puts?)",
            "find_csp_opportunity scan_watchlist scan_premium execute_trade",
        ),
        (r"(?:covered )?calls?|ccs?", "find_covered_call execute_trade"),
        ("results?|earnings|reports?", "check_earnings check_earnings_risk"),
        ("calendars?", "find_calendar_spread"),
        ("positions?", "position_details profit_target_check"),
        ("games?|odds", "check_nfl_predictions analyze_game"),
        ("alerts?", "create_alert list_alerts check_xtrades_alerts"),
        ("scan|screen|search|list", "scan_watchlist scan_premium scan_database"),
    )
)
LEAD_IN: Final = re.compile(
    r"^\s*(?:(?:no(?=[,;.!]| wait| make| not| the\b| i\b| \d)|nope|nah|naw|actually|sorry|oh|wait|hmm|on second thoughts?)\b[,;.! ]*)+",
    re.IGNORECASE,
)
LEAD: Final = re.compile(r"\b(?:what about|how about|same (?:but|for|thing)|make it|i meant?)\b")
REQUEST_WORDS: Final = word_list("requests")
