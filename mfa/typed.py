"""What a person types that is no question: a plain yes or no to the one card that is open, and the
halt. Handled at the door, before any language or turn, so that it works while those do not.

Only doors at which a person types come here; voice never does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from actions.action import Who
from actions.confirm import is_yes
from mfa.acting import Acting
from mfa.kernel.cards import Card
from mfa.kernel.errors import InputError, MagnusError

_NO: Final = frozenset(
    {"no", "n", "nope", "no thanks", "no thank you", "cancel", "cancel it", "cancel that"}
)
_HALT: Final = re.compile(r"/halt(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
OFFERS: Final = (
    "Working orders stay where they are: say 'cancel all my orders', or cancel them on the Orders"
    " page. To close what is held, say 'close everything despite the halt'."
)
"""What can be done under a halt, and how; each makes cards that a person confirms."""
_RESUME: Final = re.compile(r"/resume\b.*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The door's answer: a sentence, and the card that it is about. `done` is whether something
    was done as asked."""

    text: str
    card: Card | None = None
    done: bool = False


def answered(acting: Acting, text: str, who: Who) -> Said | None:
    """None for everything that is a message like any other."""
    typed = text.strip()
    if (halt := _HALT.fullmatch(typed)) is not None:
        return halted(acting, halt.group(1) or "", who)
    if _RESUME.fullmatch(typed):
        return Said(text="A halt is lifted by `magnus resume` in a terminal, and nowhere else.")
    plain = " ".join(typed.lower().strip(" .!").replace(",", "").split())
    decide = _confirmed if is_yes(typed) else _declined if plain in _NO else None
    try:
        return None if decide is None else decide(acting, who)
    except InputError as error:
        return Said(text=str(error))


def halted(acting: Acting, reason: str, who: Who) -> Said:
    """Stop every order. What could not be written down is said, and the halt stands all the
    same."""
    try:
        standing = acting.desk.halt(reason, who)
    except Exception as error:
        stood = acting.desk.halted.standing()
        if stood is None:
            raise
        why = str(error) if isinstance(error, MagnusError) else type(error).__name__
        return Said(text=f"{stood.sentence} It is not in the audit: {why}", done=True)
    return Said(
        text=f"{standing.sentence} {OFFERS}",
        done=True,
    )


def _confirmed(acting: Acting, who: Who) -> Said | None:
    confirmed = acting.desk.confirmations.yes(who)
    if confirmed is None:
        return None
    return Said(text=confirmed.sentence, card=confirmed.card, done=confirmed.carried_out)


def _declined(acting: Acting, who: Who) -> Said | None:
    if who.conversation is None:
        return None
    cards = acting.desk.cards.open_in(who)
    if not cards:
        return None
    if len(cards) > 1:
        raise InputError(f"{len(cards)} cards are open here.", "Cancel the one on itself.")
    card = acting.desk.cards.cancel(cards[0].id, who)
    return Said(text="Cancelled: nothing was done.", card=card, done=True)
