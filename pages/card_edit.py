"""The form behind a card's Edit: a field for each plain parameter, choices where there are some.

An order's limit is shown as it is quoted, without the sign that says which way the money goes; what
an order is of is not edited here: another instrument is another order, and is asked for anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from mfa.kernel.cards import Card
from mfa.kernel.orders import OrderType

_NOT_EDITED: Final = frozenset({"legs", "strategy", "replaces"})
_WAYS: Final = ("You pay", "You receive")
_SHOWN: Final = {"day": "until today's close", "gtc": "until it is cancelled"}


def edited(card: Card, schema: Mapping[str, Any], key: str) -> dict[str, Any] | None:
    """The card's parameters as the person changed them; None until the form is sent. `schema` is
    the action's, by which choices are known."""
    params: Mapping[str, Any] = json.loads(card.params)
    is_order = "legs" in params
    with st.form(key=f"{key}-edit", border=False):
        changed = dict(params)
        for name, value in params.items():
            if _is_nested(value) or (is_order and name in _NOT_EDITED):
                continue
            field = f"{key}-{name}"
            if is_order and name == "limit":
                changed[name] = _limit(params, field)
            elif choices := _choices(schema, name):
                changed[name] = _chosen(name, value, choices, field)
            else:
                changed[name] = _read(st.text_input(_label(name), _typed(value), key=field), value)
        sent = st.form_submit_button("Make a new card")
    if not sent:
        return None
    if is_order and changed.get("order_type") == OrderType.MARKET:
        changed["limit"] = None
    return changed


def _limit(params: Mapping[str, Any], key: str) -> str | None:
    """The limit with the sign that an order has: negative is received."""
    signed = str(params["limit"] or "")
    sides = {leg["side"] for leg in params["legs"]}
    receives = signed.startswith("-") or (not signed and sides == {"sell"})
    if len(sides) > 1:
        way = st.radio(
            "Net price per unit", _WAYS, index=int(receives), key=f"{key}-way", horizontal=True
        )
        receives, label = way == _WAYS[1], "Limit per unit, USD"
    else:
        label = f"Limit per unit, USD: {'receive at least' if receives else 'pay at most'}"
    typed = st.text_input(label, signed.removeprefix("-"), key=key).strip().lstrip("$")
    if not typed:
        return None
    return f"-{typed}" if receives and not typed.startswith("-") else typed


def _chosen(name: str, value: Any, choices: list[str], key: str) -> str:
    place = choices.index(value) if value in choices else 0
    chosen: str = st.selectbox(
        _label(name), choices, index=place, key=key, format_func=lambda each: _SHOWN.get(each, each)
    )
    return chosen


def _choices(schema: Mapping[str, Any], name: str) -> list[str]:
    """What a parameter may be, where that is a list."""
    told = schema.get("properties", {}).get(name, {})
    if "$ref" in told:
        told = schema.get("$defs", {}).get(told["$ref"].rsplit("/", 1)[-1], {})
    return [str(each) for each in told.get("enum", ())]


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _is_nested(value: Any) -> bool:
    if isinstance(value, list):
        return any(isinstance(each, dict | list) for each in value)
    return isinstance(value, dict)


def _typed(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _read(text: str, before: Any) -> Any:
    """What a person typed, as what stood there: a list by its commas, nothing for nothing."""
    if isinstance(before, list):
        return [part.strip() for part in text.split(",") if part.strip()]
    return text.strip() or (None if before is None else "")
