"""Moving averages, their crossings and the portfolio, as vectorbt's own pages write them."""

# ruff: noqa: PLR0917 - arrays come by name

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import vectorbt as vbt


def prepare(
    close: Any, fast: Any, slow: Any, fee: Any, cash: Any, curve: Any,
) -> Callable[[], dict[str, Any]]:  # fmt: skip
    """One pair of windows, or many as columns; with the equity where `curve` asks for it."""

    def run() -> dict[str, Any]:
        price = close
        if fast.size == 1:
            quick, late = vbt.MA.run(close, int(fast[0])), vbt.MA.run(close, int(slow[0]))
        else:
            quick = vbt.MA.run(close, fast.tolist(), short_name="fast")
            late = vbt.MA.run(close, slow.tolist(), short_name="slow")
        entries, exits = quick.ma_crossed_above(late), quick.ma_crossed_below(late)
        if fast.size > 1:
            entries, exits = entries.to_numpy(), exits.to_numpy()
            price = close[:, None]
        folio = vbt.Portfolio.from_signals(
            price, entries, exits, init_cash=float(cash), fees=float(fee), freq="1min"
        )
        if fast.size > 1:
            return {"total_return": np.asarray(folio.total_return())}
        records = folio.orders.records
        found = {
            "bar": records["idx"].to_numpy(),
            "price": records["price"].to_numpy(),
            "side": records["side"].to_numpy(),
            "size": records["size"].to_numpy(),
        }
        if curve:
            found["equity"] = np.asarray(folio.value())
        return found

    return run
