"""Let's Be Rational in Rust: `iv-engine`, its batch call on one thread."""

from __future__ import annotations

from typing import Any

import numpy as np
from iv_engine.batch import implied_volatilities


def run(price: Any, forward: Any, strike: Any, years: Any, split: Any) -> dict[str, Any]:
    cut = int(split)
    parts = [
        implied_volatilities(
            price[part], forward[part], strike[part], years[part], call, parallel=False
        )
        for part, call in ((slice(cut), True), (slice(cut, None), False))
    ]
    return {"volatility": np.concatenate(parts)}
