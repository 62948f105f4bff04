"""Orders out of words: exact, priced ones by the trade preview; cancellations of what works."""

from __future__ import annotations

import re
from typing import Any, Final

from actions.order_params import OrderParams
from actions.proposal import ActionProposal
from actions.proposing.asked import Asked
from connectors.ordering.models import Orders
from connectors.preview.params import (
    CloseParams,
    OpenParams,
    PairParams,
    RollParams,
    WordedParams,
)
from connectors.preview.results import OrderPreview
from mfa.kernel.errors import InputError

_DESPITE: Final = re.compile(
    r"\b(?:despite|even (?:though|if|under|in)|under|during|in spite of) (?:\w+ ){0,3}halt"
)
_HALF: Final = re.compile(r"\bhalf\b")
_THIRD: Final = re.compile(r"\ba third\b")
_STOCK: Final = re.compile(r"\b(?:shares?|stock)\b")
_ALL: Final = re.compile(r"\b(?:all|every|everything)\b")


def open_order(asked: Asked) -> list[ActionProposal]:
    if _names_a_coin(asked):
        return [_of_pair(asked)]
    return [_proposal(asked, "open_order", OpenParams)]


def close_order(asked: Asked) -> list[ActionProposal]:
    """Everything that is held of the company, or the part that was said. A halt lets it pass only
    where the message asks for that in words."""
    text = asked.text.lower()
    if _names_a_coin(asked):
        return [_of_pair(asked, despite=despite_halt(text), side="sell")]
    share = _share(text)
    more: dict[str, float | bool] = {}
    if share is not None and "quantity" not in asked.slots:
        more["share"] = share
    if _STOCK.search(text) and not {"option_type", "strike", "expiration"} & asked.slots.keys():
        more["only_stock"] = True
    return [_proposal(asked, "close_order", CloseParams, despite=despite_halt(text), **more)]


def despite_halt(text: str) -> bool:
    """Whether a message asks for something although Magnus is halted."""
    return _DESPITE.search(text.lower()) is not None


def roll_order(asked: Asked) -> list[ActionProposal]:
    return [_proposal(asked, "roll_order", RollParams)]


def _names_a_coin(asked: Asked) -> bool:
    """A coin that an earlier message named is none where a company was named since."""
    coin = str(asked.slots.get("pair", "")).partition("/")[0]
    return bool(coin) and coin in asked.slots.get("symbols", (coin,))


def _share(text: str) -> float | None:
    return 0.5 if _HALF.search(text) else 1 / 3 if _THIRD.search(text) else None


def _of_pair(asked: Asked, *, despite: bool = False, **more: str) -> ActionProposal:
    """A crypto currency: at the exchange, which is another house than the broker."""
    given: dict[str, Any] = {**asked.only(PairParams), **more}
    if "amount" not in given and (share := _share(asked.text.lower())) is not None:
        given["share"] = round(share, 8)
    preview = asked.answer(OrderPreview, "trade_preview", "pair_order", **given)
    params = OrderParams.of(preview.value)
    return ActionProposal(
        action=asked.action, params=params.model_dump(mode="json"), despite_halt=despite
    )


def _proposal(
    asked: Asked, query: str, model: type[WordedParams], *, despite: bool = False, **more: float
) -> ActionProposal:
    preview = asked.answer(OrderPreview, "trade_preview", query, **asked.only(model), **more)
    params = OrderParams.of(preview.value)
    return ActionProposal(
        action=asked.action, params=params.model_dump(mode="json"), despite_halt=despite,
        reason=" ".join(preview.value.notes),
    )  # fmt: skip


def cancel(asked: Asked) -> list[ActionProposal]:
    """The one working order that is meant, or all of them where that was said."""
    if "order_id" in asked.slots:
        return [ActionProposal(action=asked.action, params={"order_id": asked.slots["order_id"]})]
    symbols = asked.slots.get("symbols", [])
    working = asked.answer(Orders, "orders", "get_orders", symbols=symbols, working=True).value
    rows = [row for row in working.rows if row.state != "waiting"]
    if not rows:
        raise InputError("No order of yours is working.")
    if _ALL.search(asked.text.lower()) and not symbols:
        return [ActionProposal(action="cancel_working_orders")]
    if len(rows) > 1 and not _ALL.search(asked.text.lower()):
        named = "; ".join(f"{row.order} ({row.order_id[:8]})" for row in rows)
        raise InputError(f"{len(rows)} orders are working: {named}.", "Say which, by its number.")
    return [ActionProposal(action=asked.action, params={"order_id": r.order_id}) for r in rows]
