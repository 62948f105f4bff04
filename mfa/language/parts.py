"""The parts of a message: requests, and sentences that only set the scene for one.

'P&L ytd, win rate and VaR' are three requests; 'puts and calls' or 'AAPL and KO' are never parted: a
new part must begin like a request or be a short name of one (`cues.toml`). 'My late father drove
one.' is no request, and what a message means is then decided by the sentence that is.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from mfa.kernel.errors import ConfigurationError
from mfa.language.catalogue import load_catalogue, read_toml

_POLITE: Final = r"(?:(?:also|then|thereafter|meanwhile|whilst|please|kindly|now|next|first|after(?: that)?|afterwards|finally|lastly|lmk|well|oh|so|hey|hi|hello|ok|okay|magnus|dear|and|but|or|plus|too|just|maybe|perhaps|tell me|let me know|let me see|can you|could you|would you|will you|i want to|i want|i need|i need to|i'd like to|i'd like|i would like(?: to)?|i should like(?: to)?|i wonder|if possible|see|know|state|separately|in addition)[,:]? )*"
_BEGINS: Final = re.compile(
    rf"{_POLITE}(?:what(?:'?s)?|how(?:'?s)?|when(?:'?s)?|where(?:'?s)?|why|who(?:'?s)?|which|wich|wats?|whether|if my|if there|is|are|am|do|does|did|has|have (?:i|any|you|there)|will|would|should|shall|can|could|may i|might i|show|list|find|give|tell|state|check|get|scan|screen|sell|buy|close|roll|cancel|cxl|add|remove|alert|notify|ping|ring me|text me|call me|warn|set|analy[sz]e|research|explain|compare|any|rate|quote|recommend|suggest|propose|teach|undo|sync|refresh|take|let me know|remind|hedge|judge|evaluate|assess|display|read|report|look|run|rank|forecast|project|estimate|compute|calculate|follow|unfollow|stop|watch|open|enumerate|summari[sz]e|describe|query|restrict|plot|pull|bring|put)\b(?! (?:up|in|it)$)",
    re.IGNORECASE,
)
_JOINT: Final = re.compile(
    r"(?P<stop>(?:[?!;]+|(?<!\b[a-z])(?<!\bvs)(?<!\bproj)(?<!\bapprox)(?<!\best)(?<!\bacct)(?<!\bexp)(?<!\bmr)(?<!\binc)(?<!\bcorp)(?<!\bco)\.+(?!\d))(?: +|$)(?:(?:and|also|then|plus|but),? +)*| (?:-|\.\.\.) )|,? +(?:and|n|then|plus|also|as well as|together with|along with|but|&|\+|/|with its|with the)(?: +(?:then|also|after(?: that)?|afterwards|finally|separately))?,? +|, +|\+",
    re.IGNORECASE,
)
_SMALL: Final = re.compile(
    r"\b(?:the|a|an|my|its|their|our|his|her|your|current|any|some|all|also|then|please|of|for|on|in|and|me|show|check|get|now|today|right|latest|new|overall|total|both|it|that|this|them|for it|of it|on it|account|portfolio|next|what|is|are|s|there)\b",
    re.IGNORECASE,
)
_SCENE: Final = re.compile(
    r"(?:(?:oh|well|say|hey|hello|hi|good (?:morning|afternoon|evening)|look|listen|you know|magnus|yes|no|so|now|dear|and|but)[,!.]? )*(?:i(?:'m|'ve|'d)?|we(?:'re|'ve)?|my|our|that|this|those|the|he|she|it(?:'s)?|they|there|since|as|because|someone|somebody|everybody|people|a friend|yesterday|last)\b",
    re.IGNORECASE,
)
_MANNERS: Final = re.compile(
    r"(?:if|when|whenever) (?:it|you|that|i may|i might|possible|convenient|there)\b(?!.*\b(?:drop|fall|rise|hit|expire|lose|crash|go|move|tank|jump|gap|rall|report|break|reach|cross)\w*\b)[\w' ]*",
    re.IGNORECASE,
)
"""'If it isn't too much trouble': no condition of anything."""
_WISH: Final = re.compile(
    r"(?:(?:oh|well|hello|hi|and|but|so|dear)[,!]? )*(?:i(?:'d| would| should)? (?:like|love|want|need|wish|wonder|prefer|appreciate)|i (?:must|have to) know|i(?:'m| am) (?:looking|after|curious)|we (?:want|need))\b",
    re.IGNORECASE,
)
_IF: Final = re.compile(
    r"(?:(?:and|so|but|say|ok|then)[,]? )*(?:if|when|suppose|supposing|assuming|imagine|once|should|in case)\b",
    re.IGNORECASE,
)
"""A condition belongs to what follows it: 'if Tesla falls 10 percent, how much do I lose?'."""
_LEADS: Final = re.compile(
    r"(?:not )?(?:having|being|given|granted|lest|seeing|knowing|suspecting|holding|considering|of|for|among|amongst|between|from|out of|after|although|though|were|had|as)\b",
    re.IGNORECASE,
)
"""A clause that leads up to the request after its comma: 'Having been assigned, which calls ...'."""
_MOST: Final = 6
"""Parts of a message that are looked at; a longer list is no message."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message. `cue` is the intent that a short name of it stands for.

    `scene`: it tells of something and asks for nothing.
    """

    text: str
    cue: str | None
    scene: bool


