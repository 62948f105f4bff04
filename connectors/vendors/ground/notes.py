"""What a person should know about an answer that is good all the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Notes:
    """Sentences in the order in which they came up, and counts of rows that were left out."""

    sentences: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def say(self, sentence: str) -> None:
        if sentence and sentence not in self.sentences:
            self.sentences.append(sentence)

    def leave_out(self, reason: str) -> None:
        """One row was not used."""
        self.left_out[reason] += 1

    def text(self) -> str:
        """All of it as one paragraph; empty when there is nothing to say."""
        parts = list(self.sentences)
        if self.left_out:
            counts = ", ".join(f"{count} {why}" for why, count in sorted(self.left_out.items()))
            parts.append(f"Rows left out: {counts}.")
        return " ".join(parts)
