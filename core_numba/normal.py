"""The normal distribution: density and accurate cumulative probability.

The tail goes through `erfc`, so N(-30) keeps its relative accuracy instead of becoming zero.
"""

from __future__ import annotations

from core_numba.plain.normal import Floats, norm_cdf, norm_pdf

__all__ = ["Floats", "norm_cdf", "norm_pdf"]
