"""Values that no list can hold: the term to be explained, a task, a setting and its value.

Each intent that takes one has its own patterns; nothing is read for an intent that does not.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from mfa.language.model import load_model
from mfa.language.text import Text

_CONCEPT: Final = (
    re.compile(r"\b(?:difference|diff) between (.+)", re.IGNORECASE),
    re.compile(r"\b(?:what|how) (?:do|does|would) (?:you|we|they|people|one|i) call (?:(?:it|that|this|the thing) (?:when |if |where )?)?(.+)", re.IGNORECASE),
    re.compile(r"\bwhat(?:'s| is) it called (?:when|if|where) (.+)", re.IGNORECASE),
    re.compile(r"\b(?:name|word|term) (?:for|of|when|describes) (?!the (?:term|word)\b)(.+)", re.IGNORECASE),
    re.compile(r"\bwhat(?:'s| is| are|s| does it mean by| do you mean by) (?:meant by |the meaning of |the definition of |the concept of |the point of |the purpose of )?(.+?)(?: mean(?:ing)?| stand(?:s)? for| all about)?$", re.IGNORECASE),
    re.compile(r"\bwhat (?:precisely |exactly )?(?:do|does) (?:folks|people|they|you|we|the \w+|traders|everyone|everybody) mean (?:by|when they say|when people say|with) (.+)", re.IGNORECASE),
    re.compile(r"\bwhat means (.+)", re.IGNORECASE),
    re.compile(r"\b(?:definition|meaning|define|explain) ?\((.+?)\)", re.IGNORECASE),
    re.compile(r"\b(?:saying|said|says|talking about|mentioned|mentions|on about) (.+?),? what(?:'s| is| does)\b", re.IGNORECASE),
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
    r"^(?:(?:wtf|wth|wtf's|means|eli5|in the world|in the heck|on earth|it the|it,? the|and|what about|how about|def|define|a|an|the|is|are|exactly|to me|me|by|of|about|term|word|please|in options|concept of|what|that|my|again|basically|actually|simply)\s)+"
    r"|(?:,?\s(?:is|are|in options(?: trading)?|in trading|in finance|in simple terms|in plain english|for me|to me|please|mean|means|meaning|again|exactly|work|works|like i'm (?:5|five)|for (?:a )?(?:beginners?|dummies|newbie)|in a nutshell|dear|magnus|=|thanks|even|eli5|tho|though|bro|lol|pls|plz|anyhow|exactly|precisely|in simple english|to a beginner|with an example|and how (?:does|is) it.*|all about|in the context of options|when trading options|when selling options|anyway|actually|so|simply))+$",
    re.IGNORECASE,
)  # fmt: skip
_TASK: Final = (
    re.compile(r"\b(?:done|finished|complete|completed)(?: with)?: ?(.+)$", re.IGNORECASE),
    re.compile(r"\b(?:something to (?:fix|do|improve|change)|item|note down|write down|idea): ?(.+)$", re.IGNORECASE),
    re.compile(r"\b(?:task|todo|backlog) (?:add|new)\b:? (.+)$", re.IGNORECASE),
    re.compile(r"\btask (?:#|number |no\.? )?(\d+)\b", re.IGNORECASE),
    re.compile(r"\b(?:backlog|task|todo|to-do|list|enhancement|feature|request|improvement|idea)s?(?: list)?(?::| -) ?(.+)$", re.IGNORECASE),
    re.compile(r"\b(?:add|create|log|file|new|write down|note)(?: an?| this)? (?:new )?(?:task|enhancement|feature request|improvement|todo|to-do|idea)(?: for| to| about| that| called)? (.+)$", re.IGNORECASE),
    re.compile(r"\b(?:add|put) (.+?) (?:to|on|in|into) (?:the |my )?(?:improvement |enhancement )?(?:backlog|task list|todo list|to-do list|tasks|enhancements)", re.IGNORECASE),
    re.compile(r"\b(?:finish|complete|close|mark|done with|finished|resolve)(?: the)? (.+?)(?: task| as (?:done|finished|complete)|$)", re.IGNORECASE),
)  # fmt: skip
_MODE: Final = re.compile(
    r"\b(?:switch|change|go)(?: me)?(?: back)? to (.+?)(?: mode)?$", re.IGNORECASE
)
_ASIDE_AFTER: Final = re.compile(
    r",| (?:they|it|they're|it's|because|since|as|while|until|i'm|please|so)\b", re.IGNORECASE
)
_SETTING: Final = (
    re.compile(r"\b(?:set|change|update|make|raise|lower|increase|decrease|alter|adjust|reduce)(?: my| the| our)? ([a-z][a-z -]{2,40}?)(?: to| at| for| =| be)? (\$?\d[\d,.]*(?: ?%|k| percent| dollars| contracts| days| dte)?)(?: instead| please| now| from now on)?$", re.IGNORECASE),
    re.compile(r"\b(?:let|have|could|can|may|might|should)(?: you)? ?(?:my |the |our )?([a-z][a-z -]{2,40}?) (?:be |to be )?(?:set|altered|changed|sent|moved|switched|raised|lowered|delivered|reduced|increased) (?:to|at|via|by|over) (.+?)(?: henceforth| from now on| please| instead)?$", re.IGNORECASE),
    re.compile(r"\b(?:change|switch|set|alter)(?: my| the| our)? (theme|mode|language|font|currency|time ?zone)(?: for| into| to)? (?:to )?(.+)$", re.IGNORECASE),
    re.compile(r"\b(?:what|which) value is (?:\w+ )?(?:assigned to|set for|given to)(?: my| the| our)? (.+)$", re.IGNORECASE),
    re.compile(r"\bwhat(?:'s| is| are)(?: my| the| our)? (?:current )?(.+?) (?:set to|set at|set|at)(?: at present| presently| right now| now| currently)?$", re.IGNORECASE),
    re.compile(r"\b(?:set|change|update|make|raise|lower|increase|decrease|adjust|switch|put|move|reduce)(?: my| the)? (.+?) (?:to|at|=|from \S+ to) (.+)$", re.IGNORECASE),
    re.compile(r"\b(turn on|turn off|turned on|turned off|switch on|switch off|switched off|shut off|enable|disable|activate|deactivate|mute|unmute|connect|disconnect|link|unlink)(?: my| the)? (.+)$", re.IGNORECASE),
    re.compile(r"\b(?:i'd like|i would like|i want|please have|have) (?:my |the )?(.+?) (?:turned|switched|set|put) (on|off)\b", re.IGNORECASE),
    re.compile(r"^(?:please |can you |could you )?(?:turn |switch |put |shut )?(?:my |the )?(.+?) (on|off)(?: please)?$", re.IGNORECASE),
    _MODE,
    re.compile(r"\b(?:what(?:'s| is| are)|show(?: me)?|see|view|tell me|list)(?: my| the)? (?:current )?(.+?)(?: set to| set at)?$", re.IGNORECASE),
)  # fmt: skip
_ON: Final = MappingProxyType({"turned on": "on", "switch on": "on", "turned off": "off", "switch off": "off", "switched off": "off", "shut off": "off", "turn on": "on", "enable": "on", "activate": "on", "unmute": "on", "connect": "connect", "link": "connect", "turn off": "off", "disable": "off", "deactivate": "off", "mute": "off", "disconnect": "disconnect", "unlink": "disconnect"})  # fmt: skip


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


_ALL_TASKS: Final = re.compile(
    r"(?:the |all |my |show )*(?:open|current|pending|remaining|all)?(?: ?(?:items?|tasks?|ones|list|backlog))?(?: please)?",
    re.IGNORECASE,
)


def task(plain: str) -> str | None:
    for pattern in _TASK:
        if (match := pattern.search(plain.strip(" ?.!"))) is not None:
            said = match.group(1).strip(" \"'")
            return None if _ALL_TASKS.fullmatch(said) else said
    return None


def setting(plain: str) -> dict[str, str]:
    """`setting` and, where one is said, `value`."""
    plain = _SENTENCE.split(plain.strip(" ?.!"))[0].strip(" ?.!")
    if (match := _SET_SHORT.match(plain)) is not None:
        return {"setting": _named(match.group(1)), "value": match.group(2)}
    for pattern in _SETTING:
        if (match := pattern.search(plain)) is None:
            continue
        if match.group(1).lower() in _ON:
            named = _ASIDE_AFTER.split(match.group(2))[0]
            return {"setting": _named(named), "value": _ON[match.group(1).lower()]}
        if pattern is _MODE:
            return {"setting": "mode", "value": _named(match.group(1))}
        found = {"setting": _named(match.group(1))}
        found["setting"] = _NOW.sub("", found["setting"])
        if found["setting"] in {
            "settings",
            "preferences",
            "setup",
            "configuration",
            "all settings",
            "",
        }:
            return {}
        return found | ({"value": match.group(2).strip()} if match.lastindex == 2 else {})
    return {}


def _named(text: str) -> str:
    name = re.sub(
        r"^(?:(?:my|the|a|our|them|those|all|of|that) )+", "", text.strip(), flags=re.IGNORECASE
    ).lower()
    return re.sub(r"\bpos\b", "position", name)


_SENTENCE: Final = re.compile(r"[?!.](?: |$)")
_SET_SHORT: Final = re.compile(
    r"(?:my |the )?((?:max|min|default|daily|weekly|profit|loss|position|risk|stop|alert)[\w ]{2,30}?)(?: to| at|:| =| should be| shall be| must be)? ?(\$?\d[\d,.]*(?: ?%|k| percent| dollars| days| dte)?)$",
    re.IGNORECASE,
)
_NOW: Final = re.compile(r" (?:at the moment|at present|right now|currently|now|these days)$")
