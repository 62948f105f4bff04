"""What is wrong with a form is said by its labels, without a parameter's name."""

from __future__ import annotations

import pytest

import connectors
from connectors.registry import connector_classes
from mfa.data.requests import validated
from mfa.kernel.errors import InputError
from pages.wrong_input import in_form_words


def said(feature: str, query: str, **given: object) -> str:
    kinds, _ = connector_classes(connectors)
    (asked,) = [kind.queries[query] for kind in kinds if kind.name == feature]
    with pytest.raises(InputError) as caught:
        validated(feature, asked, given)
    return in_form_words(caught.value, asked.params)


def test_a_bound_is_said_with_the_fields_label() -> None:
    assert said("risk", "portfolio_var", level_pct=-5) == "Level %: must be more than 50."
    assert said("risk", "stress", days=3000) == "Days: must be at most 365."


def test_what_is_no_number_or_date_is_said_with_what_is_one() -> None:
    assert said("performance", "get_metrics", start_date="last month") == (
        "Start date: must be a date, written as 2021-06-18."
    )
    assert said("opportunities", "scan_csp", dte="abc") == "DTE: must be a whole number."


def test_fields_that_contradict_each_other_are_named_by_their_labels() -> None:
    said_so = said("performance", "get_metrics", start_date="2021-06-01", end_date="2021-01-01")
    assert said_so == "'Start date' is after 'End date'."
    assert said("opportunities", "scan_csp", dte="50-20") == ("'DTE' is a range from low to high.")


def test_a_text_without_end_is_not_repeated() -> None:
    assert len(said("opportunities", "scan_csp", symbols="A" * 3000)) < 200
