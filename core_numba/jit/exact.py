"""Decorators for code that must give the very bits of its Python twin.

No multiply-add is fused and no division becomes a multiplication: every operation rounds as it is
written. For money that is counted bar by bar, where a plain loop is the judge. Slower than
`core_numba.jit.declare` where polynomials dominate; the same where memory or branches do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

from core_numba.jit.declare import entry

F = TypeVar("F", bound=Callable[..., Any])


def compiled_exactly(*signatures: str) -> Callable[[F], F]:
    """An entry point as `core_numba.jit.declare.compiled`, each operation rounded as written."""

    def declare(function: F) -> F:
        return entry(function, signatures)

    return declare


def inlined_exactly(function: F) -> F:
    """A function that entry points above absorb; never called from Python."""
    jitted: F = njit(function, forceinline=True, error_model="numpy")
    return jitted


def called_exactly(function: F) -> F:
    """A larger helper of entry points above that stays a call: it is needed in several places."""
    jitted: F = njit(function, error_model="numpy")
    return jitted
