"""What a message wants remembered, recalled or forgotten, in the person's own words.

The words that ask for it are taken off; what is left is kept as it was said.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from typing import Final

_POLITE: Final = re.compile(
    r"^(?:hey magnus|magnus|ok|okay|so|well|please|also|and|can you|could you|would you|will you|i(?:'d| would) like you to|i want you to|just)[, ]+",
    re.IGNORECASE,
)
_LEAD: Final = {
    "remember": re.compile(
        r"^(?:(?:please )?(?:remember|keep in mind|bear in mind|don'?t forget|do not forget|note|make a note|take note|store|save|learn|be aware|know)(?: (?:this|that|the fact that))?(?: (?:to|in) (?:your )?memory)?(?: about me)?|add to (?:your )?memory(?: that)?|for (?:the record|future reference|the future)|fyi|just so you know|you should know(?: that)?|from now on,? remember(?: that)?)(?: that\b)?\s*[:,]?\s+",
        re.IGNORECASE,
    ),
    "forget_memory": re.compile(
        r"^(?:i changed my mind,? )?(?:you (?:can|may|should) |you don'?t (?:need|have) to )?(?:forget|stop remembering|quit remembering|(?:un-?)?remember|delete|remove|erase|drop|clear|wipe|lift|cancel|take)\b(?: (?:everything|what you (?:know|remember|stored|saved)))?(?: (?:that )?i (?:said|told you|mentioned)| what i (?:said|told you))?(?: (?:the |that |my |your )?(?:memory|note|preference|rule|ban|exclusion|thing)s?)?(?: (?:number|no\.?))?(?: (?:that|about|of|on|for|regarding)\b)*\s+|^it(?:'s| is) no longer true that\s+",
        re.IGNORECASE,
    ),
    "recall_memory": re.compile(
        r"^.*?\b(?:about|regarding|concerning)\s+(?!me\b|my (?:preferences|trading|rules)\b)",
        re.IGNORECASE,
    ),
}
_TAIL: Final = re.compile(
    r"[,;.]?\s+(?:(?:please )?(?:remember|note) (?:that|this|it)|keep (?:that|this|it) in mind|please|thanks|thank you|anymore|any more|any longer|out of (?:your )?memory|last time|before|earlier|the other day|last week)[.!?]*$",
    re.IGNORECASE,
)
_NOTHING: Final = frozenset(
    {
        "that",
        "this",
        "it",
        "that one",
        "everything",
        "me",
        "all",
        "memory",
        "never mind",
        "nevermind",
    }
)


_NAMES: Final = re.compile(
    r"^(?:please )?(?:forget|delete|remove|erase|drop|stop remembering)\b.* ?\b(?:that i|what i|i|memory|note|preference|rule)\b .+"
)
_WAVED_OFF: Final = re.compile(
    r"^(?:no\b,? ?)?(?:i )?(?:don'?t|do not|won'?t)(?: want| like| need)?(?: to)?(?: \w+)? (?:that|it|this|them|those)$",
    re.IGNORECASE,
)


def names_a_memory(plain: str) -> bool:
    """Whether 'forget ...' goes on to say which memory, so that it waves nothing off."""
    return _NAMES.match(plain) is not None


def waves_off(plain: str) -> bool:
    """'No, I don't want to sell it': a refusal that states no preference."""
    return _WAVED_OFF.match(plain) is not None


def memory(plain: str, intent: str) -> str | None:
    """The value of the slot for `intent`; None where the message says none."""
    lead = _LEAD.get(intent)
    if lead is None:
        return None
    said = plain.strip(" ?!\t")
    while (shorter := _POLITE.sub("", said)) != said:
        said = shorter
    found = lead.match(said)
    if found is None and intent == "recall_memory":
        return None
    if found is not None:
        said = said[found.end() :]
    while (shorter := _TAIL.sub("", said)) != said:
        said = shorter
    said = said.strip(" ?!.,;:\"'")
    if said.lower() in _NOTHING or waves_off(said) or not any(c.isalnum() for c in said):
        return None
    return said[:1].upper() + said[1:] if intent == "remember" else said
