"""JSON lines in, understandings out."""

from __future__ import annotations

from datetime import date

from mfa.language import Language, understand_lines
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
