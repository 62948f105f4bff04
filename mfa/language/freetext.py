"""Values that no list can hold: a watchlist's name, a trader's, the term to be explained.

Each intent that takes one has its own patterns; nothing is read for an intent that does not.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from mfa.language.catalogue import word_list
from mfa.language.model import load_model
from mfa.language.text import Text

_NAME: Final = r"([\w][\w&.'%+-]*(?: [\w&.'%+-]+){0,3}?)"
_WATCHLIST: Final = (
    re.compile(rf"\b(?:watch ?list|list) (?:called|named) [\"']?{_NAME}[\"']?(?=$|[?.,!]| (?:for|with|and|that|by)\b)", re.IGNORECASE),
    re.compile(rf"[\"']{_NAME}[\"'] (?:watch ?)?list", re.IGNORECASE),
    re.compile(rf"\b(?:my|the|on|to|from|off|in|into|of|within) (?:my |the )?{_NAME} (?:watch ?)?lists?\b", re.IGNORECASE),
    re.compile(rf"\b(?:scan|show|open|rank|list|check) {_NAME} (?:watch ?)?list\b", re.IGNORECASE),
    re.compile(r"\b[Ww]atch ?[Ll]ist(?: with (?:the )?name)?:? [\"']?([A-Z][\w&'-]*(?: [A-Z][\w&'-]*){0,2})[\"']?"),
    re.compile(r"\b(?:with (?:the )?name|named|called) [\"']?([A-Z][\w&'-]*(?: [A-Z][\w&'-]*){0,2})[\"']?"),
    re.compile(r"\b([A-Z][\w&'-]*(?: [A-Z][\w&'-]*){0,2}) (?:[Ww]atch ?)?[Ll]ists?\b"),
    re.compile(r"\b(?:[Ss]can|[Rr]ank|[Cc]heck|[Ss]creen) (?:my |the )?([A-Z][\w&'-]*(?: [A-Z][\w&'-]*){0,2}) (?:for|by)\b"),
    re.compile(r"\b(?:[Aa]dd|[Pp]ut|[Rr]emove|[Rr]m|[Dd]elete|[Dd]rop|[Tt]ake) .{1,40}? (?:to|on|onto|into|from|off) (?:my |the )?([A-Z][\w&%+-]*(?: [A-Z][\w&%+-]*){0,2})(?=$|[?.!])"),
)  # fmt: skip
_POSSESSED: Final = re.compile(r"(?:^| )(?:my|our) ", re.IGNORECASE)
_NOT_LISTS: Final = word_list("not_watchlists")
_TRADER: Final = (
    re.compile(r"\b(?:guy|fellow|person|someone|trader|profile|dude|lady|woman|man|user) (?:called|named|by the name of) @?([a-z][\w.-]{2,30})\b", re.IGNORECASE),
    re.compile(r"\bput @?([a-z][\w.-]{2,30}) on (?:my |the )?(?:follow|trader)", re.IGNORECASE),
    re.compile(r"\bwith (?:the )?name (?:of )?@?([a-z][\w.-]{2,30})\b", re.IGNORECASE),
    re.compile(r"\bwhat(?: has|'?s| is| did| does) @?([a-z][\w.-]{3,30}) (?:been|in|up|doing|holding|trading|buying|selling|trade|buy|sell|do|post)\b", re.IGNORECASE),
    re.compile(r"\b(?:trader|profile|user|account) (?:called |named |with (?:the )?name )?@?([a-z][\w.-]{2,30})\b", re.IGNORECASE),
    re.compile(r"@([a-z][\w.-]{2,30})\b", re.IGNORECASE),
    re.compile(r"\b(?:follow|following|unfollow)(?: the)?(?: xtrades)?(?: trader| profile)? @?([a-z][\w.-]{2,30})\b", re.IGNORECASE),
    re.compile(r"\b(?:did|has|is|does) @?([a-z][\w.-]{2,30}) (?:trad|buy|bought|sell|sold|post|do|up to|hold|alert|open|clos|enter|exit)", re.IGNORECASE),
    re.compile(r"\b@?([a-z][\w.-]{2,30})'s (?:alerts?|trades?|positions?|latest|last|recent|new)", re.IGNORECASE),
    re.compile(r"\b(?:alerts?|trades?|ideas?|activity) (?:from|by|of) @?([a-z][\w.-]{2,30})\b", re.IGNORECASE),
    re.compile(r"\badd (?:trader )?@?([a-z][\w.-]{2,30}) to (?:my |the )?(?:follow|trader)", re.IGNORECASE),
)  # fmt: skip
_NOT_TRADERS: Final = word_list("not_traders")
_CONCEPT: Final = (
    re.compile(r"\bdifference between (.+)", re.IGNORECASE),
    re.compile(r"\b(?:what|how) (?:do|does|would) (?:you|we|they|people|one|i) call (?:(?:it|that|this|the thing) (?:when |if |where )?)?(.+)", re.IGNORECASE),
    re.compile(r"\bwhat(?:'s| is) it called (?:when|if|where) (.+)", re.IGNORECASE),
    re.compile(r"\b(?:name|word|term) (?:for|of|when|describes) (?!the (?:term|word)\b)(.+)", re.IGNORECASE),
    re.compile(r"\bwhat(?:'s| is| are|s| does it mean by| do you mean by) (?:meant by |the meaning of |the definition of |the concept of |the point of |the purpose of )?(.+?)(?: mean(?:ing)?| stand(?:s)? for| all about)?$", re.IGNORECASE),
    re.compile(r"\bwhat (?:do|does|did) (?:it mean (?:when|if|to be|to) |the term |the word )?(.+?)(?: mean| stand for| measure| tell me| represent| refer to| indicate| signify)\b", re.IGNORECASE),
    re.compile(r"\bwhat (?:do|does) it mean, (?:the )?(.+)", re.IGNORECASE),
    re.compile(r"\bwhat (?:do|does) it mean (?:when|if|to be|to|for) (.+)", re.IGNORECASE),
    re.compile(r"\b(?:explain|define|describe|clarify|definition of|meaning of|meaning behind|concept of|idea of|tell me about|tell me what|teach me about|remind me what|learn about|understand|explanation of|eli5|confused (?:about|by))\b:? (?:to me |me )?(?:what |how )?(?:the (?:term|concept|idea|meaning|definition|word) (?:of |behind )?)?(.+)", re.IGNORECASE),
    re.compile(r"\bhow (?:do|does|is|are) (.+?) (?:work|works|calculated|computed|measured|defined|affect|determined|change)\b", re.IGNORECASE),
    re.compile(r"^(.+?)(?: meaning| definition| explained| defined|,? what(?:'s| is) (?:that|it)| - what(?:'s| is) (?:that|it))\b", re.IGNORECASE),
    re.compile(r"\bwhat (?:exactly )?(?:is|are) (.+)", re.IGNORECASE),
    re.compile(r"\bwhy (?:is|do|does|are) (.+?) (?:matter|important|positive|negative|decay)", re.IGNORECASE),
)  # fmt: skip
_EDGE: Final = re.compile(
    r"^(?:(?:in the world|in the heck|on earth|it the|it,? the|and|what about|how about|def|define|a|an|the|is|are|exactly|to me|me|by|of|about|term|word|please|in options|concept of|what|that|my|again|basically|actually|simply)\s)+"
    r"|(?:,?\s(?:is|are|in options(?: trading)?|in trading|in finance|in simple terms|in plain english|for me|to me|please|mean|means|meaning|again|exactly|work|works|like i'm (?:5|five)|for (?:a )?(?:beginners?|dummies|newbie)|in a nutshell|dear|magnus|=|thanks|in simple english|to a beginner|with an example|and how (?:does|is) it.*|all about|in the context of options|when trading options|when selling options|anyway|actually|so|simply))+$",
    re.IGNORECASE,
)  # fmt: skip
_TASK: Final = (
    re.compile(r"\b(?:task|todo|backlog) (?:add|new)\b:? (.+)$", re.IGNORECASE),
    re.compile(r"\btask (?:#|number |no\.? )?(\d+)\b", re.IGNORECASE),
    re.compile(r"\b(?:backlog|task|todo|to-do|list|enhancement|feature|request|improvement|idea)s?(?: list)?: ?(.+)$", re.IGNORECASE),
    re.compile(r"\b(?:add|create|log|file|new|write down|note)(?: an?| this)? (?:new )?(?:task|enhancement|feature request|improvement|todo|to-do|idea)(?: for| to| about| that| called)? (.+)$", re.IGNORECASE),
    re.compile(r"\b(?:add|put) (.+?) (?:to|on|in|into) (?:the |my )?(?:improvement |enhancement )?(?:backlog|task list|todo list|to-do list|tasks|enhancements)", re.IGNORECASE),
    re.compile(r"\b(?:finish|complete|close|mark|done with|finished|resolve)(?: the)? (.+?)(?: task| as (?:done|finished|complete)|$)", re.IGNORECASE),
)  # fmt: skip
_SETTING: Final = (
    re.compile(r"\b(?:set|change|update|make|raise|lower|increase|decrease|adjust|switch|put|move|reduce)(?: my| the)? (.+?) (?:to|at|=|from \S+ to) (.+)$", re.IGNORECASE),
    re.compile(r"\b(turn on|turn off|turned on|turned off|switch on|switch off|switched off|shut off|enable|disable|activate|deactivate|mute|unmute|connect|disconnect|link|unlink)(?: my| the)? (.+)$", re.IGNORECASE),
    re.compile(r"^(?:please |can you |could you )?(?:turn |switch |put |shut )?(?:my |the )?(.+?) (on|off)(?: please)?$", re.IGNORECASE),
    re.compile(r"\b(?:switch|change|go)(?: me)?(?: back)? to (.+?)(?: mode)?$", re.IGNORECASE),
    re.compile(r"\b(?:what(?:'s| is| are)|show(?: me)?|see|view|tell me|list)(?: my| the)? (?:current )?(.+?)(?: set to| set at)?$", re.IGNORECASE),
)  # fmt: skip
_ON: Final = MappingProxyType({"turned on": "on", "switch on": "on", "turned off": "off", "switch off": "off", "switched off": "off", "shut off": "off", "turn on": "on", "enable": "on", "activate": "on", "unmute": "on", "connect": "connect", "link": "connect", "turn off": "off", "disable": "off", "deactivate": "off", "mute": "off", "disconnect": "disconnect", "unlink": "disconnect"})  # fmt: skip


def watchlist(plain: str, symbols: Sequence[str] = ()) -> str | None:
    """The watchlist's name as typed, or None for 'my watchlist'. `symbols` are no names."""
    for pattern in _WATCHLIST:
        for match in pattern.finditer(plain):
            words = _POSSESSED.split(match.group(1))[-1].split()
            while words and words[0].lower() in _NOT_LISTS:
                words.pop(0)
            listed = match.end() < len(plain) and plain[match.end(1) :].lower().startswith(" list")
            if (
                words
                and words[-1].lower() not in _NOT_LISTS
                and (listed or words[0] not in symbols)
            ):
                return " ".join(words)
    return None


