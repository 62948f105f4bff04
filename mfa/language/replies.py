"""Yes and no: messages that only agree to what was asked or wave it off.

A yes with a request of its own is that request, and a no that is followed by one is the request
that follows. Whether anything is open to be agreed to is the conversation's affair.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from typing import Final

from mfa.language.catalogue import word_list
from mfa.language.parts import begins, is_scene, pieces

_CONFIRM: Final = re.compile(
    r"(?:(?:yes|yep|yeah|yup|ya|yea|y|aye|sure|ok|okay|confirm(?:ed)?|affirmative|absolutely|correct|right|fine|sounds good|looks good|go ahead|go for it|do it|do that|send it|place it|submit(?: it)?|please do|proceed|please|that's right|exactly|execute(?: it)?|make it so|of course|definitely|let's do it|lets do it|lfg|thanks)[,.! ]*)+"
)
_DECLINE: Final = re.compile(
    r"(?:(?:no|nope|nah|naw|n|no way|never ?mind|forget (?:it|that|about it)|cancel(?: that| it)?|don't(?: do it)?|dont|do not(?: do it)?|stop|not now|no thanks|no thank you|thanks|skip(?: it)?|leave it(?: be| alone)?|abort|scratch that|drop it|not yet|hold off|wait)[,.;! ]*)+"
)
_GO: Final = re.compile(
    r"(?:(?:ok(?:ay)?|yes|yeah|yea|alright|very (?:well|good)|fine|good|then|please|so|lfg|and)[,!. ]+)*(?:you (?:may|can|have my leave)|(?:do |please )?proceed|go (?:on )?ahead|do (?:it|so|that)|send it|place it|submit it|execute it|make it so|let's go|lfg)\b"
)
_YES_DO: Final = re.compile(
    r"(?:yes|yeah|yea|yep|ok|okay|sure)[, ]+(?:please )?[a-z]+ (?:it|that|them)(?: please)?[.! ]*"
)
_YES: Final = word_list("yes")
_AGREES: Final = _YES | word_list("agreeing")
_LONGEST_YES: Final = 9
_NO: Final = re.compile(
    r"^(?:(?:no|nope|nah|naw|n|never ?mind|forget (?:it|that|about it)|cancel (?:that|it)|don't|do not|stop|not now|hold on|wait|scratch that|leave it|skip it|drop it)\b[,.;:! -]*)+",
    re.IGNORECASE,
)
_WAVED: Final = re.compile(
    r"\b(?:never ?mind|forget (?:it|that|about it)|cancel that|scratch that|leave it|skip it|drop it)\b"
)
"""After these nothing is left of the request, whatever reason is given."""
_POLITE: Final = frozenset({"dear", "thanks", "thank you", "please", "sorry", "lol"})


_CALLED: Final = re.compile(r"[^a-z0-9]*|, (?!later|but|not|no|wait|cancel|stop)[a-z]+[.! ]*")
"""Nothing, or whoever is spoken to: 'go ahead, partner'; 'do it tomorrow' agrees to nothing."""


def agrees(plain: str) -> bool:
    """'Yes, it is correct', 'you may proceed': a yes, and nothing beside it but the like."""
    words = re.findall(r"[a-z']+", plain.lower())
    if not words or len(words) > _LONGEST_YES or any(map(str.isdigit, plain)):
        return False
    go = _GO.match(plain)
    if set(words) <= _AGREES and (words[0] in _YES or go is not None):
        return True
    if go is not None and _CALLED.fullmatch(plain[go.end() :]):
        return True
    return _CONFIRM.fullmatch(plain) is not None and plain not in {"thanks", "please"}


def agrees_to_do(plain: str) -> bool:
    """'Yes, withdraw it': a yes that says over again what was asked."""
    return _YES_DO.fullmatch(plain) is not None


def declines(plain: str) -> bool:
    """A no, and no word beside it."""
    return _DECLINE.fullmatch(plain) is not None


def refuses(plain: str) -> bool:
    """'Never mind, dear, I'd better ask my wife first': a no, and no request after it."""
    match = _NO.match(plain)
    if match is None or re.search(r"\d|\b(?:meant|mean)\b", plain):
        return False
    left = [
        piece
        for piece, _ in pieces(plain[match.end() :])
        if piece.lower() not in _POLITE and not declines(piece.lower())
    ]
    if _WAVED.search(plain.lower()):
        return all(not begins(piece) for piece in left)
    return all(not begins(p) and (is_scene(p) or len(p.split()) <= 1) for p in left)


def waves(plain: str) -> bool:
    """Whether a refusal leaves nothing of the request: 'leave it', 'never mind'."""
    match = _NO.match(plain)
    return match is not None and _WAVED.search(plain) is not None


def after_refusal(plain: str) -> str | None:
    """What is asked for after a refusal: 'never mind, show my puts' asks for the puts."""
    match = _NO.match(plain)
    if match is None or match.group().lower().startswith(("stop", "do")):
        return None
    rest = plain[match.end() :].strip()
    return rest if len(rest.split()) > 1 and begins(rest) else None