@cache
def load_cues() -> Mapping[tuple[str, ...], str]:
    """Intents by the words that name them. `ConfigurationError` names one that means two."""
    cues: dict[tuple[str, ...], str] = {}
    for intent, phrases in read_toml("cues.toml").items():
        if intent not in load_catalogue().intents:
            raise ConfigurationError(
                f"Language catalogue, cues.toml: no such intent {intent!r}.",
                "Use a name of intents.toml.",
            )
        for phrase in phrases:
            short = _words(_SMALL.sub(" ", phrase))
            for key in {_words(phrase), short} if len(short) > 1 else {_words(phrase)}:
                if key and cues.setdefault(key, intent) != intent and key == _words(phrase):
                    raise ConfigurationError(
                        f"Language catalogue, cues.toml: {phrase!r} stands for two intents.",
                        "Keep one of them.",
                    )
    return cues


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z&%/]+(?:[-'/][a-z]+)*", text.lower()))


def cue_of(masked: str) -> str | None:
    """The intent that a masked text names with nothing but values and small words beside it."""
    left = re.sub(r"_[a-z]+_|[\d$%.,:?!#]+", " ", masked)
    short = _words(_SMALL.sub(" ", left))
    for words in (_words(left), short):
        if (intent := load_cues().get(words)) is not None:
            return intent
    return _in_any_order().get(tuple(sorted(short)))


@cache
def _in_any_order() -> Mapping[tuple[str, ...], str]:
    """'alerts active' names what 'active alerts' names; words that name two things name nothing."""
    intents: dict[tuple[str, ...], set[str]] = {}
    for words, intent in load_cues().items():
        intents.setdefault(tuple(sorted(words)), set()).add(intent)
    return {words: found.pop() for words, found in intents.items() if len(found) == 1}


def begins(text: str) -> bool:
    """Whether `text` begins like a request."""
    return _BEGINS.match(text) is not None


def is_scene(text: str) -> bool:
    if _MANNERS.fullmatch(text):
        return True
    return _SCENE.match(text) is not None and _WISH.match(text) is None


def split_parts(plain: str, named: Mapping[str, str | None]) -> list[Part]:
    """The parts of a message in order.

    `named` says for each piece (see `pieces`) which intent it names on its own, if any.
    """
    found = pieces(plain)
    parts: list[list[str]] = []
    for piece, joint in found:
        stands = named.get(piece) is not None or (len(piece.split()) > 1 and begins(piece))
        ended = any(mark in joint for mark in "!.;")
        if parts and not ended and len(parts[-1]) == 1:
            leads = "," in joint and len(parts) == 1 and _LEADS.match(parts[-1][0])
            stands = stands and not leads and not _IF.match(parts[-1][0])
        if not parts or (len(parts) < _MOST and (stands or (ended and len(piece.split()) > 2))):
            parts.append([piece])
        else:
            parts[-1] += [joint, piece]
    joined = ["".join(each).strip(" ,.;:") for each in parts]
    return [
        Part(text, named.get(text), named.get(text) is None and not begins(text) and is_scene(text))
        for text in joined
        if text
    ]


def pieces(plain: str) -> list[tuple[str, str]]:
    """(piece, joint before it) of a message, cut wherever a part could begin."""
    cut: list[tuple[str, str]] = []
    at, joint = 0, ""
    for match in _JOINT.finditer(plain):
        piece = plain[at : match.start()]
        said = match.group()
        if "?" in said:
            piece, said = f"{piece}?", said.replace("?", ".")
        if piece.strip(" ?"):
            cut.append((piece.strip(), joint))
            joint = said
        else:
            joint += said
        at = match.end()
    if plain[at:].strip():
        cut.append((plain[at:].strip(), joint))
    return cut
