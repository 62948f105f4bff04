"""The same crossings as a strategy of backtesting.py, fills at the next open."""

# ruff: noqa: PLR0917 - arrays come by name

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from backtesting import Backtest, Strategy
from backtesting.lib import crossover


def prepare(
    opens: Any, high: Any, low: Any, close: Any, fast: Any, slow: Any, fee: Any, cash: Any,
) -> Callable[[], dict[str, Any]]:  # fmt: skip
    index = pd.date_range("2000-01-03", periods=close.size, freq="min")
    frame = pd.DataFrame({"Open": opens, "High": high, "Low": low, "Close": close}, index=index)

    class Cross(Strategy):
        def init(self) -> None:
            prices = pd.Series(self.data.Close)
            self.quick = self.I(lambda: prices.rolling(int(fast[0])).mean())
            self.late = self.I(lambda: prices.rolling(int(slow[0])).mean())

        def next(self) -> None:
            if crossover(self.quick, self.late):
                self.buy()
            elif crossover(self.late, self.quick):
                self.position.close()

    def run() -> dict[str, Any]:
        test = Backtest(frame, Cross, cash=float(cash), commission=float(fee))
        trades = test.run()["_trades"]
        return {
            "entry": np.asarray(trades["EntryBar"]),
            "entry_price": np.asarray(trades["EntryPrice"]),
            "exit": np.asarray(trades["ExitBar"]),
            "exit_price": np.asarray(trades["ExitPrice"]),
        }

    return run
