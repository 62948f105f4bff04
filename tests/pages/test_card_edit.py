"""The form behind Edit: prices as people quote them, choices where there are some, nothing else of
an order to change."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from actions.order_params import OrderParams

PAGE = """
from types import SimpleNamespace
import streamlit as st
from pages.card_edit import edited

card = SimpleNamespace(params=st.session_state["params"])
changed = edited(card, st.session_state["schema"], "k")
if changed is not None:
    st.session_state["changed"] = changed
"""
PUT = "KO    210716P00052000"
CALL = "KO    210716C00057500"


def order(*sides: str, limit: str | None) -> dict[str, Any]:
    """An order that sells or buys a put, and a call beside it where two sides are given."""
    legs = [
        {"instrument": name, "side": side, "effect": "open", "ratio": 1}
        for name, side in zip((PUT, CALL), sides, strict=False)
    ]
    kind = "market" if limit is None else "limit"
    params = OrderParams.model_validate(
        {"legs": legs, "quantity": 1, "limit": limit, "order_type": kind, "strategy": "csp"}
    )
    return params.model_dump(mode="json")


def shown(params: dict[str, Any], schema: dict[str, Any]) -> AppTest:
    """The form of a card with these parameters, drawn."""
    app = AppTest.from_string(PAGE)
    app.session_state["params"], app.session_state["schema"] = json.dumps(params), schema
    return app.run()


def sent(app: AppTest) -> dict[str, Any]:
    app.button[0].click().run()
    assert not app.exception
    changed: dict[str, Any] = app.session_state["changed"]
    return changed


SCHEMA = OrderParams.model_json_schema()


@pytest.mark.parametrize(
    ("side", "before", "label", "quoted", "after"),
    [
        ("sell", "-0.27", "receive at least", "0.27", "-0.30"),
        ("buy", "0.44", "pay at most", "0.44", "0.30"),
    ],
)
def test_a_limit_is_edited_without_its_sign(
    side: str, before: str, label: str, quoted: str, after: str
) -> None:
    app = shown(order(side, limit=before), SCHEMA)
    field = app.text_input(key="k-limit")
    assert (field.label, field.value) == (f"Limit per unit, USD: {label}", quoted)
    field.set_value("$0.30")
    assert sent(app)["limit"] == after


def test_of_a_spread_the_person_says_which_way_the_money_goes() -> None:
    app = shown(order("sell", "buy", limit="-0.33"), SCHEMA)
    assert app.radio(key="k-limit-way").value == "You receive"
    app.radio(key="k-limit-way").set_value("You pay")
    assert sent(app)["limit"] == "0.33"


def test_a_market_order_has_no_limit_and_a_limit_order_made_of_one_gets_its_sign() -> None:
    app = shown(order("sell", limit="-0.27"), SCHEMA)
    app.selectbox(key="k-order_type").set_value("market")
    assert sent(app)["limit"] is None
    app = shown(order("sell", limit=None), SCHEMA)
    app.selectbox(key="k-order_type").set_value("limit")
    app.text_input(key="k-limit").set_value("0.28")
    changed = sent(app)
    assert (changed["order_type"], changed["limit"]) == ("limit", "-0.28")


def test_what_an_order_is_of_is_not_edited_and_everything_else_comes_back_as_it_was() -> None:
    before = order("sell", limit="-0.27")
    app = shown(before, SCHEMA)
    labels = {each.label for each in (*app.text_input, *app.selectbox)}
    assert labels == {
        "Limit per unit, USD: receive at least", "Order type", "Quantity", "Time in force"
    }  # fmt: skip
    assert OrderParams.model_validate(sent(app)) == OrderParams.model_validate(before)


def test_another_action_s_parameters_are_fields() -> None:
    app = shown({"watchlist": "Wheel", "symbols": ["KO", "PEP"]}, {})
    app.text_input(key="k-symbols").set_value("KO, XOM,")
    assert sent(app) == {"watchlist": "Wheel", "symbols": ["KO", "XOM"]}
