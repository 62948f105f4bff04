"""A card says the same at every door: each figure, each limit with its margin, how it is undone."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from rich.console import Console

from mfa.answers.blocks import BLOCK, CardBlock, Offer
from mfa.answers.cards import limit_lines, outcome_line, time_left
from mfa.answers.sources import figures, provenances
from mfa.answers.terminal import print_blocks, print_card
from mfa.kernel.cards import (
    Card,
    CardFacts,
    CardState,
    Check,
    Receipt,
    ResultStatus,
    Verdict,
)
from mfa.kernel.figures import Figure, Unit
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Provenance

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
QUOTE = Provenance(source="practice market", as_of=NOW)
CHECK = Check(
    name="order_notional", verdict=Verdict.PASSED, sentence="What one order may come to.",
    value=Decimal("5250.00"), bound=Decimal("10000.00"), unit=Unit.USD,
)  # fmt: skip
FACTS = CardFacts(
    title="Sell 1 KO $52.50 put",
    rows=(
        Figure(label="Limit", value=Decimal("1.10"), unit=Unit.USD, provenance=QUOTE),
        Figure(label="If assigned", value="You buy 100 KO.", unit=Unit.TEXT, provenance=QUOTE),
    ),
    warnings=("KO reports before expiration.",),
    checks=(CHECK,),
    undo="It cannot be taken back once it is filled.",
)
BLOCK_OF_IT = CardBlock(
    card=UUID(int=7), action="submit_order", mode=Mode.PRACTICE, facts=FACTS,
    expires_at=NOW + timedelta(minutes=2),
)  # fmt: skip
CARD = Card(
    id=UUID(int=7), user="ada", session="s", door="page", conversation=None, mode=Mode.PRACTICE,
    action="submit_order", params="{}", binding="0" * 64, facts=FACTS, created_at=NOW,
    expires_at=NOW + timedelta(minutes=2),
)  # fmt: skip


def _printed(block: CardBlock) -> str:
    out = io.StringIO()
    print_blocks([block], mode=Mode.PRACTICE, console=Console(file=out, width=100))
    return out.getvalue()


def test_a_card_is_stored_as_json_and_read_again_the_same() -> None:
    stored = BLOCK.dump_json(BLOCK_OF_IT)
    assert BLOCK.validate_json(stored) == BLOCK_OF_IT
    assert BLOCK_OF_IT.offer is Offer.CONFIRM


def test_a_cards_figures_carry_their_sources() -> None:
    assert provenances(BLOCK_OF_IT) == (QUOTE,)
    assert [figure.label for figure in figures([BLOCK_OF_IT])] == ["Limit", "If assigned"]


def test_a_limit_is_shown_with_what_is_left_of_it() -> None:
    (line,) = limit_lines((CHECK,))
    assert (line.value, line.bound, line.margin) == ("$5,250.00", "$10,000.00", "$4,750.00")


def test_the_terminal_shows_figures_warnings_limits_and_how_it_is_undone() -> None:
    text = _printed(BLOCK_OF_IT)
    for part in ("PRACTICE", "Sell 1 KO $52.50 put", "$1.10", "KO reports before expiration."):
        assert part in text
    assert "What one order may come to. ($5,250.00 of $10,000.00), $4,750.00 left" in text
    assert "It cannot be taken back once it is filled." in text
    assert "practice market" in text


def test_a_card_becomes_the_receipt_in_words() -> None:
    assert outcome_line(CARD) == "Nothing is done before you confirm it."
    cancelled = CARD.model_copy(update={"state": CardState.CANCELLED})
    assert outcome_line(cancelled) == "Cancelled: nothing was done."
    receipt = Receipt(status=ResultStatus.DONE, message="Filled at $1.12.", at=NOW)
    done = CARD.model_copy(update={"state": CardState.CONFIRMED, "receipt": receipt})
    assert outcome_line(done) == "Done. Filled at $1.12."
    back = receipt.model_copy(update={"message": "Bought back at $1.15."})
    assert outcome_line(done.model_copy(update={"undone": back})) == "Undone. Bought back at $1.15."
    out = io.StringIO()
    print_card(done, console=Console(file=out, width=100))
    assert "Done. Filled at $1.12." in out.getvalue()


def test_the_time_that_is_left_counts_down_and_ends() -> None:
    until = NOW + timedelta(minutes=2)
    assert time_left(until, NOW + timedelta(seconds=15)) == "1:45 left"
    assert time_left(NOW + timedelta(minutes=30), NOW) == "30 min left"
    assert not time_left(until, until)
