"""Yes and no: messages that only agree to what was asked or wave it off.

A yes with a request of its own is that request, and a no that is followed by one is the request
that follows. Some words are an answer only to a card or a question that is open.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from functools import cache
from typing import Final

from mfa.language.catalogue import read_toml, word_list
from mfa.language.parts import begins, is_scene, pieces

_YES: Final = word_list("yes")
_AGREES: Final = _YES | word_list("agreeing")
_LONGEST: Final = 9
"""Words of a message that is only a yes or a no with its reason."""
_YES_AND: Final = re.compile(
    r"(?:(?:yes|yeah|yea|yep|yup|ok|okay|sure|right|correct|good|perfect)[,.! ]+)+(?P<rest>.+)"
)
_DO_IT: Final = re.compile(
    r"(?:please |kindly |go ahead and )?[a-z]+ (?:it|that|them|him|her)(?: off| back| now| then| please)*[.! ]*"
)
_NO: Final = re.compile(
    r"^(?:(?:no|nope|nah|naw|n|never ?mind|nvm|forget (?:it|that|about it)|cancel (?:that|it)|don't|do not|stop|not now|hold on|wait|scratch that|leave it|skip it|drop it)\b[,.;:! -]*)+",
    re.IGNORECASE,
)
_WAVED: Final = re.compile(
    r"\b(?:never ?mind|nvm|forget (?:it|that|about it)|cancel that|scratch that|leave it|skip it|drop it|changed my mind|think about it|of two minds|cold feet|second thoughts)\b"
)
"""After these nothing is left of the request, whatever reason is given."""
_THUMBS: Final = {"👍": True, "👌": True, "✅": True, "🚀": True, "👎": False, "❌": False, "🚫": False}  # fmt: skip


@cache
def _only(which: str) -> re.Pattern[str]:
    """Nothing but phrases of `which`, a list of replies.toml, and words of courtesy."""
    document = read_toml("replies.toml")
    lists = [which, which.removesuffix("_to_a_card")]
    phrases = sorted({p for name in lists for p in document[name]}, key=len, reverse=True)
    beside = sorted(document["beside"], key=len, reverse=True)
    said, small = ("|".join(map(re.escape, each)) for each in (phrases, beside))
    gap = r"[,.;:!\- ]+"
    return re.compile(rf"(?:(?:{small}){gap})*?(?:{said})(?:{gap}(?:{said}|{small}))*[,.;:! ]*")


def agrees(plain: str, *, open_card: bool = False) -> bool:
    """'Yes, it is correct', 'you may proceed': a yes, and nothing beside it but the like.

    `open_card`: something waits to be confirmed.
    """
    if _thumb(plain) is True:
        return True
    if any(map(str.isdigit, plain)) or plain in {"thanks", "please"}:
        return plain == "10-4"
    words = re.findall(r"[a-z']+", plain)
    if not words or len(words) > _LONGEST:
        return False
    letters = re.sub(r"[^a-z' ,.;:!-]+", "", plain).strip()
    if _only("yes_to_a_card" if open_card else "yes").fullmatch(letters):
        return True
    return words[0] in _YES and set(words) <= _AGREES


def agrees_to_do(plain: str) -> bool:
    """'Yes, withdraw it', 'yes, that is what I want': a yes to a card, with no new request."""
    match = _YES_AND.fullmatch(plain)
    if match is None or len(plain.split()) > _LONGEST or any(map(str.isdigit, plain)):
        return False
    rest = match.group("rest")
    return _DO_IT.fullmatch(rest) is not None or (is_scene(rest) and not begins(rest))


def declines(plain: str, *, open_card: bool = False) -> bool:
    """A no, and no word beside it but courtesy."""
    if _thumb(plain) is False:
        return True
    if len(plain.split()) > _LONGEST:
        return False
    letters = re.sub(r"[^a-z' ,.;:!-]+", "", plain).strip()
    which = "no_to_a_card" if open_card else "no"
    return _only(which).fullmatch(letters) is not None and not any(map(str.isdigit, plain))


def _thumb(plain: str) -> bool | None:
    """What a picture alone says."""
    if any(map(str.isalnum, plain)):
        return None
    return next((_THUMBS[c] for c in plain if c in _THUMBS), None)


def refuses(plain: str, *, open_card: bool = False) -> bool:
    """'Never mind, dear, I'd better ask my wife first': a no, and no request after it.

    With a card open any reason will do; the words may also come at the end: 'too dear, forget it'.
    """
    match = _NO.match(plain)
    waved = _WAVED.search(plain)
    if _REVISES.search(plain) or not (match or (waved and open_card)):
        return False
    left = [
        piece
        for piece, _ in pieces(plain[match.end() :] if match else plain)
        if not declines(piece.lower(), open_card=open_card) and piece.lower() not in _POLITE
    ]
    if any(begins(piece) for piece in left):
        return False
    if waved or (open_card and len(plain.split()) <= _LONGEST):
        return True
    return all(is_scene(piece) or len(piece.split()) <= 1 for piece in left)


_REVISES: Final = re.compile(r"\d|\b(?:meant|mean|(?:make|change) (?:it|that|the)|instead)\b")
"""What is said is changed and not given up."""
_POLITE: Final = frozenset(read_toml("replies.toml")["beside"])


def waves(plain: str) -> bool:
    """Whether a refusal leaves nothing of the request: 'leave it', 'never mind'."""
    return _WAVED.search(plain) is not None


def after_refusal(plain: str) -> str | None:
    """What is asked for after a refusal: 'never mind, show my puts' asks for the puts."""
    match = _NO.match(plain)
    if match is None or match.group().lower().startswith(("stop", "do")):
        return None
    rest = plain[match.end() :].strip()
    return rest if len(rest.split()) > 1 and begins(rest) else None
