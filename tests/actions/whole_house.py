"""The whole house in PRACTICE as a person at its page meets it: its database, market and broker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from shutil import rmtree
from typing import Any, Final

from actions.action import Who
from actions.proposal import ActionProposal
from connectors.coins.results import PairQuoteRow
from mfa.answers.blocks import Block, CardBlock, Offer
from mfa.answers.document import Transcript
from mfa.assistant import Assistant
from mfa.kernel.account import Position
from mfa.kernel.cards import Card, CardState
from mfa.kernel.outcome import Found
from mfa.kernel.settings import load_settings
from tests.conftest import _home, _remove

DOOR: Final = "page"


@dataclass(frozen=True)
class House:
    assistant: Assistant
    home: Path

    @property
    def user(self) -> str:
        return self.assistant.settings.user

    @property
    def who(self) -> Who:
        return self.assistant.acting.who(self.user, DOOR)

    def blocks(self, text: str) -> list[Block]:
        """What is answered to a message in a conversation of its own."""
        turn = self.assistant.engine.start(
            text, user=self.user, door=DOOR, session=self.who.session
        )
        return list(Transcript.of(self.assistant.engine.follow(turn.id)).ordered)

    def cards(self, text: str) -> list[CardBlock]:
        return [block for block in self.blocks(text) if isinstance(block, CardBlock)]

    def ask(self, text: str) -> CardBlock:
        """The one card that comes of a message."""
        blocks = self.blocks(text)
        cards = [block for block in blocks if isinstance(block, CardBlock)]
        assert len(cards) == 1, (text, blocks)
        return cards[0]

    def do(self, text: str) -> Card:
        """Ask, and do what the door does: run it at once, or click Confirm."""
        return self.decide(self.ask(text))

    def decide(self, block: CardBlock) -> Card:
        acting = self.assistant.acting
        if block.offer is Offer.CONFIRM:
            assert acting.desk.cards.card(block.card, self.who).state is CardState.OPEN
            return acting.desk.confirmations.confirm(block.card, self.who).card
        return acting.carry(block, self.who)

    def propose(self, action: str, **params: Any) -> Card:
        """A card of an action whose parameters are spelled out."""
        proposal = ActionProposal(action=action, params=params)
        return self.assistant.acting.desk.cards.propose(proposal, self.who)

    def confirm(self, card: Card) -> Card:
        return self.assistant.acting.desk.confirmations.confirm(card.id, self.who).card

    @property
    def positions(self) -> Mapping[str, Position]:
        found = self.assistant.data.sources.account.positions()
        assert isinstance(found, Found)
        return {each.instrument: each for each in found.value}

    def coin(self, side: str) -> Decimal:
        """Bitcoin's quote at the practice exchange."""
        found = self.assistant.data.query("crypto", "get_quote", {"pair": "BTC"}, user=self.user)
        assert isinstance(found, Found)
        assert isinstance(found.value, PairQuoteRow)
        return Decimal(getattr(found.value, side))

    def quote(self, symbol: str, side: str = "ask") -> Decimal:
        found = self.assistant.data.sources.market.quote(symbol)
        assert isinstance(found, Found)
        return Decimal(getattr(found.value, side))


@contextmanager
def opened() -> Iterator[House]:
    """A house of its own, gone afterwards."""
    home = _home()
    with Assistant.open(load_settings(home=home)) as assistant:
        yield House(assistant, home)
    _remove(home)
    rmtree(home, ignore_errors=True)
