"""Names that people give themselves: a watchlist's, and the name a trader goes by.

No list can hold them; they are known by the words around them and by how they are written. A
person's account knows which of them there are, and whoever answers compares; nothing is invented
here where no name is said.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from mfa.language.catalogue import word_list
from mfa.language.model import load_model

_NAME: Final = r"([\w][\w&.'%+-]*(?: [\w&.'%+-]+){0,3}?)"
_CAPITALISED: Final = r"([A-Z][\w&'%+-]*(?: [A-Z][\w&'%+-]*){0,2})"
_WATCHLIST: Final = (
    re.compile(rf"\b(?:[Ww]atch ?[Ll]ist|[Ll]ist) (?:called|named|entitled|titled|by the name of) [\"']?{_CAPITALISED}[\"']?"),
    re.compile(rf"\b(?:watch ?list|list) (?:called|named|entitled|titled) [\"']?{_NAME}[\"']?(?=$|[?.,!]| (?:for|with|and|that|by)\b)", re.IGNORECASE),
    re.compile(rf"[\"']{_NAME}[\"'] (?:watch ?)?list", re.IGNORECASE),
    re.compile(rf"\b(?:my|the|on|to|from|off|in|into|of|within|onto|upon) (?:my |the )?{_NAME} (?:watch ?)?lists?\b", re.IGNORECASE),
    re.compile(rf"\b(?:scan|show|open|rank|list|check) {_NAME} (?:watch ?)?list\b", re.IGNORECASE),
    re.compile(rf"\b[Ww]atch ?[Ll]ist(?: with (?:the )?name)?:? [\"']?{_CAPITALISED}[\"']?"),
    re.compile(rf"\b(?:[Mm]y|[Tt]he|[Oo]ur|[Tt]o|[Oo]n|[Ii]n|[Oo]f|[Ff]rom) [Ll]ist:? [\"']?{_CAPITALISED}[\"']?"),
    re.compile(rf"\b(?:with (?:the )?name|named|called) [\"']?{_CAPITALISED}[\"']?"),
    re.compile(rf"\b{_CAPITALISED} (?:(?:[Ww]atch ?)?[Ll]ists?|WL)\b"),
    re.compile(r"\b([a-z][\w-]{2,20}) wl\b"),
    re.compile(rf"\b(?:[Ss]can|[Rr]ank|[Cc]heck|[Ss]creen|[Ss]weep|[Rr]un)(?: me)? (?:my |the )?{_CAPITALISED} (?:for|by)\b"),
)  # fmt: skip
_PUT_ON: Final = (
    re.compile(rf"\b(?:to|on|onto|upon|into|in|under|from|off|off of|out of) (?:my |the )?{_CAPITALISED}(?![\w'])"),
    re.compile(r"\b(?:add|put|toss|throw|stick|place|slot|pop|drop|remove|delete|del|rm|take|pull|yank|kick|strike|move|get|enter|include|scrub|cut|ditch)\b.{1,60}? (?:to|on|onto|from|off) (?:my |the )?([a-z][\w-]{2,20})(?=$|[?.!,]| (?:lol|pls|please|and|too|now|again|thanks|when|so|bro|man)\b)"),
)  # fmt: skip
"""Where something is put on a list or taken off it, the word 'list' may be left out."""
_POSSESSED: Final = re.compile(r"(?:^| )(?:my|our) ", re.IGNORECASE)
_NOT_LISTS: Final = word_list("not_watchlists")
_LAST_TOO: Final = frozenset({"stocks", "names", "trading"})
"""Words that end a name of several words and make none alone: 'truck stocks'."""


def watchlist(
    plain: str,
    symbols: Sequence[str] = (),
    *,
    put_on: bool = False,
    free: Callable[[int, int], bool] = lambda _start, _end: True,
) -> str | None:
    """The watchlist's name as typed, or None for 'my watchlist'.

    `symbols` are no names. `put_on`: the message puts something on a list or takes it off. `free`
    says whether a stretch of the message is no symbol.
    """
    for pattern in _WATCHLIST:
        for match in pattern.finditer(plain):
            words = _POSSESSED.split(match.group(1))[-1].split()
            while words and words[0].lower() in _NOT_LISTS and not _describes(words):
                words.pop(0)
            listed = match.end() < len(plain) and plain[match.end(1) :].lower().startswith(" list")
            if words and _may_end(words) and (listed or words[0] not in symbols):
                return " ".join(words)
    for pattern in _PUT_ON if put_on else ():
        for match in reversed(list(pattern.finditer(plain))):
            name = match.group(1)
            if free(*match.span(1)) and name.split()[0].lower() not in _NOT_LISTS:
                return name
    return None


def _describes(words: list[str]) -> bool:
    """'Old Friends': an adjective with a capital before a capital is of the name."""
    return words[0] in _ADJECTIVES and len(words) > 1 and words[1][0].isupper()


_ADJECTIVES: Final = frozenset({"Old", "New", "Big", "Little", "Hot", "Fresh", "Other"})


def _may_end(words: list[str]) -> bool:
    last = words[-1].lower()
    return last not in _NOT_LISTS or (len(words) > 1 and last in _LAST_TOO)


_HANDLE: Final = r"@?([A-Za-z][\w-]{2,30}(?:\.[\w-]+)*)"
_TRADER: Final = (
    re.compile(rf"\b(?:guy|fellow|fella|person|someone|trader|profile|dude|lady|woman|man|user|gentleman) (?:called|named|by the name of|known as) {_HANDLE}\b", re.IGNORECASE),
    re.compile(rf"\b(?:known as|goes by|styles? (?:him|her|them)self|calls? (?:him|her|them)self|a certain) {_HANDLE}\b", re.IGNORECASE),
    re.compile(rf"\bput {_HANDLE} on (?:my |the )?(?:follow|trader)", re.IGNORECASE),
    re.compile(rf"\bwith (?:the )?name (?:of )?{_HANDLE}\b", re.IGNORECASE),
    re.compile(rf"\bwhat(?: has|'?s| is| did| does) {_HANDLE} (?:been|in|up|doing|holding|trading|buying|selling|trade|buy|sell|do|post)\b", re.IGNORECASE),
    re.compile(rf"\b(?:trader|profile|user|account) (?:called |named |with (?:the )?name )?{_HANDLE}\b", re.IGNORECASE),
    re.compile(r"@([a-z][\w.-]{2,30})\b", re.IGNORECASE),
    re.compile(rf"\bsays {_HANDLE} (?:is|was|has)\b", re.IGNORECASE),
)  # fmt: skip
_TRADER_PERHAPS: Final = (
    re.compile(rf"\b(?:take|drop|remove|add|put) {_HANDLE} (?:off|from|out of|to|on|onto|among) (?:the |my |our )?(?:\w+ )?(?:traders?|people|follow|ones|guys)\b", re.IGNORECASE),
    re.compile(rf"\b(?:subscribe(?: me| us)? to|sign (?:me|us) up for|follow \+|enrol me with) {_HANDLE}\b", re.IGNORECASE),
    re.compile(rf"(?<!\bi )(?<!\bwe )(?<!\byou )(?<!\bpeople )\b(?:follow|following|unfollow)\b:?(?: the)?(?: xtrades)?(?: trader| profile)? {_HANDLE}\b", re.IGNORECASE),
    re.compile(rf"\b(?:did|has|is|does) {_HANDLE} (?:trad|buy|bought|sell|sold|post|do|up to|hold|alert|open|clos|enter|exit)", re.IGNORECASE),
    re.compile(rf"\b{_HANDLE}'s (?:alerts?|trades?|positions?|latest|last|recent|new)", re.IGNORECASE),
    re.compile(rf"\b(?:alerts?|trades?|ideas?|activity|posted|followers|calls?|plays?) (?:from|by|of) {_HANDLE}\b", re.IGNORECASE),
    re.compile(rf"\b(?:guy|fellow|fella|dude|lady|woman|man|gentleman) {_HANDLE}\b", re.IGNORECASE),
    re.compile(rf"\badd (?:trader )?{_HANDLE} to (?:my |the )?(?:follow|trader)", re.IGNORECASE),
    re.compile(rf"\b(?:what|how) about {_HANDLE}(?=,|\?|$)", re.IGNORECASE),
    re.compile(rf"^{_HANDLE} (?:latest|last|recent|new|alerts?|trades?)\b", re.IGNORECASE),
)  # fmt: skip
_WRITTEN_AS_ONE: Final = re.compile(
    r"(?<![\w$@'.])([A-Z][a-z]+(?:[A-Z][a-z0-9]+)+|[a-z]{2,}[_\d][\w]{1,30})(?![\w'])"
)
"""'BigSkyBob', 'marlowe_capital': written as only a profile is."""
_NOT_TRADERS: Final = word_list("not_traders")
_INFLECTED: Final = re.compile(r"(?:ing|ed|ly)$")
_OF_A_TRADER: Final = re.compile(
    r"@\w|\b(?:traders?|profiles?|xtrades|alerts (?:from|by|of))\b", re.IGNORECASE
)


def trader(
    plain: str,
    *,
    alone: bool = True,
    free: Callable[[int, int], bool] = lambda _start, _end: True,
) -> str | None:
    """A profile's name. Not `alone`: only where a word says that a trader is meant.

    Where no pattern finds one, it is the word written as only a profile is, or the one that no
    sentence of this desk has. `free` says whether a stretch of the message is no symbol.
    """
    if not alone and not _OF_A_TRADER.search(plain):
        return None
    for pattern in (*_TRADER, *_TRADER_PERHAPS):
        for match in pattern.finditer(plain):
            word = match.group(1).lower()
            verb = pattern in _TRADER_PERHAPS and _INFLECTED.search(word)
            if word not in _NOT_TRADERS and not verb and free(*match.span(1)):
                return match.group(1).removesuffix("'s")
    for match in _WRITTEN_AS_ONE.finditer(plain):
        if match.group(1).lower() not in _NOT_TRADERS and free(*match.span(1)):
            return match.group(1)
    known = load_model().known_words
    strange = [
        word
        for word in re.findall(r"(?<![\w$@'.])[a-z][\w-]{4,30}(?!['\w])", plain)
        if word not in known
        and word.rstrip("s") not in known
        and word not in _NOT_TRADERS
        and not _INFLECTED.search(word)
    ]
    return strange[0] if alone and len(strange) == 1 else None
