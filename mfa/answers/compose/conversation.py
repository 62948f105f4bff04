"""Answers that need no data: greetings, help, and everything that cannot be answered now.

What is offered is what works now: only intents whose plan the registry can run are ever suggested.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mfa.answers.blocks import Block, NoticeBlock, TextBlock
from mfa.answers.compose.question import Question, braced
from mfa.kernel.mode import Mode
from mfa.language.guesses import NOT_OFFERED, guesses

_MODES: Final = {
    Mode.PRACTICE: "This is PRACTICE: a built-in market and account; no real money is touched.",
    Mode.PAPER: "This is PAPER: live data, simulated fills.",
    Mode.LIVE: "This is LIVE: a real account and real money.",
}
_SUGGESTED: Final = 4


def greeting(question: Question) -> list[Block]:
    if question.says("thanks|thank you|thx|cheers"):
        text = "You're welcome."
    elif question.says("bye|goodbye|good night|see you|later"):
        text = "Goodbye. Everything you asked is kept."
    elif question.says("who are you|what are you|your name"):
        text = "I am Magnus, your trading desk. I read your account and the market and compute."
    else:
        text = "Hello. Ask me about your account, your positions or a price."
    return [TextBlock(template=f"{text} {_MODES[question.mode]}"), _offer(question)]


def help_(question: Question) -> list[Block]:
    """Everything that can be asked now, one line for each intent, with an example."""
    lines = [
        f"- {braced(definition)} *“{braced(example)}”*"
        for definition, example in _possible(question)
    ]
    intro = f"{_MODES[question.mode]} You can ask in your own words. What works now:"
    return [TextBlock(template=f"{intro}\n\n" + "\n".join(lines))]


def unknown(question: Question) -> list[Block]:
    text = "I do not know how to answer that. I answer about your account and the market."
    if question.missed_before:
        return _missed_twice(question)
    return [
        NoticeBlock(
            level="info",
            text=_with_model(text, question),
            suggestions=tuple(_examples(question))[:_SUGGESTED],
        )
    ]


def nothing_open(_question: Question) -> list[Block]:
    """A bare yes or no when no question of ours is open."""
    return [NoticeBlock(level="info", text="There is nothing open to confirm or decline.")]


def missing_slot(question: Question) -> list[Block]:
    """The question to the person for what the request lacks."""
    asked = question.language.question(question.understanding)
    return [TextBlock(template=braced(asked or "What do you mean exactly?"))]


def unplanned(question: Question) -> list[Block]:
    """Why it cannot be answered now, and what can be."""
    return [
        NoticeBlock(
            level="info",
            text=question.unplanned or "I cannot answer that yet.",
            suggestions=tuple(_examples(question))[:_SUGGESTED],
        )
    ]


def unclear(question: Question) -> list[Block]:
    """The two best guesses to pick from; the second time in a row, what can be done."""
    offer = guesses(question.language.catalogue, question.understanding)
    if not offer:
        return unknown(question)
    if question.missed_before:
        return _missed_twice(question)
    return [
        NoticeBlock(
            level="info",
            text=_with_model("I am not sure what you mean. Which of these is it?", question),
            suggestions=tuple(offer),
        )
    ]


def _missed_twice(question: Question) -> list[Block]:
    text = _with_model("I did not understand that either.", question)
    return [NoticeBlock(level="info", text=text), *help_(question)]


def _with_model(text: str, question: Question) -> str:
    return text if question.model_said is None else f"{text} {question.model_said}"


def _offer(question: Question) -> NoticeBlock:
    return NoticeBlock(
        level="info",
        text="Some things to ask:",
        suggestions=tuple(_examples(question))[:_SUGGESTED],
    )


def _examples(question: Question) -> Iterator[str]:
    return (example for _, example in _possible(question))


def _possible(question: Question) -> Iterator[tuple[str, str]]:
    """Definition and first example of each intent that the house can answer now."""
    for name, intent in question.language.catalogue.intents.items():
        if name in NOT_OFFERED:
            continue
        templates = question.language.planner.templates[name]
        needed = [t for t in templates if not t.optional]
        if needed and all(question.available(t.feature, t.query) for t in needed):
            yield intent.definition, intent.examples[0]