def trader(plain: str, *, alone: bool = True) -> str | None:
    """A profile's name. Not `alone`: only where a word says that a trader is meant.

    Where no pattern finds one, it is the word that no sentence of this desk has.
    """
    if not alone and not _OF_A_TRADER.search(plain):
        return None
    for pattern in _TRADER:
        for match in pattern.finditer(plain):
            if match.group(1).lower() not in _NOT_TRADERS:
                return match.group(1).removesuffix("'s")
    known = load_model().known_words
    strange = [
        word
        for word in re.findall(r"(?<![\w$@'.])[a-z][\w-]{4,30}(?!['\w])", plain)
        if word not in known and word.rstrip("s") not in known and word not in _NOT_TRADERS
    ]
    return strange[0] if alone and len(strange) == 1 else None


_OF_A_TRADER: Final = re.compile(
    r"@\w|\b(?:traders?|profiles?|xtrades|alerts (?:from|by|of))\b", re.IGNORECASE
)


_ASIDE: Final = re.compile(
    r" (?:in the world|on earth|the heck|the hell|the devil)(?= )", re.IGNORECASE
)
_FEW: Final = 3
"""Words of a term; where more are left a term of the library among them is what is meant."""
_NO_TERM: Final = frozenset({"it", "that", "this", "in the world"})


