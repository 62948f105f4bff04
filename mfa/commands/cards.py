"""`magnus confirm`, `magnus cancel-card`, `magnus undo`: what a person decides about a card."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from uuid import UUID

import click

from mfa.kernel.errors import InputError

if TYPE_CHECKING:
    from actions.action import Who
    from mfa.acting import Acting
    from mfa.answers.blocks import Block

DOOR: Final = "shell"
_NUMBER: Final = 6
"""Characters of a card's number that are enough to name it."""


@click.command()
@click.argument("card")
@click.option("--yes", is_flag=True, help="Do not ask again after showing the card.")
@click.pass_context
def confirm(context: click.Context, card: str, yes: bool) -> None:  # noqa: FBT001 - click's
    """Show CARD, ask, and carry it out."""
    from mfa.answers.terminal import print_blocks, print_card  # noqa: PLC0415 - the whole house
    from mfa.commands.session import assistant  # noqa: PLC0415 - same

    with assistant() as opened:
        who = opened.acting.who(opened.settings.user, DOOR)
        found = opened.acting.desk.cards.card(_number(opened.acting, card, who), who)
        print_blocks((), mode=found.mode)
        print_card(found)
        if not yes:
            click.confirm("Do it?", abort=True)
        confirmed = opened.acting.desk.confirmations.confirm(found.id, who)
        click.echo(confirmed.sentence)
    if not confirmed.carried_out:
        context.exit(1)


@click.command("cancel-card")
@click.argument("card")
def cancel_card(card: str) -> None:
    """Throw CARD away; nothing is done."""
    from mfa.answers.cards import outcome_line  # noqa: PLC0415 - the whole house
    from mfa.commands.session import assistant  # noqa: PLC0415 - same

    with assistant() as opened:
        who = opened.acting.who(opened.settings.user, DOOR)
        number = _number(opened.acting, card, who)
        click.echo(outcome_line(opened.acting.desk.cards.cancel(number, who)))


@click.command()
@click.argument("card", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
def undo(card: str | None, yes: bool) -> None:  # noqa: FBT001 - click's
    """Take back what CARD did, or what was done last."""
    from mfa.answers.terminal import print_card  # noqa: PLC0415 - the whole house
    from mfa.commands.session import assistant  # noqa: PLC0415 - same

    with assistant() as opened:
        who = opened.acting.who(opened.settings.user, DOOR)
        undoing = opened.acting.desk.undoing
        done = undoing.last(who) if card is None else None
        number = done.id if done is not None else card and _number(opened.acting, card, who)
        if not number:
            raise InputError("Nothing was done that could be undone.")
        print_card(opened.acting.desk.cards.card(number, who))
        if not yes:
            click.confirm("Undo it?", abort=True)
        undone = undoing.undo(who, number)
        click.echo(undone.sentence)
        if undone.proposed is not None:
            print_card(undone.proposed)
            click.echo(_how(undone.proposed.id))


def door_answer(acting: Acting, text: str, who: Who) -> bool:
    """Answer a typed yes, no or halt; whether it was one."""
    from mfa.answers.terminal import print_card  # noqa: PLC0415 - rich
    from mfa.typed import answered  # noqa: PLC0415 - same

    said = answered(acting, text, who)
    if said is None:
        return False
    if said.card is not None:
        print_card(said.card)
    else:
        click.echo(said.text)
    return True


def settled(acting: Acting, blocks: Iterable[Block], who: Who) -> None:
    """After an answer: what needs no card is done and told; of the others how to confirm them."""
    from mfa.answers.blocks import CardBlock, Offer  # noqa: PLC0415 - rich
    from mfa.answers.cards import outcome_line  # noqa: PLC0415 - same

    for block in blocks:
        if not isinstance(block, CardBlock):
            continue
        if block.offer is Offer.CONFIRM:
            click.echo(_how(block.card))
        elif block.offer is Offer.UNDO:
            click.echo(f"Undo it with: magnus undo {block.card}")
        else:
            card = acting.carry(block, who)
            click.echo(outcome_line(card))
            if acting.can_undo(card):
                click.echo(f"Undo it with: magnus undo {card.id}")


def _how(card: UUID) -> str:
    return f"Confirm it with: magnus confirm {card}\nThrow it away with: magnus cancel-card {card}"


def _number(acting: Acting, text: str, who: Who) -> UUID:
    """A card by its number, or by so much of its beginning as names one."""
    try:
        return UUID(text)
    except ValueError:
        pass
    near = [c.id for c in acting.desk.cards.recent(who) if str(c.id).startswith(text.lower())]
    if len(text) < _NUMBER or len(near) != 1:
        raise InputError(f"{text!r} names no card.", "Give the number that stands on it.")
    return near[0]
