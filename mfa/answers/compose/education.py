"""What a term means and how a strategy works, as the library has it."""

from __future__ import annotations

from mfa.answers.blocks import Block
from mfa.answers.compose.question import Question


def education(question: Question) -> list[Block]:
    return []