_DESCRIBES: Final = re.compile(
    r"\b(?:what|how) (?:do|does|would) \w+ call\b|\bwhat(?:'s| is) it called\b|\b(?:name|word|term) (?:for|when|describes)\b",
    re.IGNORECASE,
)
"""Asks for a name by what the thing is: every word of it counts."""


def concept(text: Text) -> str | None:
    """The term asked about, lower-case, without articles and politeness."""
    plain = _ASIDE.sub("", text.plain.strip(" ?.!"))
    found = _said_concept(plain)
    if found is not None and (len(found.split()) <= _FEW or _DESCRIBES.search(plain)):
        return found
    terms = [value for _, _, value in load_model().terms.matches(text.lower)]
    return max(terms, key=len) if terms else found


def _said_concept(plain: str) -> str | None:
    for pattern in _CONCEPT:
        if (match := pattern.search(plain)) is None:
            continue
        first, _, rest = match.group(1).partition(",")
        if (term := trimmed(first)) and term not in _NO_TERM:
            return term
        if term := trimmed(rest):
            return term
    words = plain.split()
    term = trimmed(plain)
    return term if len(words) <= 3 and term else None


def trimmed(term: str) -> str:
    """`term` without articles, politeness and punctuation at its edges."""
    term = term.strip(" ?.!,;:\"'").lower()
    while (shorter := _EDGE.sub("", term).strip(" ?.!,;:\"'")) != term:
        term = shorter
    return term if len(term) <= 110 else ""


