"""pyfeng's implied volatility, vectorised NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyfeng


def run(price: Any, forward: Any, strike: Any, years: Any, split: Any) -> dict[str, Any]:
    sign = np.where(np.arange(price.size) < int(split), 1, -1)
    model = pyfeng.Bsm(sigma=0.2, is_fwd=True)
    return {"volatility": model.impvol(price, strike, forward, years, cp=sign)}
