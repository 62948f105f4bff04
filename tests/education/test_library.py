"""The library: every entry is whole, its numbers are right, and it is found by what people say."""

from __future__ import annotations

import pytest

from connectors.lessons.arithmetic import evaluate
from connectors.lessons.models import WorkedExample
from connectors.lessons.shelf import find, nearest, open_shelf
from mfa.kernel.errors import ConfigurationError


def _numbers(example: WorkedExample) -> dict[str, float]:
    return {figure.name: figure.value for figure in example.figures}


def test_the_library_holds_80_concepts_and_20_strategies() -> None:
    shelf = open_shelf()
    assert len(shelf.concepts) >= 80
    assert len(shelf.strategies) >= 20


def test_every_example_renders_with_all_its_figures() -> None:
    shelf = open_shelf()
    examples = [shelf.concept(n).example for n in shelf.concepts]
    examples += [shelf.lesson(n).example for n in shelf.strategies]
    for example in examples:
        assert "{" not in example.template.format(**_numbers(example))


def test_black_scholes_of_the_textbook_case() -> None:
    """Stock and strike 100, one year, 5 %, 20 %: 10.4506 and 5.5735 (Hull's standard case)."""
    numbers = _numbers(open_shelf().concept("black_scholes").example)
    assert numbers["call"] == pytest.approx(10.4506, abs=5e-5)
    assert numbers["put"] == pytest.approx(5.5735, abs=5e-5)


def test_put_call_parity_holds_in_its_own_example() -> None:
    numbers = _numbers(open_shelf().concept("put_call_parity").example)
    assert numbers["left"] == pytest.approx(numbers["right"], abs=1e-9)


def test_hand_worked_examples_come_out_as_on_paper() -> None:
    shelf = open_shelf()
    assert _numbers(shelf.concept("iv_rank").example)["rank"] == pytest.approx(30.0)
    assert _numbers(shelf.concept("margin").example)["need"] == pytest.approx(940.0)
    assert _numbers(shelf.concept("annualized_return").example)["annual"] == pytest.approx(
        15.642857
    )
    assert _numbers(shelf.concept("expected_move").example)["move"] == pytest.approx(8.600733)
    # z(95 %) = 1.64485, density there 0.103136: 100,000 x 1.2 % x 0.103136 / 0.05
    assert _numbers(shelf.concept("expected_shortfall").example)["cvar"] == pytest.approx(
        2475.26, abs=0.01
    )
    assert _numbers(shelf.concept("kelly").example)["kelly"] == pytest.approx(25.0)  # 70 - 30/(2/3)
    assert _numbers(shelf.concept("expectancy").example)["expectancy"] == pytest.approx(8.0)
    assert _numbers(shelf.concept("time_weighted_return").example)["twr"] == pytest.approx(4.5)
    assert _numbers(shelf.concept("relative_strength_index").example)["rsi"] == pytest.approx(
        66.6667, abs=1e-4
    )
    synthetic = _numbers(shelf.concept("synthetic_position").example)
    assert synthetic["left"] == pytest.approx(synthetic["right"], abs=1e-9)
    naked = _numbers(shelf.lesson("naked_put").example)
    assert naked["margin"] == pytest.approx(1320.0)  # 1.20 + max(20 - 8, 9.20), times 100
    lizard = _numbers(shelf.lesson("jade_lizard").example)
    assert (lizard["above"], lizard["break_even"]) == pytest.approx((25.0, 89.75))
    assert _numbers(shelf.lesson("covered_strangle").example)["average"] == pytest.approx(47.25)
    vertical = _numbers(shelf.lesson("vertical").example)
    assert (vertical["profit"], vertical["loss"]) == (150.0, 350.0)
    assert _numbers(shelf.lesson("wheel").example)["gain"] == pytest.approx(270.0)


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("theta", "theta"),
        ("Time Decay", "theta"),
        ("thta", "theta"),
        ("implied volatilty", "implied_volatility"),
        ("the greeks", "greeks"),
        ("OTM", "moneyness"),
        ("a strike price", "strike_price"),
        ("being assigned", "assignment"),
        ("ex-dividend date", "ex_dividend"),
    ],
)
def test_a_term_is_found_by_what_people_call_it(phrase: str, name: str) -> None:
    assert find(phrase, open_shelf().concept_phrases) == name


def test_short_and_foreign_words_are_not_forced_into_an_entry() -> None:
    phrases = open_shelf().concept_phrases
    assert find("foo", phrases) is None
    assert find("photosynthesis", phrases) is None
    assert nearest("implied volatily surface", phrases)[0] == "implied_volatility"


@pytest.mark.parametrize(
    "expression",
    ["__import__('os')", "a.b", "unknown", "1/0", "9**9**9", "[1]", "max", "'a'", "1 if 1 else 2"],
)
def test_arithmetic_refuses_what_is_not_arithmetic(expression: str) -> None:
    with pytest.raises(ConfigurationError):
        evaluate(expression, {})