def task(plain: str) -> str | None:
    for pattern in _TASK:
        if (match := pattern.search(plain.strip(" ?.!"))) is not None:
            return match.group(1).strip()
    return None


def setting(plain: str) -> dict[str, str]:
    """`setting` and, where one is said, `value`."""
    plain = _SENTENCE.split(plain.strip(" ?.!"))[0].strip(" ?.!")
    if (match := _SET_SHORT.match(plain)) is not None:
        return {"setting": _named(match.group(1)), "value": match.group(2)}
    for index, pattern in enumerate(_SETTING):
        if (match := pattern.search(plain)) is None:
            continue
        if index == 1:
            return {"setting": _named(match.group(2)), "value": _ON[match.group(1).lower()]}
        if index == 3:
            return {"setting": "mode", "value": _named(match.group(1))}
        found = {"setting": _named(match.group(1))}
        found["setting"] = _NOW.sub("", found["setting"])
        if found["setting"] in {"settings", "preferences", "setup", "configuration"}:
            return {}
        return found | ({"value": match.group(2).strip()} if match.lastindex == 2 else {})
    return {}


def _named(text: str) -> str:
    name = re.sub(r"^(?:my|the|a) ", "", text.strip(), flags=re.IGNORECASE).lower()
    return re.sub(r"\bpos\b", "position", name)


_SENTENCE: Final = re.compile(r"[?!.](?: |$)")
_SET_SHORT: Final = re.compile(
    r"(?:my |the )?((?:max|min|default|daily|weekly|profit|loss|position|risk|stop|alert)[\w ]{2,30}?)(?: to| at|:| =)? ?(\$?\d[\d,.]*(?: ?%|k| percent| dollars| days| dte)?)$",
    re.IGNORECASE,
)
_NOW: Final = re.compile(r" (?:at the moment|at present|right now|currently|now|these days)$")
