"""JSON lines in, understandings out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from queue import Queue

from mfa.language import Language, understand_lines
from mfa.language.bulk import understand_many
from mfa.language.text import spoken_number


def test_each_line_gets_one_answer_and_a_bad_one_an_error(language: Language, today: date) -> None:
    lines = [
        '{"text": "price of apple"}',
        "",
        '{"turns": ["price of apple", "what about tesla?"]}',
        "nonsense",
        '{"text": 3}',
    ]
    first, second, third, fourth = understand_lines(lines, today, language=language)
    assert list(first) == ["text", "intent", "confidence", "runner_up", "slots", "missing", "also"]
    assert (first["intent"], first["slots"]) == ("price_quote", {"symbols": ["AAPL"]})
    assert [t["slots"] for t in second["turns"]] == [{"symbols": ["AAPL"]}, {"symbols": ["TSLA"]}]
    assert "error" in third
    assert "error" in fourth


def test_number_words_are_read_as_a_trader_says_them() -> None:
    assert spoken_number(["one", "seventy"]) == ("170", True)
    assert spoken_number(["two", "seventy", "five"]) == ("275", True)
    assert spoken_number(["a", "hundred", "and", "five"]) == ("105", False)
    assert spoken_number(["two", "point", "five"]) == ("2.5", False)
    assert spoken_number(["five", "thousand"]) == ("5000", False)
    assert spoken_number(["twenty", "five"]) == ("25", False)


def test_many_lines_are_answered_in_order_by_several_processes(
    language: Language, today: date
) -> None:
    symbols = ("AAPL", "MSFT", "TSLA", "KO", "F")
    lines = [json.dumps({"text": f"price of {symbols[k % 5]}"}) for k in range(2_600)]
    answers = [json.loads(each) for each in understand_many(lines, today, processes=2)]
    assert [a["text"] for a in answers] == [json.loads(line)["text"] for line in lines]
    assert answers == [*understand_lines(lines[:5], today, language=language)] * 520


def test_a_program_that_waits_for_each_answer_gets_it(today: date) -> None:
    heard: Queue[str] = Queue()

    def asking() -> Iterator[str]:
        for text in ("price of apple", "my positions"):
            yield json.dumps({"text": text})
            heard.get()

    answers = understand_many(asking(), today)
    for intent in ("price_quote", "position_details"):
        heard.put(answer := next(answers))
        assert json.loads(answer)["intent"] == intent
    assert next(answers, None) is None
