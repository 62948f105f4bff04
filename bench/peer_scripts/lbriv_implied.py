"""Jaeckel's Let's Be Rational as compiled C in `lbriv`: arrays of undiscounted prices."""

from __future__ import annotations

from typing import Any

import numpy as np
from lbriv import vectorized_implied_vol


def run(price: Any, forward: Any, strike: Any, years: Any, split: Any) -> dict[str, Any]:
    """One strike, calls before `split` and puts after it: it takes scalars for both."""
    cut, k = int(split), float(strike[0])
    deviation = np.concatenate(
        [
            vectorized_implied_vol(price[:cut], forward[:cut], k, 1),
            vectorized_implied_vol(price[cut:], forward[cut:], k, -1),
        ]
    )
    return {"volatility": deviation / np.sqrt(years)}
